"""Answers that a client's own helper cannot make what the program asked for: the call failed."""

import gc
from collections.abc import Callable
from inspect import isawaitable
from typing import Any

import pytest

pydantic = pytest.importorskip("pydantic", reason="pydantic is not installed")

from agents_sdk.testing import CapturingLogger, ModelServer, Reply  # noqa: E402
from tests.clients import provider_clients  # noqa: E402

QUESTION: list[Any] = [{"role": "user", "content": "How is the weather in Köln?"}]
CUT = Reply('{"sky": "gr', finish_reason="length")
FILTERED = Reply('{"sky": "gr', finish_reason="content_filter")
NOT_JSON = Reply("It rains in Köln.")
FINE = Reply('{"sky": "grey"}')


class Weather(pydantic.BaseModel):  # type: ignore[misc, name-defined]
    sky: str


def chat(client: Any, **asked: Any) -> Any:
    owner = client.chat.completions
    stream = getattr(owner, "stream", None) or client.beta.chat.completions.stream
    return stream(model="gpt-5", messages=QUESTION, **asked)


def structured_chat(client: Any) -> Any:
    return chat(client, response_format=Weather)


def responses(client: Any) -> Any:
    if not hasattr(getattr(client, "responses", None), "stream"):
        pytest.skip("this openai has no streams of responses to parse")
    return client.responses.stream(model="gpt-5", input=QUESTION, text_format=Weather)


def messages(client: Any) -> Any:
    try:
        return client.messages.stream(
            model="claude", max_tokens=100, messages=QUESTION, output_format=Weather
        )
    except TypeError:
        pytest.skip("this anthropic has no structured answers")


async def read_to_end(stream: Any) -> None:
    async for _ in provider_clients.each(stream):
        pass


async def final(stream: Any) -> Any:
    names = ("get_final_completion", "get_final_response", "get_final_message")
    name = next(name for name in names if hasattr(stream, name))
    return await provider_clients.awaited(getattr(stream, name)())


async def read_and_final(stream: Any) -> Any:
    await read_to_end(stream)
    return await final(stream)


async def helped(opened: Any, read: Callable[[Any], Any]) -> Any:
    """What reading gives, through the helper's context manager of either kind."""
    if hasattr(opened, "__aenter__"):
        async with opened as stream:
            return await read(stream)
    with opened as stream:
        return await read(stream)


CLIENTS = {
    "openai": (provider_clients._openai, provider_clients._async_openai),
    "anthropic": (provider_clients._anthropic, provider_clients._async_anthropic),
}


@pytest.fixture(params=["sync", "async"])
async def client_of(request: pytest.FixtureRequest, model_server: ModelServer) -> Any:
    """Makes the client of a package at the server, of one kind or the other."""
    made: list[Any] = []

    def make(package: str) -> Any:
        pytest.importorskip(package, reason=f"{package} is not installed")
        made.append(CLIENTS[package][request.param == "async"](model_server))
        return made[-1]

    yield make
    for client in made:
        closed = client.close()
        if isawaitable(closed):
            await closed


def only(logger: CapturingLogger) -> dict[str, Any]:
    assert len(logger.entries) == 1
    return logger.entries[0]


UNPARSABLE = [
    ("openai", structured_chat, CUT, "LengthFinishReasonError"),
    ("openai", structured_chat, FILTERED, "ContentFilterFinishReasonError"),
    ("openai", structured_chat, NOT_JSON, "ValueError"),
    ("openai", responses, NOT_JSON, "ValidationError"),
    ("anthropic", messages, NOT_JSON, "ValidationError"),
]


@pytest.mark.parametrize("read", [read_to_end, final])
@pytest.mark.parametrize(("package", "ask", "reply", "kind"), UNPARSABLE)
async def test_a_stream_that_the_helper_cannot_parse_is_an_error_with_what_was_said(
    client_of: Any,
    model_server: ModelServer,
    recorded: CapturingLogger,
    package: str,
    ask: Callable[[Any], Any],
    reply: Reply,
    kind: str,
    read: Callable[[Any], Any],
) -> None:
    model_server.script(reply)
    with pytest.raises(Exception) as raised:
        await helped(ask(client_of(package)), read)
    assert kind in [one.__name__ for one in type(raised.value).__mro__]
    entry = only(recorded)
    assert entry["error"] == f"{type(raised.value).__name__}: {raised.value}"
    assert (entry["error_class"], entry["stream_end"]) == ("parse", "error")
    assert entry["retryable"] is False
    assert entry["completion"]
    assert reply.content.startswith(entry["completion"]), "some refuse a text where it goes wrong"


