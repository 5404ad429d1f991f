"""The real `openai` client against the loopback server, logged through both loggers."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openai
import pytest

from agents_sdk import AgentClient, EventBasedLLMLogger, LLMCallLogger, extract_token_usage
from agents_sdk.codec import decode_line
from agents_sdk.testing import CapturingLogger, OpenAIServer, Reply, ToolCall
from tests.integration.running_studio import until
from tests.unit.sdk.protocol_server import running_server

MESSAGES: list[Any] = [{"role": "user", "content": "What is the weather in Köln?"}]
WEATHER = ToolCall("weather", '{"city": "Köln"}', id="call_7")


def client_of(server: OpenAIServer) -> openai.OpenAI:
    return openai.OpenAI(base_url=server.base_url, api_key="test", max_retries=0, timeout=60)


def ask(client: openai.OpenAI, logger: Any) -> str:
    """A call as an agent makes it, and its record."""
    started_at = time.perf_counter()
    completion = client.chat.completions.create(model="gpt-4o", messages=MESSAGES)
    message = completion.choices[0].message
    log_id: str = logger.log_call_sync(
        "gpt-4o",
        "openai",
        MESSAGES,
        None,
        {
            "content": message.content,
            "tool_calls": [
                {"id": call.id, "name": call.function.name, "arguments": call.function.arguments}  # type: ignore[union-attr]
                for call in message.tool_calls or ()
            ],
            "usage": completion.usage,
        },
        (time.perf_counter() - started_at) * 1000,
        response_model=completion.model,
        finish_reason=completion.choices[0].finish_reason,
    )
    return log_id


def test_a_plain_answer_reaches_the_file(tmp_path: Path) -> None:
    with OpenAIServer(Reply("Rain.", model="gpt-4o-2024-08-06")) as server:
        logger = LLMCallLogger(tmp_path, "bot")
        with client_of(server) as client:
            ask(client, logger)
    entry = decode_line(logger.path.read_bytes()).entry
    assert (entry["completion"], entry["tool_calls"]) == ("Rain.", None)
    assert (entry["response_model"], entry["finish_reason"]) == ("gpt-4o-2024-08-06", "stop")
    assert entry["usage"]["total_tokens"] == entry["total_tokens"] > 10
    assert entry["latency_ms"] > 0
    assert server.requests[0].body == {"messages": MESSAGES, "model": "gpt-4o"}


def test_a_tool_call_reaches_the_server(tmp_path: Path) -> None:
    reply = Reply(None, tool_calls=(WEATHER,))
    with running_server() as studio, OpenAIServer(reply) as server, client_of(server) as client:
        logger = EventBasedLLMLogger(
            "bot", AgentClient("bot", studio.url), spool_dir=tmp_path / "spool"
        )
        log_id = ask(client, logger)
        assert logger.flush_sync(60)
        entry = studio.entries[log_id]
        logger.close(0)
    assert entry["tool_calls"] == [
        {"id": "call_7", "name": "weather", "arguments": '{"city": "Köln"}'}
    ]
    assert (entry["completion"], entry["finish_reason"]) == ("", "tool_calls")


@pytest.mark.parametrize("is_usage_wanted", [True, False])
def test_a_stream_brings_its_pieces_and_usage_only_if_asked_for(is_usage_wanted: bool) -> None:
    reply = Reply("It rains cats and dogs.", usage={"prompt_tokens": 9, "completion_tokens": 6})
    options: Any = {"stream_options": {"include_usage": True}} if is_usage_wanted else {}
    with OpenAIServer(reply) as server, client_of(server) as client:
        chunks = list(
            client.chat.completions.create(
                model="gpt-4o", messages=MESSAGES, stream=True, **options
            )
        )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == "It rains cats and dogs."
    assert len(chunks) > 4
    found = extract_token_usage("openai", chunks)
    assert found["total_tokens"] == (15 if is_usage_wanted else None)
    assert [chunk.choices for chunk in chunks].count([]) == int(is_usage_wanted)


def test_streamed_tool_calls_come_in_pieces_by_index() -> None:
    second = ToolCall("time", '{"zone": "CET"}', id="call_8")
    reply = Reply(None, tool_calls=(WEATHER, second))
    with OpenAIServer(reply) as server, client_of(server) as client:
        arguments = {0: "", 1: ""}
        names: list[str] = []
        for chunk in client.chat.completions.create(model="gpt-4o", messages=MESSAGES, stream=True):
            for call in chunk.choices[0].delta.tool_calls or ():
                assert call.function is not None
                arguments[call.index] += call.function.arguments or ""
                names += [call.function.name] if call.function.name else []
    assert arguments == {0: WEATHER.arguments, 1: second.arguments}
    assert names == ["weather", "time"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, openai.AuthenticationError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
    ],
)
def test_an_error_on_demand_is_the_clients_own_and_is_logged(
    status: int, error: type[openai.APIStatusError]
) -> None:
    logger = CapturingLogger("bot")
    reply = Reply("no more", status=status, error_type="quota")
    with OpenAIServer(reply) as server, client_of(server) as client:
        with pytest.raises(error) as caught:
            ask(client, logger)
        assert caught.value.request_id == "req_1"
        logger.log_call_sync("gpt-4o", "openai", MESSAGES, None, None, 1, caught.value)
    (entry,) = logger.entries
    assert entry["error_type"] == error.__name__
    assert "no more" in entry["error"]


def test_a_stream_may_break_or_fail_in_the_middle() -> None:
    broken = Reply("a long answer", cut_after_pieces=2)
    failing = Reply("a long answer", cut_after_pieces=2, error_in_stream="overloaded")
    with OpenAIServer(broken, failing) as server, client_of(server) as client:
        for expected in (openai.APIConnectionError, openai.APIError):
            with pytest.raises(expected) as caught:
                list(client.chat.completions.create(
                    model="gpt-4o", messages=MESSAGES, stream=True
                ))  # fmt: skip
            assert type(caught.value) is expected
        assert "overloaded" in str(caught.value)


def test_a_model_that_is_stopped_keeps_nobody_waiting_for_its_answer() -> None:
    late = OpenAIServer(Reply("late", delay_seconds=3_600))
    with late as server, client_of(server) as client, ThreadPoolExecutor(1) as callers:
        call = callers.submit(ask, client, CapturingLogger("bot"))
        until(lambda: server.requests, "the question")
        server.stop()
        with pytest.raises(openai.APIConnectionError):
            call.result(60)


async def test_the_async_client_is_served_too() -> None:
    logger = CapturingLogger("bot")
    with OpenAIServer(Reply("first"), Reply("second")) as server:
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="test") as client:
            for _ in range(3):
                completion = await client.chat.completions.create(model="gpt-4o", messages=MESSAGES)
                response = {
                    "content": completion.choices[0].message.content,
                    "usage": completion.usage,
                }
                await logger.log_call("gpt-4o", "openai", MESSAGES, None, response, 1)
    assert [entry["completion"] for entry in logger.entries] == ["first", "second", "second"]
    assert all(entry["total_tokens"] for entry in logger.entries)
