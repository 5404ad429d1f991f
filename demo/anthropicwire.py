"""Anthropic's messages: a prompt in its form, and what its server sends for a call."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from demo.calls import Call
from demo.pieces import in_pieces
from demo.scene import Answer, Failure, Tool

Body = dict[str, Any]

FINISH_REASONS = {"tool_calls": "tool_use", "length": "max_tokens", "stop": "end_turn"}


def system_of(messages: list[Body]) -> list[Body]:
    """The system prompt, marked as worth keeping."""
    text = messages[0]["content"]
    return [{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}]


def prompt_of(messages: list[Body]) -> list[Body]:
    """The messages after the system prompt; results of tools are the user's, in one message."""
    prompt: list[Body] = []
    for message in messages[1:]:
        role, content = _role_and_content(message)
        if prompt and prompt[-1]["role"] == role:
            prompt[-1]["content"] += content
        else:
            prompt.append({"role": role, "content": content})
    return prompt


def tool_of(tool: Tool) -> Body:
    return {"name": tool.name, "description": tool.description, "input_schema": tool.schema}


def message(call: Call, answer: Answer, number: int) -> Body:
    return {
        **_head(call, number),
        "content": _blocks(call, answer),
        "stop_reason": FINISH_REASONS[call.finish_reason],
        "stop_sequence": None,
        "usage": call.usage,
    }


def events(call: Call, answer: Answer, number: int) -> Iterator[bytes]:
    """The stream: counts of the input at its beginning, of the output at its end."""
    usage = {**call.usage, "output_tokens": 1}
    opened = {**_head(call, number), "content": [], "stop_reason": None, "stop_sequence": None}
    yield _event({"type": "message_start", "message": {**opened, "usage": usage}})
    for index, block in enumerate(_blocks(call, answer)):
        yield from _block_events(index, block)
    delta = {"stop_reason": FINISH_REASONS[call.finish_reason], "stop_sequence": None}
    counts = {"output_tokens": call.counts.output_tokens}
    yield _event({"type": "message_delta", "delta": delta, "usage": counts})
    yield _event({"type": "message_stop"})


def error(failure: Failure) -> Body:
    return {"type": "error", "error": {"type": failure.kind, "message": failure.message}}


def _role_and_content(message: Body) -> tuple[str, list[Body]]:
    if message["role"] == "tool":
        result = {"type": "tool_result", "tool_use_id": message["tool_call_id"]}
        return "user", [{**result, "content": message["content"]}]
    content = message["content"]
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) and content else []
    for made in message.get("tool_calls") or ():
        function = made["function"]
        use = {"type": "tool_use", "id": made["id"], "name": function["name"]}
        blocks.append({**use, "input": json.loads(function["arguments"])})
    return message["role"], blocks


def _head(call: Call, number: int) -> Body:
    return {
        "id": f"msg_demo_{number}",
        "type": "message",
        "role": "assistant",
        "model": call.model,
    }


def _blocks(call: Call, answer: Answer) -> list[Body]:
    blocks: list[Body] = []
    if answer.reasoning:
        blocks.append({"type": "thinking", "thinking": answer.reasoning, "signature": "ZGVtbw=="})
    if answer.text:
        blocks.append({"type": "text", "text": answer.text})
    for made in call.tool_calls:
        use = {"type": "tool_use", "id": made["id"], "name": made["name"]}
        blocks.append({**use, "input": json.loads(made["arguments"])})
    return blocks


def _block_events(index: int, block: Body) -> Iterator[bytes]:
    kind = block["type"]
    empty = {"text": {"text": ""}, "thinking": {"thinking": "", "signature": ""}}
    opened = {**block, **empty.get(kind, {"input": {}})}
    yield _event({"type": "content_block_start", "index": index, "content_block": opened})
    for delta in _deltas(block):
        yield _event({"type": "content_block_delta", "index": index, "delta": delta})
    yield _event({"type": "content_block_stop", "index": index})


def _deltas(block: Body) -> Iterator[Body]:
    kind = block["type"]
    if kind == "tool_use":
        partial = json.dumps(block["input"], ensure_ascii=False)
        yield {"type": "input_json_delta", "partial_json": partial}
        return
    for piece in in_pieces(block[kind]):
        yield {"type": f"{kind}_delta", kind: piece}
    if kind == "thinking":
        yield {"type": "signature_delta", "signature": block["signature"]}


def _event(data: Mapping[str, Any]) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (data["type"].encode(), json.dumps(data).encode())