@pytest.mark.parametrize("read", [final, read_and_final])
@pytest.mark.parametrize("reply", [CUT, FILTERED])
async def test_a_plain_stream_refused_at_its_end_is_an_error_with_all_that_was_said(
    client_of: Any,
    model_server: ModelServer,
    recorded: CapturingLogger,
    reply: Reply,
    read: Callable[[Any], Any],
) -> None:
    """Only who asks for the whole of it learns that the limit or a filter cut it."""
    model_server.script(reply)
    with pytest.raises(Exception, match="parse") as raised:
        await helped(chat(client_of("openai")), read)
    assert type(raised.value).__name__.endswith("FinishReasonError")
    entry = only(recorded)
    assert (entry["error_class"], entry["completion"]) == ("parse", reply.content)
    assert (entry["finish_reason"], entry["total_tokens"]) == (reply.finish_reason, 30)


@pytest.mark.parametrize("reply", [CUT, FILTERED])
async def test_a_plain_stream_cut_at_its_limit_that_nobody_asks_for_the_whole_of_is_well(
    client_of: Any, model_server: ModelServer, recorded: CapturingLogger, reply: Reply
) -> None:
    model_server.script(reply)
    await helped(chat(client_of("openai")), read_to_end)
    entry = only(recorded)
    assert (entry["error"], entry["stream_end"]) == (None, "complete")
    assert (entry["completion"], entry["finish_reason"]) == (reply.content, reply.finish_reason)


@pytest.mark.parametrize("read", [read_to_end, final, read_and_final])
@pytest.mark.parametrize(
    ("package", "ask"),
    [("openai", structured_chat), ("openai", responses), ("anthropic", messages)],
)
async def test_a_stream_that_the_helper_parses_is_well(
    client_of: Any,
    model_server: ModelServer,
    recorded: CapturingLogger,
    package: str,
    ask: Callable[[Any], Any],
    read: Callable[[Any], Any],
) -> None:
    model_server.script(FINE)
    await helped(ask(client_of(package)), read)
    entry = only(recorded)
    assert (entry["error"], entry["stream_end"]) == (None, "complete")
    assert entry["completion"] == FINE.content


@pytest.mark.parametrize("reply", [CUT, NOT_JSON, FINE])
async def test_a_raw_answer_that_cannot_be_parsed_is_an_error_with_what_was_said(
    client_of: Any, model_server: ModelServer, recorded: CapturingLogger, reply: Reply
) -> None:
    """So LangChain asks for structured answers."""
    client = client_of("openai")
    owner = client.chat.completions
    raw_owner = owner if hasattr(owner, "parse") else client.beta.chat.completions
    model_server.script(reply)
    raw = await provider_clients.awaited(
        raw_owner.with_raw_response.parse(model="gpt-5", messages=QUESTION, response_format=Weather)
    )
    if reply is FINE:
        assert raw.parse().choices[0].message.parsed == Weather(sky="grey")
    else:
        with pytest.raises(Exception, match="parse|JSON"):
            raw.parse()
    entry = only(recorded)
    assert (entry["completion"], entry["total_tokens"]) == (reply.content, 30)
    assert entry.get("error_class") == (None if reply is FINE else "parse")


async def test_a_raw_answer_that_nobody_parses_is_recorded_when_it_is_dropped(
    client_of: Any, model_server: ModelServer, recorded: CapturingLogger
) -> None:
    client = client_of("openai")
    owner = client.chat.completions
    raw_owner = owner if hasattr(owner, "parse") else client.beta.chat.completions
    model_server.script(FINE)
    await provider_clients.awaited(
        raw_owner.with_raw_response.parse(model="gpt-5", messages=QUESTION, response_format=Weather)
    )
    gc.collect()
    entry = only(recorded)
    assert (entry["completion"], entry["error"]) == (FINE.content, None)


async def test_a_structured_message_that_cannot_be_parsed_is_an_error_with_what_was_said(
    client_of: Any, model_server: ModelServer, recorded: CapturingLogger
) -> None:
    client = client_of("anthropic")
    if not hasattr(client.messages, "parse"):
        pytest.skip("this anthropic has no structured answers")
    model_server.script(NOT_JSON)
    with pytest.raises(pydantic.ValidationError):
        await provider_clients.awaited(
            client.messages.parse(
                model="claude", max_tokens=100, messages=QUESTION, output_format=Weather
            )
        )
    entry = only(recorded)
    assert (entry["error_class"], entry["completion"]) == ("parse", NOT_JSON.content)
