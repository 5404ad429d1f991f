"""Servers, folders and patience for the tests of the SDK."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agents_sdk import AgentClient, EventBasedLLMLogger, config
from tests.unit.sdk.protocol_server import ProtocolServer, running_server

MakeLogger = Callable[..., EventBasedLLMLogger]

PATIENCE_SECONDS = 60.0
"""For what happens at once on a machine that is not in trouble."""


@pytest.fixture(autouse=True)
def nothing_of_the_developers_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "WORKSPACE", "AGENT_ID", "SPOOL_BYTES", "ROTATION_BYTES", "RETENTION_DAYS"):
        monkeypatch.delenv(f"AGENTS_SDK_{name}", raising=False)
    monkeypatch.setenv("AGENTS_SDK_SPOOL_DIR", str(tmp_path / "spool"))


@pytest.fixture(autouse=True)
def patient_goodbyes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two seconds for the last entries suffice, but not on a machine that stands still."""
    monkeypatch.setattr("agents_sdk.loggers.event.EXIT_FLUSH_SECONDS", PATIENCE_SECONDS)


@pytest.fixture
def server() -> Iterator[ProtocolServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def make_logger(server: ProtocolServer) -> Iterator[MakeLogger]:
    """Loggers that report to the test's server and end with the test."""
    loggers: list[EventBasedLLMLogger] = []

    def make(agent_id: str = "bot", **options: object) -> EventBasedLLMLogger:
        client = AgentClient(agent_id, server.url, timeout_seconds=PATIENCE_SECONDS)
        loggers.append(EventBasedLLMLogger(agent_id, client, **options))  # type: ignore[arg-type]
        return loggers[-1]

    yield make
    for logger in loggers:
        logger.close(0)


def eventually(condition: Callable[[], bool], within_seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for a condition; fails if it does not come true."""
    deadline = time.monotonic() + within_seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def no_setting_was_named_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be read is named once in a process, and tests share one."""
    monkeypatch.setattr(config, "_warned_of", set())
