"""Agents that die, exit and fork, and servers that come and go: each entry arrives once."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents_sdk import AgentClient, EventBasedLLMLogger
from agents_sdk.spool import shipper
from tests.unit.sdk.protocol_server import ProtocolServer, running_server

LOG_AND_EXIT = """
import sys
from agents_sdk import AgentClient, EventBasedLLMLogger
from agents_sdk.spool import shipper
shipper.EXIT_FLUSH_SECONDS = float(sys.argv[4]) if len(sys.argv) > 4 else 60.0
logger = EventBasedLLMLogger("bot", AgentClient("bot", sys.argv[1]))
for number in range(int(sys.argv[2])):
    logger.log_call_sync("m", "p", [], None, {"content": "x"}, 1, log_id=f"{sys.argv[3]}-{number}")
"""
LOG_FOR_EVER = """
import os, sys
from agents_sdk import AgentClient, EventBasedLLMLogger
logger = EventBasedLLMLogger("bot", AgentClient("bot", sys.argv[1]))
noted = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
for number in range(10**9):
    log_id = f"{sys.argv[3]}-{number}"
    response = {"content": "x" * (number * 37 % 2000)}
    logger.log_call_sync("m", "p", [], None, response, 1, log_id=log_id)
    os.write(noted, log_id.encode() + b"\\n")
"""
DEATHS = 12


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProtocolServer]:
    monkeypatch.setenv("AGENTS_SDK_SPOOL_DIR", str(tmp_path / "spool"))
    with running_server() as server:
        yield server


def run(code: str, *arguments: str) -> None:
    """Run a program to its end, which is not waited for as long as for a server that is away."""
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, timeout=120)


def spool_files(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "spool").rglob("*.jsonl"))


def test_the_last_entries_arrive_before_the_program_ends(
    server: ProtocolServer, tmp_path: Path
) -> None:
    run(LOG_AND_EXIT, server.url, "200", "a")
    assert len(server.entries) == 200
    assert spool_files(tmp_path) == []


def test_a_server_that_is_away_does_not_keep_a_program_from_ending(
    server: ProtocolServer, tmp_path: Path
) -> None:
    run(LOG_AND_EXIT, server.url, "1", "a")
    server.stop()
    run(LOG_AND_EXIT, server.url, "50", "b", "3600")  # given an hour, it ends at once
    assert spool_files(tmp_path) != []
    server.start()
    run(LOG_AND_EXIT, server.url, "1", "c")
    assert len(server.entries) == 52


def test_a_server_that_never_answers_delays_the_end_by_two_seconds_at_most(
    server: ProtocolServer, tmp_path: Path
) -> None:
    assert shipper.EXIT_FLUSH_SECONDS == 2.0
    server.hang_seconds = 3600
    run(LOG_AND_EXIT, server.url, "1", "b", str(shipper.EXIT_FLUSH_SECONDS))
    assert server.requests == [], "the program did not end before the server answered"
    assert spool_files(tmp_path) != []
    server.hang_seconds = 0


def test_agents_killed_at_any_moment_and_a_server_that_restarts_lose_and_double_nothing(
    server: ProtocolServer, tmp_path: Path
) -> None:
    chance = random.Random(20251208)
    for death in range(DEATHS):
        noted = tmp_path / f"acknowledged-{death}"
        agents = [
            subprocess.Popen(
                [sys.executable, "-c", LOG_FOR_EVER, server.url, f"{noted}-{n}", f"{death}-{n}"]
            )
            for n in range(2)
        ]
        wait_for_first_entry(Path(f"{noted}-0"))
        time.sleep(chance.random() * 0.2)
        if death % 3 == 1:
            server.stop()
            time.sleep(chance.random() * 0.2)
            server.start()
        for agent in agents:
            agent.kill()
            agent.wait()
    heir = EventBasedLLMLogger("bot", AgentClient("bot", server.url))
    assert heir.flush_sync(60)
    heir.close(60)
    acknowledged = [
        log_id
        for noted in tmp_path.glob("acknowledged-*")
        for log_id in noted.read_text().split("\n")[:-1]
    ]
    assert len(acknowledged) > 100
    assert set(acknowledged) <= set(server.entries)
    assert len(server.entries) <= len(acknowledged) + 2 * DEATHS


def wait_for_first_entry(noted: Path) -> None:
    deadline = time.monotonic() + 60
    while not (noted.exists() and noted.stat().st_size):
        assert time.monotonic() < deadline, "the agent did not start"
        time.sleep(0.01)


def test_memory_stays_flat_while_the_server_is_away(server: ProtocolServer) -> None:
    server.stop()
    program = LOG_AND_EXIT + (
        "    if number in (500, 4999):\n"
        "        pages = int(open('/proc/self/statm').read().split()[1])\n"
        "        print(pages * 4096, flush=True)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, server.url, "5000", "a"],
        capture_output=True, text=True, check=True, timeout=60, env=os.environ,
    )  # fmt: skip
    early_bytes, late_bytes = map(int, result.stdout.split())
    assert late_bytes - early_bytes < 4_000_000
