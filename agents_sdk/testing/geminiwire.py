"""The wire of Gemini's `generateContent` and its stream."""

from typing import Any

from agents_sdk.testing.openaiwire import sse
from agents_sdk.testing.script import NotOnThisWire, Reply

Json = dict[str, Any]

STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 429: "RESOURCE_EXHAUSTED"}


def error(reply: Reply) -> Json:
    status = STATUSES.get(reply.status, "INTERNAL")
    return {"error": {"code": reply.status, "message": reply.content, "status": status}}


def stream_error(reply: Reply) -> bytes:
    status = {"code": 503, "message": reply.error_in_stream, "status": "UNAVAILABLE"}
    return sse({"error": status})


def usage(reply: Reply) -> Json:
    """Thoughts stand beside the candidates here, not in them."""
    return {
        "promptTokenCount": reply.tokens.input,
        "cachedContentTokenCount": reply.tokens.cached,
        "candidatesTokenCount": reply.tokens.output - reply.tokens.reasoning,
        "thoughtsTokenCount": reply.tokens.reasoning,
        "totalTokenCount": reply.tokens.input + reply.tokens.output,
    }


def content(reply: Reply, model: str) -> Json:
    parts: list[Json] = []
    if reply.reasoning:
        parts.append({"text": reply.reasoning, "thought": True})
    parts += map(dict, reply.blocks)
    if reply.content:
        parts.append({"text": reply.content})
    calls, failure = _calls(reply)
    return _chunk(model, parts + calls, _end(reply) | failure, usage(reply))


def stream(reply: Reply, model: str) -> list[bytes]:
    """Every chunk counts what was used so far; the last one is right."""
    pieces: list[Json] = []
    if reply.reasoning:
        pieces.append({"text": reply.reasoning, "thought": True})
    pieces += map(dict, reply.blocks)
    pieces += [{"text": piece} for piece in reply.text_pieces() if piece]
    calls, failure = _calls(reply)
    pieces += calls
    so_far = {"promptTokenCount": reply.tokens.input, "totalTokenCount": reply.tokens.input}
    chunks = [_chunk(model, [piece], {}, so_far) for piece in pieces[:-1]]
    chunks.append(_chunk(model, pieces[-1:], _end(reply) | failure, usage(reply)))
    return [sse(chunk) for chunk in chunks]


def _calls(reply: Reply) -> tuple[list[Json], Json]:
    """The calls, and what stands at the end instead of them if one cannot be read."""
    calls: list[Json] = []
    for tool in reply.tool_calls:
        try:
            call = {"name": tool.name, "args": tool.arguments_object()}
        except NotOnThisWire:
            message = f"Malformed function call: {tool.name}({tool.arguments})"
            return [], {"finishReason": "MALFORMED_FUNCTION_CALL", "finishMessage": message}
        calls.append({"functionCall": call})
    return calls, {}


def _end(reply: Reply) -> Json:
    return {"finishReason": reply.finish_reason or "STOP"}


def _chunk(model: str, parts: list[Json], end: Json, counts: Json) -> Json:
    candidate: Json = {"content": {"role": "model", "parts": parts}, "index": 0, **end}
    head = {"modelVersion": f"{model}-001", "responseId": "gemini-1"}
    return {**head, "candidates": [candidate], "usageMetadata": counts}
