"""Servers that answer 200 with something that is no completion: nobody takes it for an answer."""

import json
from typing import Any

import pytest

from agents_sdk import instrument, uninstrument
from agents_sdk.testing import CapturingLogger, ModelServer
from tests.clients.odd_server import PLAIN, OddServer
from tests.clients.provider_clients import SURFACES, Surface, awaited, close, comparable, each

PAGE = b"<html><body>Please log in</body></html>"
EVENTS = "text/event-stream"

ODD_BODIES = [
    (PAGE, "text/html"),
    (PAGE, PLAIN),
    (b"", PLAIN),
    (b"", "text/html"),
    (b"null", PLAIN),
    (b"[1, 2]", PLAIN),
    (b'"hello"', PLAIN),
    (b"3", PLAIN),
    (b"{}", PLAIN),
    (b'{"message": "hi"}', PLAIN),
]
ODD_STREAMS = [
    *ODD_BODIES,
    (b"", EVENTS),
    (b"data: [DONE]\n\n", EVENTS),
    (b"data: null\n\n", EVENTS),
    (b"data: [1]\n\n", EVENTS),
    (b"data: {}\n\n", EVENTS),
    (b'event: ping\ndata: {"type": "ping"}\n\n', EVENTS),
]


async def outcome(surface: Surface, client: Any, *, is_stream: bool = False) -> Any:
    """What a caller gets, or what it has to catch."""
    try:
        if is_stream:
            stream = await awaited(surface.stream(client))
            return [comparable(event) async for event in each(surface.events(stream))]
        return comparable(await awaited(surface.read(await awaited(surface.call(client)))))
    except Exception as error:
        return type(error), str(error)


async def asked(surface: Surface, server: ModelServer, *, is_stream: bool = False) -> Any:
    client = await awaited(surface.make(server))
    try:
        return await outcome(surface, client, is_stream=is_stream)
    finally:
        await close(client)


async def outcomes(
    surface: Surface, odd: list[tuple[bytes, str]], *, is_stream: bool = False
) -> list[Any]:
    """What a caller gets for each of these bodies; making a client takes longer than its calls."""
    with OddServer(b"") as server:
        client = await awaited(surface.make(server))
        found = []
        for server.body, server.content_type in odd:
            found.append(await outcome(surface, client, is_stream=is_stream))
        await close(client)
    return found


def only(logger: CapturingLogger) -> dict[str, Any]:
    assert len(logger.entries) == 1
    return logger.entries[0]


def surfaces() -> Any:
    return pytest.mark.parametrize("surface", SURFACES, ids=lambda surface: surface.name)


@surfaces()
async def test_what_is_no_completion_is_an_error_and_reaches_the_caller_as_ever(
    recorded: CapturingLogger, surface: Surface
) -> None:
    uninstrument()
    expected = await outcomes(surface, ODD_BODIES)
    instrument(logger=recorded)
    assert await outcomes(surface, ODD_BODIES) == expected
    assert len(recorded.entries) == len(ODD_BODIES)
    for entry, body in zip(recorded.entries, ODD_BODIES, strict=True):
        assert entry["error"], body
        assert (entry["completion"], entry["total_tokens"]) == ("", None), body
        if entry["error_type"] == "no_completion":
            assert entry["error"].startswith("the answer is no completion but "), body
            assert entry["error_class"] == "parse", body
        else:
            assert entry["error"].startswith(f"{entry['error_type']}: "), "the client raised it"


@surfaces()
async def test_a_stream_without_an_answer_is_an_error_and_reaches_the_caller_as_ever(
    recorded: CapturingLogger, surface: Surface
) -> None:
    uninstrument()
    expected = await outcomes(surface, ODD_STREAMS, is_stream=True)
    instrument(logger=recorded)
    assert await outcomes(surface, ODD_STREAMS, is_stream=True) == expected
    assert len(recorded.entries) == len(ODD_STREAMS)
    for entry, body in zip(recorded.entries, ODD_STREAMS, strict=True):
        assert entry["error"], body
        assert entry["completion"] == "", body
        if entry["error_type"] == "empty_stream":
            assert entry["error"].startswith("the stream ended without an answer"), body
            assert entry["error_class"] == "stream_interrupted", body
            assert entry["stream_end"] == "error", body
        else:
            assert entry["error"].startswith(f"{entry['error_type']}: "), "the client raised it"


