"""Programs that fork, end in the middle, reach a limit, or outlive their server for long."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("openai", reason="openai is not installed")

from tests.house.checkout import ROOT
from tests.integration.stressed_agent import CALLS_IN_A_TURN, providers
from tests.unit.sdk.protocol_server import ProtocolServer, running_server

PRELUDE = """
import json, os, resource, signal, sys, threading
from agents_sdk import AgentClient, EventBasedLLMLogger, LLMCallLogger, instrument
from agents_sdk.spool import shipper
from tests.integration.stressed_agent import StressedAgent

urls, server_url, folder = (sys.argv[1], sys.argv[2]), sys.argv[3], sys.argv[4]
signal.alarm(600)

def report():
    shipper.EXIT_FLUSH_SECONDS = 60.0  # on a machine that stands still, two do not suffice
    instrument(logger=EventBasedLLMLogger("bot", AgentClient("bot", server_url)))
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProtocolServer]:
    monkeypatch.setenv("AGENTS_SDK_SPOOL_DIR", str(tmp_path / "spool"))
    with running_server() as server:
        yield server


@pytest.fixture
def urls() -> Iterator[tuple[str, str]]:
    with providers() as urls:
        yield urls


def command(code: str, urls: tuple[str, str], server: ProtocolServer, folder: Path) -> list[str]:
    return [sys.executable, "-c", PRELUDE + code, *urls, server.url, str(folder)]


def run(
    code: str, urls: tuple[str, str], server: ProtocolServer, folder: Path, **options: Any
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(code, urls, server, folder),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        **options,
    )


def entries_in(folder: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in folder.rglob("*.jsonl"))


FORKS = """
report()
agent = StressedAgent(*urls)
agent.turn()
is_over = threading.Event()

def live():
    while not is_over.is_set():
        agent.ask()
        counted.append(1)

counted = []
threads = [threading.Thread(target=live) for _ in range(4)]
for thread in threads:
    thread.start()
children = []
for _ in range(8):
    child = os.fork()
    if child == 0:
        signal.alarm(300)
        StressedAgent(*urls).turn()
        from agents_sdk.instrumentation import state
        logger = state.active().logger
        os._exit(0 if logger.flush_sync(120) else 1)
    children.append(child)
codes = [os.waitpid(child, 0)[1] for child in children]
is_over.set()
for thread in threads:
    thread.join()
print(json.dumps({"codes": codes, "calls": len(counted)}))
"""


def test_a_fork_in_the_middle_of_calls(
    server: ProtocolServer, urls: tuple[str, str], tmp_path: Path
) -> None:
    ended = run(FORKS, urls, server, tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    said = json.loads(ended.stdout)
    assert said["codes"] == [0] * 8
    assert len(server.entries) == said["calls"] + 9 * CALLS_IN_A_TURN
    written = {receipt["instance"]: receipt["written"] for receipt in server.receipts}
    assert max(written.values()) == said["calls"] + CALLS_IN_A_TURN


ENDS = """
report()
agent = StressedAgent(*urls)
noted = os.open(folder + "/noted", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
enough = threading.Semaphore(0)

def live():
    while True:
        agent.ask()
        os.write(noted, b"x")
        enough.release()

for _ in range(4):
    threading.Thread(target=live, daemon=True).start()
for _ in range(40):
    enough.acquire()
"""


@pytest.mark.parametrize("is_server_up", [True, False], ids=["server up", "server down"])
@pytest.mark.parametrize(
    ("ending", "returncode", "last_words"),
    [
        ("", 0, ""),
        ("sys.exit(3)", 3, ""),
        ("raise LookupError('its own')", 1, "LookupError: its own"),
        ("os._exit(5)", 5, ""),
        ("os.kill(os.getpid(), signal.SIGTERM); signal.pause()", -signal.SIGTERM, ""),
    ],
    ids=["end", "exit", "exception", "hard exit", "signal"],
)
def test_an_end_in_the_middle_of_calls(
    server: ProtocolServer,
    urls: tuple[str, str],
    tmp_path: Path,
    ending: str,
    returncode: int,
    last_words: str,
    is_server_up: bool,
) -> None:
    if not is_server_up:
        server.stop()
    ended = run(ENDS + ending, urls, server, tmp_path)
    assert ended.returncode == returncode
    assert (ended.stderr.splitlines() or [""])[-1] == last_words
    calls = (tmp_path / "noted").stat().st_size
    kept = len(server.entries) + entries_in(tmp_path / "spool")
    assert calls >= 40
    assert kept >= calls, "an entry of a call that had ended is lost"


AT_THE_LIMIT = """
kind = os.environ["KIND"]
if kind == "file":
    logger = LLMCallLogger(folder, "bot")
else:
    logger = EventBasedLLMLogger("bot", AgentClient("bot", server_url))
instrument(logger=logger)
agent = StressedAgent(*urls)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
agent.turn()
dropped = dict(logger.delivery_report().dropped)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
agent.turn()
logger.close(60) if kind == "event" else logger.close()
report = logger.delivery_report()
print(json.dumps({"dropped": dropped, "written": report.written, "waiting": report.waiting}))
"""


@pytest.mark.parametrize("kind", ["file", "event"])
def test_files_that_may_not_grow(
    server: ProtocolServer,
    urls: tuple[str, str],
    tmp_path: Path,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KIND", kind)
    ended = run(AT_THE_LIMIT, urls, server, tmp_path)
    assert ended.returncode == 0, ended.stderr
    reason = "File too large"
    assert json.loads(ended.stdout) == {
        "dropped": {reason: CALLS_IN_A_TURN},
        "written": CALLS_IN_A_TURN,
        "waiting": 0,
    }
    told = (
        [json.loads(path.read_bytes()) for path in (tmp_path / "logs" / "delivery").iterdir()]
        if kind == "file"
        else server.receipts
    )
    assert told[-1]["dropped"] == {reason: CALLS_IN_A_TURN}
    assert ended.stderr.splitlines()[0] == (
        f"LLM log entries of agent bot were lost: {reason} (1 so far)"
    )


OUTAGE = """
logger = EventBasedLLMLogger("bot", AgentClient("bot", server_url))

def resident_bytes():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()

sizes = []
for number in range(20_000):
    prompt = [{"role": "user", "content": "x" * 2_000}]
    logger.log_call_sync("m", "p", prompt, None, {"content": "x"}, 1, log_id=str(number))
    if number in (1_000, 19_999):
        sizes.append(resident_bytes())
print(json.dumps(sizes), flush=True)
sys.stdin.readline()
assert logger.flush_sync(300)
report = logger.delivery_report()
print(json.dumps([resident_bytes(), report.written, report.delivered, len(report.dropped)]))
"""


def test_a_long_outage_costs_no_memory_and_no_entry(
    server: ProtocolServer, urls: tuple[str, str], tmp_path: Path
) -> None:
    server.stop()
    program = subprocess.Popen(
        command(OUTAGE, urls, server, tmp_path),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdin and program.stdout
    early_bytes, late_bytes = json.loads(program.stdout.readline())
    assert entries_in(tmp_path / "spool") == 20_000
    server.start()
    output, _ = program.communicate("the server is back\n", timeout=600)
    end_bytes, written, delivered, reasons = json.loads(output)
    assert (written, delivered, reasons) == (20_000, 20_000, 0)
    assert set(server.entries) == set(map(str, range(20_000)))
    assert late_bytes - early_bytes < 4_000_000
    # A batch of 1 MB is held a few times over on its way: as lines, as a body, in the socket.
    assert end_bytes - early_bytes < 16_000_000
