"""The wire of AWS Bedrock: Converse and InvokeModel, and the frames of its event streams."""

import base64
import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from agents_sdk.testing import anthropicwire
from agents_sdk.testing.jsonbytes import json_bytes
from agents_sdk.testing.script import Reply

Json = dict[str, Any]

EVENT_STREAM = "application/vnd.amazon.eventstream"
_STRING = 7
ERROR_CODES = {
    400: "ValidationException",
    401: "UnrecognizedClientException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    408: "ModelTimeoutException",
    424: "ModelErrorException",
    429: "ThrottlingException",
    500: "InternalServerException",
    503: "ServiceUnavailableException",
    529: "ServiceUnavailableException",
}
"""As in the service model of botocore. AWS has neither 401 nor 529: these are the names by which
it calls what they mean with others, keys that it does not know and too much to do."""


def error(reply: Reply) -> Json:
    return {"message": reply.content}


def error_headers(reply: Reply) -> dict[str, str]:
    by_family = "InternalServerException" if reply.status >= 500 else "ValidationException"
    return {"x-amzn-ErrorType": ERROR_CODES.get(reply.status, by_family)}


def usage(reply: Reply) -> Json:
    return {
        "inputTokens": reply.tokens.input - reply.tokens.cached,
        "cacheReadInputTokens": reply.tokens.cached,
        "cacheWriteInputTokens": 0,
        "outputTokens": reply.tokens.output,
        "totalTokens": reply.tokens.input + reply.tokens.output,
    }


def converse(reply: Reply) -> Json:
    content: list[Json] = []
    if reply.reasoning:
        content.append({"reasoningContent": {"reasoningText": {"text": reply.reasoning}}})
    content += map(dict, reply.blocks)
    if reply.content:
        content.append({"text": reply.content})
    content += [
        {"toolUse": {**_tool(tool), "input": tool.arguments_object()}} for tool in reply.tool_calls
    ]
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": _finish(reply),
        "usage": usage(reply),
        "metrics": {"latencyMs": 7},
    }


def converse_stream(reply: Reply) -> list[bytes]:
    """The tokens come after the end of the message, in an event of their own."""
    events: list[tuple[str, Json]] = [("messageStart", {"role": "assistant"})]
    index = 0
    if reply.reasoning:
        delta = {"reasoningContent": {"text": reply.reasoning}}
        events += _block(index, [delta])
        index += 1
    for told in reply.blocks:
        events += _told(index, told)
        index += 1
    if reply.content:
        events += _block(index, [{"text": piece} for piece in reply.text_pieces()])
        index += 1
    for tool in reply.tool_calls:
        start = {"contentBlockIndex": index, "start": {"toolUse": _tool(tool)}}
        text = tool.arguments
        deltas = [{"toolUse": {"input": half}} for half in (text[:5], text[5:])]
        events += [("contentBlockStart", start), *_block(index, deltas)]
        index += 1
    events.append(("messageStop", {"stopReason": _finish(reply)}))
    events.append(("metadata", {"usage": usage(reply), "metrics": {"latencyMs": 7}}))
    return [frame(name, payload) for name, payload in events]


def _told(index: int, told: Mapping[str, Any]) -> list[tuple[str, Json]]:
    """A block in the words of Converse: what it is, then what it holds."""
    ((kind, held),) = told.items()
    content = {"toolUse": "input", "toolResult": "content", "image": "source"}[kind]
    start = {kind: {key: value for key, value in held.items() if key != content}}
    inner: Any = {content: held[content]}
    if kind == "toolUse":
        inner = {"input": json.dumps(held["input"])}
    elif kind == "toolResult":
        inner = held["content"]
    started = ("contentBlockStart", {"contentBlockIndex": index, "start": start})
    return [started, *_block(index, [{kind: inner}])]


def invoke(reply: Reply, model: str) -> Json:
    return anthropicwire.message(reply, {"model": model})


def invoke_headers(reply: Reply) -> dict[str, str]:
    return {
        "x-amzn-bedrock-input-token-count": str(reply.tokens.input - reply.tokens.cached),
        "x-amzn-bedrock-output-token-count": str(reply.tokens.output),
        "x-amzn-bedrock-cache-read-input-token-count": str(reply.tokens.cached),
        "x-amzn-bedrock-invocation-latency": "7",
    }


def invoke_stream(reply: Reply, model: str) -> list[bytes]:
    events = anthropicwire.events_of(reply, {"model": model})
    events[-1]["amazon-bedrock-invocationMetrics"] = {
        "inputTokenCount": reply.tokens.input - reply.tokens.cached,
        "outputTokenCount": reply.tokens.output,
        "cacheReadInputTokenCount": reply.tokens.cached,
        "invocationLatency": 7,
        "firstByteLatency": 3,
    }
    return [
        frame("chunk", {"bytes": base64.b64encode(json.dumps(event).encode()).decode()})
        for event in events
    ]


def stream_error(reply: Reply) -> bytes:
    """An exception in the middle of an event stream."""
    return frame(
        "throttlingException", {"message": reply.error_in_stream}, message_type="exception"
    )


def frame(name: str, payload: Json, message_type: str = "event") -> bytes:
    """One message of an AWS event stream: lengths, headers, payload, and a checksum for each."""
    body = json_bytes(payload)
    headers = b"".join(
        _header(key, value)
        for key, value in (
            (f":{message_type}-type", name),
            (":content-type", "application/json"),
            (":message-type", message_type),
        )
    )
    prelude = struct.pack(">II", 16 + len(headers) + len(body), len(headers))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + body
    return message + struct.pack(">I", zlib.crc32(message))


def _header(key: str, value: str) -> bytes:
    text = value.encode()
    return bytes([len(key)]) + key.encode() + bytes([_STRING]) + struct.pack(">H", len(text)) + text


def _block(index: int, deltas: list[Json]) -> list[tuple[str, Json]]:
    events = [
        ("contentBlockDelta", {"contentBlockIndex": index, "delta": delta}) for delta in deltas
    ]
    return [*events, ("contentBlockStop", {"contentBlockIndex": index})]


def _tool(tool: Any) -> Json:
    return {"toolUseId": tool.id, "name": tool.name}


def _finish(reply: Reply) -> str:
    return reply.finish_reason or ("tool_use" if reply.tool_calls else "end_turn")