SHOWN = [
    (PAGE, "text/html", "a text: <html><body>Please log in</body></html>"),
    (b"x" * 10_000, "text/html", "a text: " + "x" * 500 + "…"),
    (b"[1, 2]", PLAIN, "a list: [1, 2]"),
    (json.dumps(["x"] * 10_000).encode(), PLAIN, "a list: [" + '"x", ' * 99 + '"x",…'),
    (b"null", PLAIN, "null"),
    (b"", "text/html", "empty"),
    (b'"hello"', PLAIN, "a text: hello"),
    (b"3", PLAIN, "a number: 3"),
    (b"{}", PLAIN, "an object: {}"),
    (b'{"message": "hi"}', PLAIN, 'an object: {"message": "hi"}'),
]


def openai_surfaces() -> list[Surface]:
    return [surface for surface in SURFACES if surface.name == "openai-chat-sync"]


@pytest.mark.parametrize("surface", openai_surfaces(), ids=lambda surface: surface.name)
@pytest.mark.parametrize(("body", "content_type", "shown"), SHOWN)
async def test_the_entry_shows_the_beginning_of_what_came(
    recorded: CapturingLogger, surface: Surface, body: bytes, content_type: str, shown: str
) -> None:
    with OddServer(body, content_type) as server:
        await asked(surface, server)
    assert only(recorded)["error"] == f"the answer is no completion but {shown}"


@pytest.mark.parametrize("surface", openai_surfaces(), ids=lambda surface: surface.name)
async def test_a_page_in_the_place_of_a_stream_is_named_by_its_type(
    recorded: CapturingLogger, surface: Surface
) -> None:
    with OddServer(PAGE, "text/html") as server:
        await asked(surface, server, is_stream=True)
    words = "the stream ended without an answer; its content type is text/html"
    assert only(recorded)["error"] == words


@pytest.mark.parametrize("way", ["create", "read", "text", "str"])
@pytest.mark.parametrize(("body", "is_fine"), [(PAGE, False), (b'{"choices": []}', True)])
def test_a_raw_response_is_an_error_only_if_it_holds_no_completion(
    recorded: CapturingLogger, way: str, body: bytes, is_fine: bool
) -> None:
    openai = pytest.importorskip("openai", reason="openai is not installed")
    asked: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Hello?"}]}
    with (
        OddServer(body, "text/html" if body == PAGE else PLAIN) as server,
        openai.OpenAI(base_url=server.openai_url, api_key="key") as client,
    ):
        if way == "create":
            client.chat.completions.with_raw_response.create(**asked)
        elif way == "str":
            client.post("/chat/completions", cast_to=str, body=asked)
        else:
            create = client.chat.completions.with_streaming_response.create
            with create(**asked) as response:
                getattr(response, way)()
    entry = only(recorded)
    expected = None if is_fine else f"the answer is no completion but a text: {PAGE.decode()}"
    assert entry["error"] == expected


FINE = [
    ("openai-chat-sync", b'{"choices": []}'),
    ("openai-chat-sync", b'{"choices": null, "usage": {"total_tokens": 3}}'),
    ("openai-chat-sync", b'{"choices": [{"message": {"content": ""}}]}'),
    ("openai-responses-sync", b'{"output": []}'),
    ("openai-responses-sync", b'{"status": "queued"}'),
    ("anthropic-sync", b'{"content": []}'),
    ("boto3-converse", b'{"stopReason": "end_turn"}'),
    ("boto3-invoke", b'{"generation": ""}'),
    ("boto3-invoke", b'[{"generated_text": ""}]'),
    ("gemini-sync", b'{"usageMetadata": {"totalTokenCount": 3}}'),
    ("gemini-sync", b'{"promptFeedback": {"blockReason": "SAFETY"}}'),
]


@pytest.mark.parametrize(("name", "body"), FINE)
async def test_an_answer_without_words_is_none_the_less_one(
    recorded: CapturingLogger, name: str, body: bytes
) -> None:
    surface = next((one for one in SURFACES if one.name == name), None)
    if surface is None:
        pytest.skip(f"there is no client for {name}")
    with OddServer(body) as server:
        await asked(surface, server)
    assert (only(recorded)["error"], only(recorded)["completion"]) == (None, "")


async def test_an_error_that_anthropic_sends_as_an_answer_is_told_in_its_words(
    recorded: CapturingLogger,
) -> None:
    body = b'{"type": "error", "error": {"type": "overloaded_error", "message": "Busy"}}'
    for surface in SURFACES:
        if surface.name == "anthropic-sync":
            with OddServer(body) as server:
                await asked(surface, server)
            entry = only(recorded)
            assert (entry["error"], entry["error_class"]) == ("Busy", "overloaded")
