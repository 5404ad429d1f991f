"""LiteLLM: its calls to OpenAI go through the client, those to Anthropic only to our callback."""

import asyncio
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agents_sdk import uninstrument
from agents_sdk.testing import CapturingLogger, ModelServer, Reply
from tests.frameworks.calls import CALLING, QUESTION, TEXT, assert_calls, totals
from tests.frameworks.litellm_calls import CLAUDE, OPENAI, arguments, call_back, litellm

pytestmark = pytest.mark.filterwarnings("ignore")

ROOT = Path(__file__).parents[2]
WAYS = [
    (OPENAI, "patched"),
    (OPENAI, "callback"),
    (OPENAI, "both"),
    (CLAUDE, "callback"),
    (CLAUDE, "both"),
]


@pytest.fixture(params=WAYS, ids=lambda way: f"{way[0].partition('/')[0]}-{way[1]}")
def asked(
    request: pytest.FixtureRequest,
    model_server: ModelServer,
    recorded: CapturingLogger,
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    model, way = request.param
    if way == "callback":
        uninstrument()
    call_back(monkeypatch, None if way == "patched" else recorded)
    return arguments(model, model_server, {"role": "user", "content": QUESTION})


async def told(is_told: Callable[[], bool], within_seconds: float = 60) -> None:
    """It tells of the end of a call in a thread or task of its own."""
    deadline = time.monotonic() + within_seconds
    while not is_told() and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    assert is_told()


@pytest.mark.parametrize("how", ["call", "stream", "acall", "astream"])
async def test_a_call_is_one_entry(recorded: CapturingLogger, asked: Any, how: str) -> None:
    usage = {"stream": True, "stream_options": {"include_usage": True}}
    if how == "call":
        await asyncio.to_thread(litellm.completion, **asked)
    elif how == "stream":
        await asyncio.to_thread(lambda: list(litellm.completion(**asked, **usage)))
    elif how == "acall":
        await litellm.acompletion(**asked)
    else:
        async for _ in await litellm.acompletion(**asked, **usage):
            pass
    await told(lambda: len(recorded.entries) == 1)
    assert_calls(recorded)
    assert recorded.entries[0]["messages"][-1]["content"] == QUESTION
    has_first_token = recorded.entries[0].get("time_to_first_token_ms") is not None
    assert has_first_token is ("stream" in how)


def left_half_way(asked: Any, ask: Callable[..., Any], is_word: Callable[[Any], bool]) -> None:
    stream = ask(**asked, stream=True)
    while not is_word(next(stream)):
        pass


async def left_half_way_async(
    asked: Any, ask: Callable[..., Any], is_word: Callable[[Any], bool]
) -> None:
    stream = await ask(**asked, stream=True)
    while not is_word(await anext(stream)):
        pass


def is_word(chunk: Any) -> bool:
    return bool(chunk.choices and chunk.choices[0].delta.content)


def is_words_event(event: Any) -> bool:
    return bool(event.type == "response.output_text.delta")


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_stream_left_half_way_is_one_entry_with_what_had_come(
    recorded: CapturingLogger, asked: Any, model_server: ModelServer, is_async: bool
) -> None:
    model_server.script(Reply(TEXT * 100))
    if is_async:
        await left_half_way_async(asked, litellm.acompletion, is_word)
    else:
        await asyncio.to_thread(left_half_way, asked, litellm.completion, is_word)
    await told(lambda: gc.collect() is not None and len(recorded.entries) == 1)
    (entry,) = recorded.entries
    assert entry["completion"].startswith("It rains")
    assert len(entry["completion"]) < len(TEXT * 100)
    assert entry["stream_end"] in ("abandoned", "closed")
    assert entry["time_to_first_token_ms"] is not None
    assert entry["error"] is None


@pytest.mark.parametrize("how", ["call", "stream", "acall", "astream", "left"])
async def test_a_call_of_the_responses_is_one_entry(
    recorded: CapturingLogger, asked: Any, how: str
) -> None:
    if not litellm.callbacks:
        pytest.skip("LiteLLM makes these calls with an HTTP client of its own")
    del asked["messages"]
    asked |= {"input": QUESTION, "instructions": "Be brief."}
    if how == "call":
        await asyncio.to_thread(litellm.responses, **asked)
    elif how == "stream":
        await asyncio.to_thread(lambda: list(litellm.responses(**asked, stream=True)))
    elif how == "left":
        await left_half_way_async(asked, litellm.aresponses, is_words_event)
    elif how == "acall":
        await litellm.aresponses(**asked)
    else:
        async for _ in await litellm.aresponses(**asked, stream=True):
            pass
    await told(lambda: gc.collect() is not None and len(recorded.entries) == 1)
    (entry,) = recorded.entries
    assert [message["role"] for message in entry["messages"]] == ["system", "user"]
    assert entry["messages"][-1]["content"] == QUESTION
    assert entry["completion"] and TEXT.startswith(entry["completion"])
    if how != "left":
        assert totals(entry) == (21, 9, 30)
    assert entry.get("stream_end") == {"left": "abandoned"}.get(
        how, "complete" if "stream" in how else None
    )


AGENT = """
import asyncio, litellm, sys
from agents_sdk import LLMCallLogger
from agents_sdk.instrumentation.litellm import LiteLLMLogger

litellm.callbacks = [LiteLLMLogger(LLMCallLogger(sys.argv[2], "agent"))]
messages = [{"role": "user", "content": "How is the weather?"}]
model = "anthropic/claude-3-5-sonnet-20241022"
call = litellm.acompletion(model=model, messages=messages, api_base=sys.argv[1], api_key="key")
asyncio.run(call)
"""


def test_a_call_that_ends_right_before_its_program_is_recorded_as_it_ended(
    model_server: ModelServer, tmp_path: Path
) -> None:
    """LiteLLM tells of such an end when the interpreter ends."""
    arguments = [sys.executable, "-c", AGENT, model_server.url, str(tmp_path)]
    subprocess.run(arguments, check=True, timeout=120, env={**os.environ, "PYTHONPATH": str(ROOT)})
    (line,) = (tmp_path / "logs" / "llm" / "agent.jsonl").read_text().splitlines()
    entry = json.loads(line)
    assert (entry["completion"], entry["error"]) == (TEXT, None)


async def test_embeddings_are_no_calls_to_record(
    recorded: CapturingLogger, asked: Any, model_server: ModelServer
) -> None:
    with pytest.raises(Exception, match="no such path"):
        await asyncio.to_thread(
            litellm.embedding,
            *("openai/text-embedding-3-small", ["Köln"]),
            api_base=model_server.openai_url,
            api_key="key",
            max_retries=0,
        )
    await asyncio.to_thread(litellm.completion, **asked)
    await told(lambda: len(recorded.entries) == 1)
    assert_calls(recorded)


async def test_a_tool_call_is_there(
    recorded: CapturingLogger, asked: Any, model_server: ModelServer
) -> None:
    model_server.script(CALLING)
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    tool = {"type": "function", "function": {"name": "weather", "parameters": schema}}
    await asyncio.to_thread(litellm.completion, **asked, tools=[tool])
    await told(lambda: len(recorded.entries) == 1)
    (entry,) = recorded.entries
    assert [call["name"] for call in entry["tool_calls"]] == ["weather"]
    assert (totals(entry), entry["finish_reason"]) == ((21, 9, 30), "tool_calls")
    assert "weather" in str(entry["tools"])


async def test_an_error_is_one_entry(
    recorded: CapturingLogger, asked: Any, model_server: ModelServer
) -> None:
    model_server.script(*[Reply("no", status=400)] * 3)
    with pytest.raises(Exception, match="no"):
        await asyncio.to_thread(litellm.completion, **asked)
    await told(lambda: len(recorded.entries) == 1)
    assert [entry["error_class"] for entry in recorded.entries] == ["invalid_request"]
    assert recorded.entries[0]["completion"] != TEXT
