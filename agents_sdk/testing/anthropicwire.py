"""The wire of Anthropic's messages."""

import json
from typing import Any

from agents_sdk.testing.jsonbytes import json_bytes
from agents_sdk.testing.openaiwire import sse
from agents_sdk.testing.script import Reply, ToolCall

Json = dict[str, Any]

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}


def error(reply: Reply) -> Json:
    kind = ERROR_TYPES.get(reply.status, "api_error")
    detail = {"type": kind, "message": reply.content}
    return {"type": "error", "error": detail, "request_id": "req_loopback"}


def usage(reply: Reply) -> Json:
    """Cached tokens stand beside the input here, not in it."""
    return {
        "input_tokens": reply.tokens.input - reply.tokens.cached,
        "cache_read_input_tokens": reply.tokens.cached,
        "cache_creation_input_tokens": 0,
        "output_tokens": reply.tokens.output,
    }


def message(reply: Reply, body: Json) -> Json:
    calls = [_call(tool, tool.arguments_object()) for tool in reply.tool_calls]
    return {**_head(body), "content": _blocks(reply) + calls, "usage": usage(reply)} | {
        "stop_reason": _finish(reply),
        "stop_sequence": None,
    }


def stream(reply: Reply, body: Json) -> list[bytes]:
    """The first usage has only a placeholder for the output; the last one is cumulative."""
    started = {**_head(body), "content": [], "stop_reason": None, "stop_sequence": None}
    started["usage"] = {**usage(reply), "output_tokens": 1}
    events: list[Json] = [{"type": "message_start", "message": started}, {"type": "ping"}]
    blocks = _blocks(reply)
    for index, block in enumerate(blocks):
        events += _told_in_pieces(index, *_deltas(block, reply))
    for index, tool in enumerate(reply.tool_calls, len(blocks)):
        events += _told_in_pieces(index, _call(tool, {}), _input_deltas(tool.arguments))
    delta = {"stop_reason": _finish(reply), "stop_sequence": None}
    events.append({"type": "message_delta", "delta": delta, "usage": usage(reply)})
    events.append({"type": "message_stop"})
    return [sse(event, event["type"]) for event in events]


def events_of(reply: Reply, body: Json) -> list[Json]:
    """The events as dicts, for wires that frame them differently (Bedrock)."""
    return [json.loads(event.split(b"data: ", 1)[1]) for event in stream(reply, body)]


def stream_error(reply: Reply) -> bytes:
    detail = {"type": "overloaded_error", "message": reply.error_in_stream}
    return sse({"type": "error", "error": detail}, "error")


def _head(body: Json) -> Json:
    model = f"{body.get('model')}-20260101"
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": model}


def _finish(reply: Reply) -> str:
    return reply.finish_reason or ("tool_use" if reply.tool_calls else "end_turn")


def _blocks(reply: Reply) -> list[Json]:
    blocks: list[Json] = []
    if reply.reasoning:
        blocks.append({"type": "thinking", "thinking": reply.reasoning, "signature": "c2ln"})
    blocks += map(dict, reply.blocks)
    if reply.content:
        blocks.append({"type": "text", "text": reply.content})
    return blocks


def _call(tool: ToolCall, arguments: Json) -> Json:
    return {"type": "tool_use", "id": tool.id, "name": tool.name, "input": arguments}


_EMPTY = {"text": {"text": ""}, "thinking": {"thinking": "", "signature": ""}}


def _deltas(block: Json, reply: Reply) -> tuple[Json, list[Json]]:
    """How a block begins, and what is added to it."""
    kind = block["type"]
    empty = {**block, **_EMPTY.get(kind, {"input": {}})}
    if kind == "text":
        return empty, [{"type": "text_delta", "text": piece} for piece in reply.text_pieces()]
    if kind == "thinking":
        thinking = {"type": "thinking_delta", "thinking": block["thinking"]}
        return empty, [thinking, {"type": "signature_delta", "signature": block["signature"]}]
    if "input" not in block:
        return block, []
    return empty, _input_deltas(json_bytes(block["input"]).decode())


def _input_deltas(text: str) -> list[Json]:
    """Arguments come as text, JSON or not."""
    halves = (text[:5], text[5:])
    return [{"type": "input_json_delta", "partial_json": half} for half in halves]


def _told_in_pieces(index: int, empty: Json, deltas: list[Json]) -> list[Json]:
    return [
        {"type": "content_block_start", "index": index, "content_block": empty},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]
