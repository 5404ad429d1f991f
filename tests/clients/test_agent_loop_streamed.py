"""The tool loop with `stream=True`: the same conversation in pieces, and the time to the first."""

import json
from typing import Any

import pytest

from agents_sdk import AgentConfig, AgentTrajectory, Event, orchestrate_agent
from agents_sdk.testing import ModelServer, Reply
from tests.clients.provider_clients import is_early_genai
from tests.clients.test_agent_loop import (
    LIBRARIES,
    MODELS,
    PROVIDERS,
    SCRIPT,
    TOOLS,
    Entries,
    assistant_messages,
    config,
    entries,
    need,
    thoughtful,
)

__all__ = ["config", "entries"]  # fixtures

ONLY_OF_STREAMS = ("stream", "stream_options")


def streamed(config: AgentConfig) -> AgentConfig:
    config.stream = True
    return config


async def ask(config: AgentConfig) -> AgentTrajectory:
    """The same question every time, to the id of its event."""
    text = {"text": "Do I need an umbrella?"}
    event = Event("agent.message", text, source_id="human", event_id="question")
    return await orchestrate_agent(event, config, TOOLS, agent_id="bot")


def spoken(body: dict[str, Any]) -> dict[str, Any]:
    """What a request says, however the answer is to come."""
    return {key: value for key, value in body.items() if key not in ONLY_OF_STREAMS}


def joined_texts(body: Any) -> Any:
    """Neighbouring texts of one message as one: Gemini's come back in the pieces they came in."""
    if isinstance(body, dict):
        return {key: joined_texts(value) for key, value in body.items()}
    if not isinstance(body, list):
        return body
    found: list[Any] = []
    for item in map(joined_texts, body):
        is_text = isinstance(item, dict) and set(item) == {"text"}
        if is_text and found and isinstance(found[-1], dict) and set(found[-1]) == {"text"}:
            found[-1] = {"text": found[-1]["text"] + item["text"]}
        else:
            found.append(item)
    return found


async def test_three_turns_are_the_same_conversation_as_without_a_stream(
    config: AgentConfig, model_server: ModelServer, entries: Entries
) -> None:
    for config.stream in (False, True):
        model_server.script(*SCRIPT)
        assert (await ask(config)).response == "It rains in Köln and in Bonn."
    bodies = [joined_texts(spoken(request.body)) for request in model_server.requests]
    assert len(bodies) == 6
    assert bodies[3:] == bodies[:3]
    logged = entries()
    same = ("completion", "tool_calls", "messages", "tools", "request", "finish_reason", "provider",
            "input_tokens", "output_tokens", "cache_read_tokens", "reasoning_tokens")  # fmt: skip
    for plain, pieces in zip(logged[:3], logged[3:], strict=True):
        assert {key: pieces.get(key) for key in same} == {key: plain.get(key) for key in same}
        assert "time_to_first_token_ms" not in plain
        assert (pieces["stream"], pieces["stream_end"]) == (True, "complete")
        assert 0 < pieces["time_to_first_token_ms"] <= pieces["latency_ms"]


@pytest.mark.parametrize("config", list(LIBRARIES), indirect=True)
async def test_thoughts_come_back_as_the_provider_said_them(
    config: AgentConfig, model_server: ModelServer, entries: Entries
) -> None:
    first = Reply("Let me look.", tool_calls=SCRIPT[0].tool_calls, reasoning="Rain is likely.")
    for config.stream in (False, True):
        model_server.script(first, Reply("Yes."))
        await ask(config)
    plain, pieces = (
        (body.get("messages") or body.get("contents"))[1]
        for body in (model_server.requests[1].body, model_server.requests[3].body)
    )
    assert _all_said(pieces) == _all_said(plain)
    assert entries()[2]["reasoning"] == "Rain is likely."


def _all_said(message: dict[str, Any]) -> dict[str, str]:
    """Every text of a message under its key, the pieces of one joined."""
    said: dict[str, str] = {}
    waiting: list[Any] = [message]
    while waiting:
        value = waiting.pop(0)
        waiting += value.values() if isinstance(value, dict) else value
        waiting = [item for item in waiting if isinstance(item, dict | list)]
        for key, text in value.items() if isinstance(value, dict) else ():
            if isinstance(text, str):
                said[key] = said.get(key, "") + text
    return said


