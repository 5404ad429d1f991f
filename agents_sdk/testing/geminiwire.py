"""The wire of Gemini's `generateContent` and its stream."""

import json
from typing import Any

from agents_sdk.testing.openaiwire import sse
from agents_sdk.testing.script import Reply

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
    parts += [_call(tool) for tool in reply.tool_calls]
    return _chunk(model, parts, reply.finish_reason or "STOP", usage(reply))


def stream(reply: Reply, model: str) -> list[bytes]:
    """Every chunk counts what was used so far; the last one is right."""
    pieces: list[Json] = []
    if reply.reasoning:
        pieces.append({"text": reply.reasoning, "thought": True})
    pieces += map(dict, reply.blocks)
    pieces += [{"text": piece} for piece in reply.text_pieces() if piece]
    pieces += [_call(tool) for tool in reply.tool_calls]
    so_far = {"promptTokenCount": reply.tokens.input, "totalTokenCount": reply.tokens.input}
    chunks = [_chunk(model, [piece], None, so_far) for piece in pieces[:-1]]
    chunks.append(_chunk(model, pieces[-1:], reply.finish_reason or "STOP", usage(reply)))
    return [sse(chunk) for chunk in chunks]


def _call(tool: Any) -> Json:
    return {"functionCall": {"name": tool.name, "args": json.loads(tool.arguments)}}


def _chunk(model: str, parts: list[Json], finish: str | None, counts: Json) -> Json:
    candidate: Json = {"content": {"role": "model", "parts": parts}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    head = {"modelVersion": f"{model}-001", "responseId": "gemini-1"}
    return {**head, "candidates": [candidate], "usageMetadata": counts}
