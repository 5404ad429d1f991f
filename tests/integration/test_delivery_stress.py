"""Whatever becomes of the log, the agent's own calls have their own results and exceptions.

Every case runs the real `openai` client, recorded by `instrument()`, against a provider that
answers and one that refuses; the log goes to a server or a disk that fails in the way at hand. None
of the waiting is the agent's: a case would hang, not only be slow, if a call waited for the log.
"""

import asyncio
import contextlib
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("openai", reason="openai is not installed")

from agents_sdk import (
    AgentClient,
    EventBasedLLMLogger,
    LLMCallLogger,
    instrument,
    uninstrument,
)
from agents_sdk.codec import decode_line
from agents_sdk.files.sidecar import read_sidecars, sidecar_folder
from agents_sdk.instrumentation.switch import instrumentation_problems
from agents_sdk.spool import shipper
from tests.integration.stressed_agent import (
    CALLS_IN_A_TURN,
    StressedAgent,
    providers,
)
from tests.unit.sdk.conftest import eventually
from tests.unit.sdk.protocol_server import ProtocolServer, running_server

TURNS = 3
CALLS = TURNS * CALLS_IN_A_TURN
MANY_FAULTS = 100_000
"""More than a case can use up."""


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A spool of the test's own, short pauses, and nothing that went wrong inside unnoticed."""
    monkeypatch.setenv("AGENTS_SDK_SPOOL_DIR", str(tmp_path / "spool"))
    monkeypatch.setattr(shipper, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(shipper, "LONGEST_PAUSE_SECONDS", 0.05)
    before = instrumentation_problems()
    yield
    uninstrument()
    assert instrumentation_problems() == before


@pytest.fixture
def server() -> Iterator[ProtocolServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def agent() -> Iterator[StressedAgent]:
    with providers() as urls:
        agent = StressedAgent(*urls)
        yield agent
        agent.close()


@contextlib.contextmanager
def reporting(server: ProtocolServer, **options: object) -> Iterator[EventBasedLLMLogger]:
    client = AgentClient("bot", server.url, timeout_seconds=60)
    logger = EventBasedLLMLogger("bot", client, **options)  # type: ignore[arg-type]
    instrument(logger=logger)
    try:
        yield logger
    finally:
        uninstrument()
        logger.close(0)


def take_turns(agent: StressedAgent) -> None:
    for _ in range(TURNS):
        agent.turn()


# -- the server --


@pytest.mark.parametrize("fault", [500, 503, 401, 403, 404, "close", "half", "not json", "refuse"])
def test_a_server_that_fails_in_any_way(
    server: ProtocolServer, agent: StressedAgent, fault: int | str
) -> None:
    server.faults.extend([fault] * MANY_FAULTS)
    with reporting(server) as logger:
        take_turns(agent)
        eventually(lambda: len(server.requests) > 3)
        report = logger.delivery_report()
        assert (report.written, report.waiting, dict(report.dropped)) == (CALLS, CALLS, {})
        server.faults.clear()
        assert logger.flush_sync(60)
        assert len(server.entries) == logger.delivery_report().delivered == CALLS


def test_a_server_that_is_down(server: ProtocolServer, agent: StressedAgent) -> None:
    server.stop()
    with reporting(server) as logger:
        take_turns(agent)
        report = logger.delivery_report()
        assert (report.written, report.waiting, dict(report.dropped)) == (CALLS, CALLS, {})
        server.start()
        assert logger.flush_sync(60)
        assert set(server.arrivals.values()) == {1} and len(server.entries) == CALLS


def test_a_server_that_takes_minutes_for_a_request(
    server: ProtocolServer, agent: StressedAgent
) -> None:
    server.hang_seconds = 600  # longer than all calls together take on any machine
    with reporting(server) as logger:
        take_turns(agent)
        assert server.requests == [], "the calls ended while the server was still at its first"
        assert logger.delivery_report().waiting == CALLS
        server.hang_seconds = 0
        assert logger.flush_sync(60)
        assert len(server.entries) == CALLS


def test_a_server_that_finds_every_entry_too_large(
    server: ProtocolServer, agent: StressedAgent
) -> None:
    server.max_body_bytes = 600
    with reporting(server) as logger:
        take_turns(agent)
        eventually(lambda: logger.delivery_report().dropped == {"refused: too large": CALLS})
        server.max_body_bytes = 10_000_000
        agent.ask()
        assert logger.flush_sync(60)
        assert len(server.entries) == 1
        logger.close(60)
        assert server.receipts[-1]["dropped"] == {"refused: too large": CALLS}


def test_a_full_spool_keeps_what_waits_and_counts_what_it_refuses(
    server: ProtocolServer, agent: StressedAgent
) -> None:
    server.stop()
    with reporting(server, spool_bytes=4_000) as logger:
        take_turns(agent)
        report = logger.delivery_report()
        [(reason, refused)] = report.dropped.items()
        assert reason == "the spool is full (4000 bytes, AGENTS_SDK_SPOOL_BYTES)"
        assert 0 < report.waiting == report.written == CALLS - refused
        server.start()
        assert logger.flush_sync(60)
        assert len(server.entries) == report.written
        eventually(lambda: bool(server.receipts))
        assert server.receipts[-1]["dropped"] == {reason: refused}


def test_an_event_loop_that_stands_still(server: ProtocolServer, agent: StressedAgent) -> None:
    async def call_and_block() -> None:
        await agent.ask_on_a_loop()
        eventually(lambda: len(server.entries) == 1)  # without ever giving the loop a turn

    with reporting(server):
        asyncio.run(call_and_block())


def test_thousands_of_threads(server: ProtocolServer, agent: StressedAgent) -> None:
    started = threading.Barrier(2_000)
    failures: list[BaseException] = []

    def call(number: int) -> None:
        started.wait()
        try:
            (agent.ask if number % 4 else agent.be_refused)()
        except BaseException as error:
            failures.append(error)

    stack_bytes = threading.stack_size(256 * 1024)
    try:
        with reporting(server) as logger:
            threads = [threading.Thread(target=call, args=(n,)) for n in range(2_000)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert failures == []
            assert logger.flush_sync(60)
            assert logger.delivery_report().written == len(server.entries) == 2_000
    finally:
        threading.stack_size(stack_bytes)


# -- the disk --


class SmallDisk:
    """A file system of a few hundred kilobytes, to be filled and freed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        with contextlib.suppress(OSError), self._ballast.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)

    def free(self) -> None:
        self._ballast.unlink()

    def set_writable(self, is_writable: bool) -> None:
        mode = "rw" if is_writable else "ro"
        subprocess.run(["mount", "-o", f"remount,{mode}", str(self.folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("a small disk cannot be had: there is no mount command")
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be had here: {mounted.stderr.strip()}")
    yield SmallDisk(folder)
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_under_the_log_files(small_disk: SmallDisk, agent: StressedAgent) -> None:
    logger = LLMCallLogger(small_disk.folder, "bot")
    instrument(logger=logger)
    agent.turn()
    small_disk.fill()
    while not logger.delivery_report().dropped:  # the last page of the file has some room left
        agent.ask()
    written = logger.delivery_report().written
    take_turns(agent)
    dropped = dict(logger.delivery_report().dropped)
    assert dropped == {"No space left on device": CALLS + 1}
    small_disk.free()
    agent.ask()
    logger.close()
    lines = logger.path.read_bytes().splitlines()
    assert len([decode_line(line) for line in lines]) == written + 1
    [(_, receipt)] = read_sidecars(sidecar_folder(small_disk.folder), since=0)
    assert (receipt["written"], receipt["dropped"]) == (written + 1, dropped)


def test_a_full_disk_under_the_spool(
    small_disk: SmallDisk, server: ProtocolServer, agent: StressedAgent
) -> None:
    with reporting(server, spool_dir=small_disk.folder) as logger:
        small_disk.fill()
        take_turns(agent)
        dropped = dict(logger.delivery_report().dropped)
        assert dropped == {"No space left on device": CALLS}
        eventually(lambda: bool(server.receipts))  # it is told, though there was never an entry
        small_disk.free()
        take_turns(agent)
        assert logger.flush_sync(60)
        assert len(server.entries) == CALLS
        logger.close(60)
        assert server.receipts[-1]["dropped"] == dropped


def test_a_disk_that_fills_up_while_entries_wait_there(
    small_disk: SmallDisk, server: ProtocolServer, agent: StressedAgent
) -> None:
    server.stop()
    with reporting(server, spool_dir=small_disk.folder) as logger:
        take_turns(agent)
        small_disk.fill()
        server.start()  # what was acknowledged cannot be noted; removing a whole segment can
        assert logger.flush_sync(60)
        assert len(server.entries) == CALLS
        assert dict(logger.delivery_report().dropped) == {}


def test_a_spool_that_becomes_unwritable(
    small_disk: SmallDisk, server: ProtocolServer, agent: StressedAgent
) -> None:
    small_disk.set_writable(False)
    with reporting(server, spool_dir=small_disk.folder / "spool") as logger:
        take_turns(agent)
        assert dict(logger.delivery_report().dropped) == {"Read-only file system": CALLS}
        small_disk.set_writable(True)
        take_turns(agent)
        assert logger.flush_sync(60)
        assert len(server.entries) == CALLS


def test_a_spool_that_can_never_be_made(
    server: ProtocolServer, agent: StressedAgent, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with reporting(server, spool_dir=tmp_path / "file" / "spool") as logger:
        take_turns(agent)
        assert dict(logger.delivery_report().dropped) == {"Not a directory": CALLS}
