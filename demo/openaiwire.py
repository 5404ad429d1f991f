"""What OpenAI's chat completions, and the many that speak like it, send for a call."""

import json
from collections.abc import Iterator
from typing import Any

from demo.calls import Call
from demo.pieces import in_pieces
from demo.scene import Answer, Failure

Body = dict[str, Any]


def completion(call: Call, answer: Answer, number: int) -> Body:
    message: Body = {"role": "assistant", "content": answer.text or None}
    if answer.reasoning:
        message["reasoning_content"] = answer.reasoning
    if answer.tools:
        message["tool_calls"] = [_tool_call(made) for made in call.tool_calls]
    choice = {"index": 0, "message": message, "finish_reason": call.finish_reason}
    return {
        **_head(call, number),
        "object": "chat.completion",
        "choices": [{**choice, "logprobs": None}],
        "usage": call.usage,
    }


def events(call: Call, answer: Answer, number: int) -> Iterator[bytes]:
    """The stream; its last chunk brings the usage, which our clients always ask for."""
    head = {**_head(call, number), "object": "chat.completion.chunk"}
    for delta in _deltas(call, answer):
        yield _event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    last = {"index": 0, "delta": {}, "finish_reason": call.finish_reason}
    yield _event({**head, "choices": [last]})
    yield _event({**head, "choices": [], "usage": call.usage})
    yield b"data: [DONE]\n\n"


def error(failure: Failure) -> Body:
    detail = {"message": failure.message, "type": failure.kind, "param": None}
    return {"error": {**detail, "code": failure.kind}}


def _head(call: Call, number: int) -> Body:
    return {"id": f"chatcmpl-demo-{number}", "created": 1_765_195_200 + number, "model": call.model}


def _deltas(call: Call, answer: Answer) -> Iterator[Body]:
    yield {"role": "assistant", "content": ""}
    for piece in in_pieces(answer.reasoning):
        yield {"reasoning_content": piece}
    for piece in in_pieces(answer.text):
        yield {"content": piece}
    for index, made in enumerate(call.tool_calls):
        opened = {**_tool_call(made), "index": index}
        yield {"tool_calls": [{**opened, "function": {"name": made["name"], "arguments": ""}}]}
        yield {"tool_calls": [{"index": index, "function": {"arguments": made["arguments"]}}]}


def _tool_call(made: dict[str, str]) -> Body:
    function = {"name": made["name"], "arguments": made["arguments"]}
    return {"id": made["id"], "type": "function", "function": function}


def _event(data: Body) -> bytes:
    return b"data: " + json.dumps(data).encode() + b"\n\n"
