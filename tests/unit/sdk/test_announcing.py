"""A call that begins is told at once, or not at all: never late, never in the way, never kept."""

import os
import signal
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_sdk import LLMCallLogger
from agents_sdk.announcement import (
    MAX_ID_CHARS,
    MAX_NAME_CHARS,
    MAX_PREVIEW_CHARS,
    call_started,
    preview,
)
from agents_sdk.client import AgentClient
from agents_sdk.codec import dumps
from agents_sdk.loggers import announcer as module
from agents_sdk.loggers.announcer import Announcer
from tests.unit.sdk.conftest import PATIENCE_SECONDS, MakeLogger, eventually
from tests.unit.sdk.protocol_server import ProtocolServer

MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Umbrella?"}]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def announce(logger: Any, **more: Any) -> str:
    log_id: str = logger.announce_call("gpt-4o", "openai", MESSAGES, **more)
    return log_id


def end(logger: Any, log_id: str) -> None:
    logger.log_call_sync("gpt-4o", "openai", MESSAGES, None, {"content": "x"}, 9, log_id=log_id)


def started(server: ProtocolServer) -> list[str]:
    return [payload["call"]["log_id"] for payload in server.started]


def test_the_server_hears_of_a_call_that_begins_and_the_entry_has_its_log_id(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    logger = make_logger("team/bot", clock=lambda: 1_764_000_000.5)
    log_id = announce(logger, session_id="s-1", trace_id="t-1", stream=True)
    eventually(lambda: bool(server.started))
    assert server.started == [
        {
            "agent_id": "team/bot",
            "call": {
                "log_id": log_id,
                "timestamp": 1_764_000_000.5,
                "model_name": "gpt-4o",
                "provider": "openai",
                "preview": "Umbrella?",
                "role": "user",
                "session_id": "s-1",
                "trace_id": "t-1",
                "stream": True,
            },
        }
    ]
    end(logger, log_id)
    assert logger.flush_sync(60)
    assert set(server.entries) == {log_id}
    assert logger.delivery_report().written == 1


def test_a_call_that_is_over_in_a_moment_is_not_announced(
    server: ProtocolServer, make_logger: MakeLogger, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_moment_over = threading.Event()
    linger = SimpleNamespace(sleep=lambda _seconds: is_moment_over.wait(PATIENCE_SECONDS))
    monkeypatch.setattr(module, "LINGER_SECONDS", PATIENCE_SECONDS)
    monkeypatch.setattr(module, "time", linger)
    logger = make_logger()
    end(logger, "first")
    assert logger.flush_sync(60)  # registered: this server knows one secret for each agent
    for _ in range(20):
        end(logger, announce(logger))
    slow = announce(logger)
    is_moment_over.set()
    eventually(lambda: bool(server.started))
    assert started(server) == [slow]
    assert logger.flush_sync(60)
    assert len(server.entries) == 21


def test_an_announcement_brings_no_agent_back_that_has_left(server: ProtocolServer) -> None:
    client = AgentClient("bot", server.url)
    assert client.connect_sync() and client.disconnect_sync()
    announcer = Announcer(client)
    announcer.announce({"log_id": "late"})
    announcer.announce({"log_id": "later"})
    announcer.start()
    eventually(lambda: not announcer._waiting)
    announcer.retire()
    announcer._thread.join(5)
    assert client.has_left and not client.is_connected
    assert [answer["agent_id"] for answer in server.registrations] == ["bot"]
    assert server.started == []


def test_a_server_that_does_not_know_the_event_is_left_alone(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    server.knows_starts = False
    logger = make_logger()
    announce(logger)
    eventually(lambda: any(e["event_name"] == "system.llm_call_started" for e in server.events))
    announcer = logger._announcer
    assert announcer is not None
    eventually(lambda: not announcer.is_open())
    log_ids = [announce(logger) for _ in range(50)]
    end(logger, log_ids[0])
    assert logger.flush_sync(60)
    assert set(server.entries) == {log_ids[0]}
    names = [event["event_name"] for event in server.events]
    assert names.count("system.llm_call_started") == 1


def test_a_server_that_is_away_costs_a_call_nothing_and_gets_no_backlog(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    server.stop()
    logger = make_logger()
    began = time.monotonic()
    log_ids = [announce(logger) for _ in range(5_000)]
    assert time.monotonic() - began < 60, "with a pause for each it would be an hour"
    announcer = logger._announcer
    assert announcer is not None
    eventually(lambda: not announcer.is_open() and not announcer._waiting)
    server.start()
    end(logger, log_ids[-1])
    assert logger.flush_sync(60)
    assert server.started == []


def test_what_waits_is_bounded_and_the_newest_is_dropped(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    server.hang_seconds = 600
    logger = make_logger()
    for _ in range(3_000):
        announce(logger)
    announcer = logger._announcer
    assert announcer is not None
    assert len(announcer._waiting) <= module.MAX_WAITING
    server.hang_seconds = 0


def test_announcements_that_became_old_are_dropped(server: ProtocolServer) -> None:
    now = [0.0]
    announcer = Announcer(AgentClient("bot", server.url), monotonic=lambda: now[0])
    announcer.announce({"log_id": "old"})
    now[0] = module.STALE_SECONDS + 1
    announcer.announce({"log_id": "new"})
    now[0] += module.LINGER_SECONDS
    announcer.start()
    eventually(lambda: bool(server.started))
    assert started(server) == ["new"]
    announcer.retire()


def test_a_child_after_a_fork_announces_by_itself(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    logger = make_logger()
    announce(logger)
    eventually(lambda: len(server.started) == 1)
    child = os.fork()
    if child == 0:
        signal.alarm(120)
        announce(logger)
        announcer = logger._announcer
        announcer._signals.put(False)  # type: ignore[union-attr]
        announcer._thread.join()  # type: ignore[union-attr]
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    announce(logger)
    eventually(lambda: len(server.started) == 3)


def test_the_thread_ends_with_its_logger(server: ProtocolServer, make_logger: MakeLogger) -> None:
    logger = make_logger()
    announce(logger)
    announcer = logger._announcer
    assert announcer is not None
    logger.close(0)
    eventually(lambda: not announcer._thread.is_alive())
    announce(logger)
    eventually(lambda: len(server.started) == 1)


def test_a_logger_that_writes_files_tells_nobody_and_gives_the_log_id(tmp_path: Path) -> None:
    logger = LLMCallLogger(tmp_path, "bot", new_id=lambda: "given")
    assert announce(logger) == "given"
    assert not logger.path.exists()
    end(logger, "given")
    assert b'"log_id":"given"' in logger.path.read_bytes()


@given(ANYTHING, ANYTHING, ANYTHING)
def test_whatever_a_call_is_its_announcement_is_small_and_can_be_sent(
    messages: Any, model: Any, session_id: Any
) -> None:
    call = call_started(
        log_id="1",
        timestamp=1.0,
        model_name=model,
        provider=model,
        messages=messages,
        session_id=session_id,
    )
    assert len(call["preview"]) <= MAX_PREVIEW_CHARS
    assert len(call["model_name"]) <= MAX_NAME_CHARS
    assert len(call.get("session_id", "")) <= MAX_ID_CHARS
    assert dumps(call)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("plain", "plain"),
        ({"role": "user", "content": "said"}, "said"),
        ({"role": "user", "content": [{"type": "image_url"}, {"text": "seen"}]}, "seen"),
        ({"role": "user", "content": [{"type": "tool_result", "content": "18"}]}, "18"),
        ({"role": "assistant", "content": None, "tool_calls": []}, ""),
        ({"role": "user", "content": "x" * 10_000}, "x" * 200),
        (None, ""),
    ],
)
def test_the_preview_is_the_beginning_of_the_newest_message(message: Any, text: str) -> None:
    assert preview(message) == text
