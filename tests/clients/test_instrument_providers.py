"""Every provider's client × every way a call can go: one entry, and a caller who sees nothing."""

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest

from agents_sdk import instrument, uninstrument
from agents_sdk.instrumentation.switch import instrumentation_problems
from agents_sdk.testing import CapturingLogger, ModelServer, Reply, ToolCall
from tests.clients.provider_clients import (
    QUESTION,
    SURFACES,
    SYSTEM,
    Surface,
    awaited,
    close,
    comparable,
    each,
    is_early_genai,
)

# Some clients leave sockets to the garbage collector when a stream is dropped or cut.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)

FAST_RETRY = {"retry-after-ms": "1", "x-should-retry": "true"}
TEXT = "It rains in Köln today."
TOTALS = {"input_tokens": 21, "output_tokens": 9, "total_tokens": 30, "cache_read_tokens": 5}


@pytest.fixture(params=SURFACES, ids=lambda surface: surface.name)
def surface(request: pytest.FixtureRequest) -> Surface:
    chosen: Surface = request.param
    return chosen


@pytest.fixture
def server(model_server: ModelServer) -> ModelServer:
    return model_server


@pytest.fixture
def logger() -> Iterator[CapturingLogger]:
    yield CapturingLogger()
    uninstrument()


def is_early(surface: Surface) -> bool:
    return surface.package == "google.genai" and is_early_genai()


def totals(surface: Surface) -> dict[str, int]:
    """The early google-genai drops the count of thoughts before anybody can see it."""
    return {**TOTALS, "output_tokens": 7} if is_early(surface) else TOTALS


async def outcome(
    surface: Surface, server: ModelServer, client: Any, *replies: Reply, how: str = "call"
) -> Any:
    """What a caller sees: result or events, the exception, the loop's complaints of a drop.

    In other cases the loop may complain at any time of what an earlier one left behind.
    """
    server.script(*replies)
    seen: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda loop, context: seen.append(context["message"]) if how == "drop" else None
    )
    try:
        await _use(surface, client, how, seen)
    except Exception as error:
        seen.append((type(error).__name__, str(error)))
    for _ in range(2 if how == "drop" else 0):
        gc.collect()
        await asyncio.sleep(0.001)
    return seen


async def _use(surface: Surface, client: Any, how: str, seen: list[Any]) -> None:
    if how == "call":
        result = await awaited(surface.call(client))
        seen.append(comparable(await awaited(surface.read(result))))
        return
    stream = surface.events(await awaited(surface.stream(client)))
    events = each(stream)
    async for event in events:
        seen.append(comparable(event))
        if how != "stream" and len(seen) == 3:
            break
    if how == "close":
        await close(stream)
    await events.aclose()


async def twice(
    surface: Surface,
    server: ModelServer,
    logger: CapturingLogger,
    *replies: Reply,
    how: str = "call",
) -> dict[str, Any]:
    """Without us and with us; the caller sees the same, and there is one entry."""
    uninstrument()
    problems = instrumentation_problems()
    client = await awaited(surface.make(server))
    without = await outcome(surface, server, client, *replies, how=how)
    asked = [(request.path, request.body) for request in server.requests]
    server.requests.clear()
    instrument(logger=logger, stream_usage=True)
    assert await outcome(surface, server, client, *replies, how=how) == without
    assert [(request.path, _unasked(request.body)) for request in server.requests] == asked
    await eventually(lambda: len(logger.entries) == 1)
    await close(client)
    assert instrumentation_problems() == problems
    entry = logger.entries[0]
    assert_prompt(surface, entry)
    return entry


async def eventually(condition: Callable[[], bool], within_seconds: float = 60) -> None:
    """A dropped asynchronous stream is closed by the event loop, some turns after collection."""
    deadline = time.monotonic() + within_seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        gc.collect()
        await asyncio.sleep(0.001)


def _unasked(body: dict[str, Any]) -> dict[str, Any]:
    """The request without the one thing that is added to it."""
    return {key: value for key, value in body.items() if key != "stream_options"}


def assert_prompt(surface: Surface, entry: dict[str, Any]) -> None:
    assert entry["provider"] == surface.provider
    assert entry["messages"][0] == {"role": "system", "content": SYSTEM}
    asked = entry["messages"][1]["content"]
    assert asked in (QUESTION, [{"type": "text", "text": QUESTION}])
    (tool,) = entry["tools"]
    assert (tool.get("function") or tool)["name"] == "weather"
    assert entry["latency_ms"] > 0


async def test_a_plain_call(surface: Surface, server: ModelServer, logger: CapturingLogger) -> None:
    entry = await twice(surface, server, logger, Reply(TEXT))
    assert entry["completion"] == TEXT
    assert {key: entry[key] for key in TOTALS} == totals(surface)
    assert (entry["error"], entry["finish_reason"]) == (None, "stop")
    assert "stream" not in entry


async def test_a_stream(surface: Surface, server: ModelServer, logger: CapturingLogger) -> None:
    entry = await twice(surface, server, logger, Reply(TEXT, pause_seconds=0.01), how="stream")
    assert entry["completion"] == TEXT
    assert {key: entry[key] for key in TOTALS} == totals(surface)
    assert (entry["error"], entry["finish_reason"]) == (None, "stop")
    assert (entry["stream"], entry["stream_end"]) == (True, "complete")
    assert 0 < entry["time_to_first_token_ms"] < entry["latency_ms"]