async def test_a_stream_that_breaks_leaves_an_entry_with_what_came(
    config: AgentConfig, model_server: ModelServer, entries: Entries
) -> None:
    if config.provider == "gemini" and is_early_genai():
        pytest.skip("google-genai 1.5 takes an error in a stream for an empty chunk")
    long = "A long answer that ends too early."
    model_server.script(Reply(long, error_in_stream="overloaded", cut_after_pieces=4))
    trajectory = await ask(streamed(config))
    assert trajectory.error
    (logged,) = entries()
    assert logged["error"]
    assert (logged["stream"], logged["stream_end"]) == (True, "error")
    assert logged["completion"] and long.startswith(logged["completion"])


async def test_a_call_refused_before_the_first_piece_is_an_entry_too(
    config: AgentConfig, model_server: ModelServer, entries: Entries
) -> None:
    model_server.script(Reply("this model is unknown", status=400))
    assert (await ask(streamed(config))).error
    (logged,) = entries()
    assert (logged["status_code"], logged.get("stream_end")) == (400, None)
    assert "time_to_first_token_ms" not in logged


@pytest.mark.parametrize("config", ["custom"], indirect=True)
async def test_a_server_that_may_not_know_the_wish_is_not_asked_for_a_usage(
    config: AgentConfig, model_server: ModelServer, entries: Entries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("agents_sdk.normalise.streamusage.is_local", lambda host: False)
    model_server.script(Reply("Yes."))
    assert (await ask(streamed(config))).response == "Yes."
    assert "stream_options" not in json.dumps(model_server.requests[0].body)
    assert entries()[0]["total_tokens"] is None


@pytest.mark.parametrize("config", ["azure"], indirect=True)
async def test_an_old_version_of_azures_api_is_not_asked_for_a_usage(
    config: AgentConfig, model_server: ModelServer, entries: Entries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("OPENAI_API_VERSION", "2024-07-01-preview")
    model_server.script(Reply("Yes."))
    assert (await ask(streamed(config))).response == "Yes."
    assert "stream_options" not in model_server.requests[0].body


@pytest.mark.parametrize("config", ["azure"], indirect=True)
async def test_azures_api_is_asked_in_a_version_that_tells_the_usage_of_streams(
    config: AgentConfig, model_server: ModelServer, entries: Entries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.delenv("OPENAI_API_VERSION")
    model_server.script(Reply("Yes."))
    assert (await ask(streamed(config))).response == "Yes."
    assert entries()[0]["total_tokens"] == 30


def test_every_provider_of_the_plain_loop_is_here() -> None:
    assert {"openai", "azure", "claude", "gemini", "bedrock"} <= set(PROVIDERS)


@pytest.mark.parametrize("config", ["deepseek"], indirect=True)
async def test_thoughts_in_pieces_go_back_as_the_whole_they_are(
    config: AgentConfig, model_server: ModelServer, entries: Entries
) -> None:
    model_server.script(*thoughtful())
    trajectory = await ask(streamed(config))
    assert trajectory.response == "It rains in Köln and in Bonn."
    first, second = assistant_messages(model_server)
    assert first["reasoning_content"] == "Rain is likely."
    assert second["reasoning_content"] == ""
    assert second["reasoning_details"] == [
        {"type": "reasoning.text", "text": "Rain again.", "index": 0, "signature": "s1"},
        {"type": "reasoning.encrypted", "data": "zz", "index": 1},
    ]


@pytest.mark.parametrize("is_streaming", [False, True])
async def test_a_tool_that_the_provider_runs_itself_is_logged_and_not_run_again(
    model_server: ModelServer, entries: Entries, is_streaming: bool
) -> None:
    need("anthropic")
    searched = (
        {"type": "server_tool_use", "id": "s1", "name": "weather", "input": {"city": "Köln"}},
        {"type": "web_search_tool_result", "tool_use_id": "s1", "content": []},
    )
    model_server.script(Reply("It rains.", blocks=searched))
    model, base = MODELS["claude"], model_server.url
    config = AgentConfig("Be brief.", model, "claude", base, "key", stream=is_streaming)
    trajectory = await ask(config)
    assert trajectory.response == "It rains."
    assert [action.payload.get("tool_name") for action in trajectory.actions] == [None]
    (entry,) = entries()
    assert [call["executed_by"] for call in entry["tool_calls"]] == ["provider"]
