"""Both loggers and the client against a whole Studio, from the call to `get_llm_logs`."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents_sdk import AgentClient, EventBasedLLMLogger, LLMCallLogger, get_llm_logs
from agents_sdk.entry import KEYS
from tests.integration.running_studio import RunningStudio, until
from tests.integration.studio_with_entries import wait_for_index

MESSAGES = [{"role": "user", "content": "What is the weather in Köln?"}]
RESPONSE = {"content": "Rain.", "usage": {"prompt_tokens": 9, "completion_tokens": 2}}


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningStudio]:
    monkeypatch.setenv("AGENTS_SDK_SPOOL_DIR", str(tmp_path / "spool"))
    with RunningStudio(tmp_path / "workspace", worker=None) as studio:
        wait_for_index(studio)
        yield studio


def log(logger: LLMCallLogger | EventBasedLLMLogger) -> str:
    return logger.log_call_sync("gpt-4o", "openai", MESSAGES, None, RESPONSE, 812)


def reporter(studio: RunningStudio, agent_id: str) -> EventBasedLLMLogger:
    return EventBasedLLMLogger(agent_id, AgentClient(agent_id, studio.url, timeout_seconds=60))


def ids_of(studio: RunningStudio, agent_id: str) -> list[str]:
    return [entry["log_id"] for entry in get_llm_logs(agent_id, base_url=studio.url)]


def test_calls_of_both_loggers_are_answers_of_the_api(studio: RunningStudio) -> None:
    files, events = LLMCallLogger(studio.workspace, "team/near"), reporter(studio, "team/far")
    near = [log(files) for _ in range(30)]
    far = [log(events) for _ in range(30)]
    assert events.flush_sync(60)
    assert events.delivery_report().delivered == 30
    until(lambda: sorted(ids_of(studio, "team/far")) == sorted(far), "the calls by event")
    until(lambda: sorted(ids_of(studio, "team/near")) == sorted(near), "the calls")
    entry = get_llm_logs("team/far", base_url=studio.url, limit=1, search="köln")[0]
    assert tuple(entry)[: len(KEYS)] == KEYS
    assert (entry["messages"], entry["total_tokens"], entry["usage"]) == (
        MESSAGES,
        11,
        RESPONSE["usage"],
    )
    events.close(0)


def test_more_entries_than_a_page_are_walked(studio: RunningStudio) -> None:
    logger = LLMCallLogger(studio.workspace, "bot")
    log_ids = {log(logger) for _ in range(1_201)}
    until(lambda: set(ids_of(studio, "bot")) == log_ids, "the calls")
    assert len(get_llm_logs(base_url=studio.url, limit=700)) == 700


def test_a_studio_that_is_restarted_loses_and_doubles_nothing(
    studio: RunningStudio,
) -> None:
    logger = reporter(studio, "bot")
    log_ids = [log(logger) for _ in range(100)]
    assert logger.flush_sync(60)
    studio.end(signal.SIGTERM)
    log_ids += [log(logger) for _ in range(100)]
    assert logger.delivery_report().waiting == 100
    with RunningStudio(studio.workspace, worker=None, STUDIO_PORT=str(studio.port)) as again:
        assert logger.flush_sync(60)
        until(lambda: sorted(ids_of(again, "bot")) == sorted(log_ids), "the calls")
        assert logger.delivery_report().dropped == {}
        logger.close(0)


async def test_an_agent_connects_and_leaves(studio: RunningStudio) -> None:
    client = AgentClient("bot", studio.url)
    assert await client.connect()
    assert client.secret
    assert await client.poll() == []
    other = AgentClient("other", studio.url)
    assert await other.connect()
    sent = {"event_name": "greeting", "target_agent_id": "bot", "payload": {"n": 1}}
    assert (await other.send_event(sent)).success
    (event,) = await client.poll()
    assert (event.event_name, event.source_id, event.payload) == ("greeting", "other", {"n": 1})
    assert await client.disconnect()
    assert await other.disconnect()