@pytest.mark.parametrize("how", ["close", "drop"])
async def test_a_stream_left_half_way(
    surface: Surface, server: ModelServer, logger: CapturingLogger, how: str
) -> None:
    long = Reply("word " * 40)
    entry = await twice(surface, server, logger, long, how=how)
    assert entry["stream_end"] in ("closed", "abandoned")
    assert entry["error"] is None
    assert len(entry["completion"]) < 40


@pytest.mark.parametrize(("status", "kind"), [(400, "invalid_request"), (429, "rate_limit")])
@pytest.mark.parametrize("how", ["call", "stream"])
async def test_an_error_before_the_first_byte(
    surface: Surface,
    server: ModelServer,
    logger: CapturingLogger,
    how: str,
    status: int,
    kind: str,
) -> None:
    fault = Reply("something is wrong here", status=status, headers=FAST_RETRY)
    entry = await twice(surface, server, logger, *[fault] * 5, how=how)
    if not is_early(surface):  # whose asynchronous streams lose the text of the error
        assert "something is wrong here" in entry["error"]
    assert (entry["error_class"], entry["status_code"]) == (kind, status)
    assert (entry["completion"], entry["output_tokens"]) == ("", None)


async def test_an_error_in_the_middle_of_a_stream(
    surface: Surface, server: ModelServer, logger: CapturingLogger
) -> None:
    if is_early(surface):
        pytest.skip("google-genai 1.5 takes an error in a stream for an empty chunk")
    fault = Reply("word " * 20, cut_after_pieces=8, error_in_stream="something is wrong here")
    entry = await twice(surface, server, logger, fault, how="stream")
    assert "something is wrong here" in entry["error"]
    assert entry["error_class"] in ("server", "overloaded", "rate_limit", "stream_interrupted")
    assert entry["stream_end"] == "error"
    assert entry["completion"].startswith("word")


async def test_a_stream_that_is_cut(
    surface: Surface, server: ModelServer, logger: CapturingLogger
) -> None:
    fault = Reply("word " * 20, cut_after_pieces=8)
    entry = await twice(surface, server, logger, fault, how="stream")
    assert entry["completion"].startswith("word")
    assert entry["stream_end"] == "error"
    assert entry["error_class"] == "stream_interrupted"


@pytest.mark.parametrize("how", ["call", "stream"])
async def test_a_tool_call(
    surface: Surface, server: ModelServer, logger: CapturingLogger, how: str
) -> None:
    calling = Reply("", tool_calls=(ToolCall("weather", '{"city": "Köln"}'),))
    entry = await twice(surface, server, logger, calling, how=how)
    (call,) = entry["tool_calls"]
    assert (call["name"], call["arguments"]) == ("weather", '{"city": "Köln"}')
    assert call["id"] == ("call_1" if surface.provider != "gemini" else None)
    assert entry["finish_reason"] == "tool_calls"
    assert entry["completion"] == ""


@pytest.mark.parametrize("how", ["call", "stream"])
async def test_a_retry_inside_the_client_is_still_one_call(
    surface: Surface, server: ModelServer, logger: CapturingLogger, how: str
) -> None:
    if is_early(surface):
        pytest.skip("google-genai 1.5 does not try again by itself")
    fault = Reply(status=500, headers=FAST_RETRY)
    entry = await twice(surface, server, logger, fault, Reply(TEXT), how=how)
    assert len(server.requests) == 2
    assert entry["completion"] == TEXT
    assert entry["error"] is None


HOOKS = {
    "openai": ("openai._base_client", ("SyncAPIClient", "AsyncAPIClient"), ("request",)),
    "anthropic": ("anthropic._base_client", ("SyncAPIClient", "AsyncAPIClient"), ("request",)),
    "boto3": ("botocore.client", ("BaseClient",), ("_make_api_call",)),
    "aiobotocore": ("aiobotocore.client", ("AioBaseClient",), ("_make_api_call",)),
    "google.genai": (
        "google.genai.models",
        ("Models", "AsyncModels"),
        ("_generate_content", "_generate_content_stream"),
    ),
}


@pytest.mark.parametrize("how", ["call", "stream"])
async def test_a_wrapper_that_hides_ours_from_the_next_instrumentation_doubles_no_entry(
    surface: Surface,
    server: ModelServer,
    logger: CapturingLogger,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    module, owners, names = HOOKS[surface.package]
    methods = [(getattr(import_module(module), owner), name) for owner in owners for name in names]
    for owner, name in methods:  # to be put back in the end
        monkeypatch.setattr(owner, name, getattr(owner, name))
    instrument(logger=CapturingLogger())
    for owner, name in methods:
        monkeypatch.setattr(owner, name, _hiding(getattr(owner, name)))
    instrument(logger=logger)
    client = await awaited(surface.make(server))
    await outcome(surface, server, client, Reply(TEXT), how=how)
    assert [entry["completion"] for entry in logger.entries] == [TEXT]
    await close(client)


def _hiding(inner: Any) -> Any:
    """A tracer's wrapper without `functools.wraps`."""
    return lambda self, *args, **kwargs: inner(self, *args, **kwargs)
