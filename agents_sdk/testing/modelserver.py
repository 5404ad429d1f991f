"""A model provider on this machine, which speaks the wire of OpenAI, Anthropic, Gemini and Bedrock.

    with ModelServer(Reply("Yes.")) as server:
        client = anthropic.Anthropic(base_url=server.url, api_key="any")

`openai_url` is for OpenAI's client, `url` for all others.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from agents_sdk.testing import anthropicwire, bedrockwire, geminiwire, openaiwire
from agents_sdk.testing.jsonbytes import json_bytes
from agents_sdk.testing.loopback import LoopbackServer, Request, Response
from agents_sdk.testing.script import Reply

Json = dict[str, Any]
_SSE = "text/event-stream"
_BEDROCK = re.compile(r"/model/([^/]+)/(converse|invoke)(-[a-z-]*stream)?$")
_GEMINI = re.compile(r"/models/([^/:]+):(generateContent|streamGenerateContent)")
_VERTEX = re.compile(r"/publishers/anthropic/models/[^/:]+:(rawPredict|streamRawPredict)$")
_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-amzn-RequestId")


@dataclass(frozen=True, slots=True)
class _Wire:
    """How one endpoint answers: as a whole, as a stream, in error, and in error amid a stream."""

    whole: Callable[[Reply], Json]
    stream: Callable[[Reply], list[bytes]]
    error: Callable[[Reply], Json]
    stream_error: Callable[[Reply], bytes]
    is_stream: bool
    content_type: str = _SSE
    headers: Callable[[Reply], dict[str, str]] = lambda reply: {}
    error_headers: Callable[[Reply], dict[str, str]] = lambda reply: {}


class ModelServer(LoopbackServer):
    """Takes the requests of every provider's client; knows them by their paths."""

    @property
    def openai_url(self) -> str:
        return self.url + "/v1"

    def respond(self, request: Request, reply: Reply) -> Response:
        headers = dict.fromkeys(_REQUEST_ID_HEADERS, f"req_{len(self.requests)}")
        wire = _wire_of(urlsplit(request.path).path, request.body)
        if wire is None:
            return _whole(404, {"error": {"message": f"no such path: {request.path}"}}, headers)
        if reply.status != 200:
            extra = {**headers, **wire.error_headers(reply), **reply.headers}
            return _whole(reply.status, wire.error(reply), extra)
        refusal = openaiwire.without_thoughts(request.body) if reply.wants_thoughts else None
        if refusal is not None:
            return _whole(400, refusal, headers)
        if not wire.is_stream:
            extra = {**headers, **wire.headers(reply), **reply.headers}
            return _whole(200, wire.whole(reply), extra)
        extra = {"Content-Type": wire.content_type, **headers, **reply.headers}
        is_cut = reply.break_after is not None and reply.error_in_stream is None
        pieces = _paced(_pieces(wire, reply), reply.pause_seconds)
        return Response(200, pieces, extra, is_stream=True, is_cut=is_cut)

    def refusal(self, request: Request, problem: str) -> Response:
        wire = _wire_of(urlsplit(request.path).path, request.body)
        if wire is None:
            return super().refusal(request, problem)
        said = Reply(problem, status=400)
        return _whole(400, wire.error(said), wire.error_headers(said))


def _whole(status: int, body: Json, headers: dict[str, str]) -> Response:
    return Response(status, [json_bytes(body)], {"Content-Type": "application/json", **headers})


def _pieces(wire: _Wire, reply: Reply) -> list[bytes]:
    """All of them before the first is sent: what cannot be said is no broken stream."""
    pieces = wire.stream(reply)[: reply.break_after]
    return pieces if reply.error_in_stream is None else [*pieces, wire.stream_error(reply)]


def _paced(pieces: list[bytes], pause_seconds: float) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        time.sleep(pause_seconds)


def _wire_of(path: str, body: Json) -> _Wire | None:
    bedrock, gemini = _BEDROCK.search(path), _GEMINI.search(path)
    if bedrock:
        return _bedrock(unquote(bedrock[1]), bedrock[2], is_stream=bool(bedrock[3]))
    if gemini:
        return _gemini(gemini[1], is_stream=gemini[2] == "streamGenerateContent")
    if path.endswith("/messages") or _VERTEX.search(path):
        return _anthropic(body)
    return _openai(path, body)


def _openai(path: str, body: Json) -> _Wire | None:
    is_stream = body.get("stream") is True
    if path.endswith(("/responses", "/responses/compact")):
        answer = openaiwire.compaction if path.endswith("/compact") else openaiwire.response
        return _Wire(
            lambda reply: answer(reply, body),
            lambda reply: openaiwire.response_stream(reply, body),
            openaiwire.error,
            openaiwire.response_stream_error,
            is_stream,
        )
    if not path.endswith("/completions"):
        return None
    whole = openaiwire.chat if path.endswith("/chat/completions") else openaiwire.completion
    return _Wire(
        lambda reply: whole(reply, body),
        lambda reply: openaiwire.chat_stream(reply, body),
        openaiwire.error,
        openaiwire.stream_error,
        is_stream,
    )


def _anthropic(body: Json) -> _Wire:
    return _Wire(
        lambda reply: anthropicwire.message(reply, body),
        lambda reply: anthropicwire.stream(reply, body),
        anthropicwire.error,
        anthropicwire.stream_error,
        body.get("stream") is True,
    )


def _gemini(model: str, *, is_stream: bool) -> _Wire:
    return _Wire(
        lambda reply: geminiwire.content(reply, model),
        lambda reply: geminiwire.stream(reply, model),
        geminiwire.error,
        geminiwire.stream_error,
        is_stream,
    )


def _bedrock(model: str, operation: str, *, is_stream: bool) -> _Wire:
    is_converse = operation == "converse"
    return _Wire(
        bedrockwire.converse if is_converse else lambda reply: bedrockwire.invoke(reply, model),
        bedrockwire.converse_stream
        if is_converse
        else lambda reply: bedrockwire.invoke_stream(reply, model),
        bedrockwire.error,
        bedrockwire.stream_error,
        is_stream,
        bedrockwire.EVENT_STREAM,
        (lambda reply: {}) if is_converse else bedrockwire.invoke_headers,
        bedrockwire.error_headers,
    )
