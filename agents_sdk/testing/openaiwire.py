"""The wire of OpenAI: chat completions, responses and the older completions."""

from typing import Any

from agents_sdk.testing.jsonbytes import json_bytes
from agents_sdk.testing.script import Reply, ToolCall

Json = dict[str, Any]

_DONE = "response.output_item.done"
ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    429: "rate_limit_error",
    500: "server_error",
}


def error(reply: Reply) -> Json:
    kind = ERROR_TYPES.get(reply.status, "server_error")
    return {"error": {"message": reply.content, "type": kind, "code": None, "param": None}}


def without_thoughts(body: Json) -> Json | None:
    """What DeepSeek says to a tool call that comes back without its thoughts; None if none does."""
    for message in body.get("messages") or ():
        if message.get("tool_calls") and "reasoning_content" not in message:
            text = "Missing `reasoning_content` field in the assistant message"
            return error(Reply(text, status=400))
    return None


def chat_usage(reply: Reply) -> Json:
    return {
        "prompt_tokens": reply.tokens.input,
        "completion_tokens": reply.tokens.output,
        "total_tokens": reply.tokens.input + reply.tokens.output,
        "prompt_tokens_details": {"cached_tokens": reply.tokens.cached},
        "completion_tokens_details": {"reasoning_tokens": reply.tokens.reasoning},
    }


def chat(reply: Reply, body: Json) -> Json:
    message: Json = {"role": "assistant", "content": reply.content or None}
    if reply.reasoning:
        message["reasoning_content"] = reply.reasoning
    message |= reply.extra
    if reply.tool_calls:
        message["tool_calls"] = [_chat_call(tool) for tool in reply.tool_calls]
    choice = {"index": 0, "message": message, "finish_reason": _finish(reply)}
    return {**_chat_head(body, "chat.completion"), "choices": [choice], "usage": chat_usage(reply)}


def chat_stream(reply: Reply, body: Json) -> list[bytes]:
    deltas: list[Json] = [{"role": "assistant", "content": ""}]
    if reply.reasoning:
        deltas.append({"reasoning_content": reply.reasoning})
    deltas += [{key: piece} for key, value in reply.extra.items() for piece in _halves(value)]
    deltas += [{"content": piece} for piece in reply.text_pieces() if piece]
    for index, tool in enumerate(reply.tool_calls):
        call = _chat_call(tool)
        if tool.is_whole:
            deltas.append({"tool_calls": [call]})
            continue
        arguments = call["function"]["arguments"]
        call["function"]["arguments"] = ""
        deltas.append({"tool_calls": [{"index": index, **call}]})
        for half in (arguments[:5], arguments[5:]):
            deltas.append({"tool_calls": [{"index": index, "function": {"arguments": half}}]})
    chunks = [_chunk(body, delta, None) for delta in deltas]
    chunks.append(_chunk(body, {}, _finish(reply)))
    if (body.get("stream_options") or {}).get("include_usage"):
        head = _chat_head(body, "chat.completion.chunk")
        chunks.append({**head, "choices": [], "usage": chat_usage(reply)})
    return [*(sse(chunk) for chunk in chunks), b"data: [DONE]\n\n"]


def completion(reply: Reply, body: Json) -> Json:
    choice = {"index": 0, "text": reply.content, "finish_reason": _finish(reply), "logprobs": None}
    return {**_chat_head(body, "text_completion"), "choices": [choice], "usage": chat_usage(reply)}


def response(reply: Reply, body: Json) -> Json:
    output: list[Json] = []
    if reply.reasoning:
        summary = [{"type": "summary_text", "text": reply.reasoning}]
        output.append({"type": "reasoning", "id": "rs_1", "summary": summary})
    output += map(dict, reply.blocks)
    if reply.content:
        content = [{"type": "output_text", "text": reply.content, "annotations": []}]
        output.append(_item("msg_1", content))
    output += [_response_call(tool) for tool in reply.tool_calls]
    return {**_response_head(body), "status": "completed", "output": output} | {
        "usage": {
            "input_tokens": reply.tokens.input,
            "input_tokens_details": {"cached_tokens": reply.tokens.cached},
            "output_tokens": reply.tokens.output,
            "output_tokens_details": {"reasoning_tokens": reply.tokens.reasoning},
            "total_tokens": reply.tokens.input + reply.tokens.output,
        }
    }


def response_stream(reply: Reply, body: Json) -> list[bytes]:
    events: list[Json] = [{"type": "response.created", "response": _response_head(body)}]
    for index, block in enumerate(reply.blocks):
        events += [_added(index, dict(block)), {**_added(index, dict(block)), "type": _DONE}]
    first = len(reply.blocks)
    if reply.content:
        events.append(_added(first, _item("msg_1", [])))
        part = {"type": "output_text", "text": "", "annotations": []}
        place = {"item_id": "msg_1", "output_index": first, "content_index": 0}
        events.append({"type": "response.content_part.added", **place, "part": part})
        for piece in reply.text_pieces():
            delta = {"type": "response.output_text.delta", **place, "delta": piece}
            events.append({**delta, "logprobs": []})
    for index, tool in enumerate(reply.tool_calls, start=first + bool(reply.content)):
        item = _response_call(tool)
        events.append(_added(index, {**item, "arguments": ""}))
        for half in (item["arguments"][:5], item["arguments"][5:]):
            delta = {"type": "response.function_call_arguments.delta", "item_id": item["id"]}
            events.append({**delta, "output_index": index, "delta": half})
    events.append({"type": "response.completed", "response": response(reply, body)})
    return [
        sse({**event, "sequence_number": number}, event["type"])
        for number, event in enumerate(events)
    ]


def compaction(reply: Reply, body: Json) -> Json:
    """What `responses.compact` answers: one item in the place of the whole conversation."""
    item = {"type": "compaction", "id": "cmp_1", "encrypted_content": reply.content}
    whole = response(reply, body)
    head = {"id": "resp_1", "object": "response.compaction", "created_at": 1}
    return {**head, "output": [item], "usage": whole["usage"]}


def stream_error(reply: Reply) -> bytes:
    """The error that comes in the middle of a stream."""
    return sse({"error": {"message": reply.error_in_stream, "type": "server_error", "code": None}})


def response_stream_error(reply: Reply) -> bytes:
    """The Responses API does not raise: it says that the response failed."""
    failed = {**_response_head({}), "status": "failed", "output": []}
    failed["error"] = {"code": "server_error", "message": reply.error_in_stream}
    event = {"type": "response.failed", "response": failed, "sequence_number": 99}
    return sse(event, "response.failed")


def sse(data: Json, event: str | None = None) -> bytes:
    head = f"event: {event}\n" if event else ""
    return b"%sdata: %s\n\n" % (head.encode(), json_bytes(data))


def _halves(value: Any) -> list[Any]:
    """A further field as a stream brings it: a text or a list in two pieces, all else whole."""
    if isinstance(value, str | list) and len(value) > 1:
        return [value[: len(value) // 2], value[len(value) // 2 :]]
    return [value]


def _finish(reply: Reply) -> str:
    return reply.finish_reason or ("tool_calls" if reply.tool_calls else "stop")


def _chat_head(body: Json, kind: str) -> Json:
    model = f"{body.get('model')}-2026-01-01"
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": model}


def _chunk(body: Json, delta: Json, finish: str | None) -> Json:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {**_chat_head(body, "chat.completion.chunk"), "choices": [choice]}


def _chat_call(tool: ToolCall) -> Json:
    function = {"name": tool.name, "arguments": tool.arguments}
    return {"id": tool.id, "type": "function", "function": function, **tool.extra}


def _response_head(body: Json) -> Json:
    model = f"{body.get('model')}-2026-01-01"
    head: Json = {"id": "resp_1", "object": "response", "created_at": 1, "model": model}
    head |= {"status": "in_progress", "output": [], "parallel_tool_calls": True}
    return {**head, "tool_choice": "auto", "tools": [], "error": None, "incomplete_details": None}


def _item(item_id: str, content: list[Json]) -> Json:
    head = {"type": "message", "id": item_id, "role": "assistant", "status": "completed"}
    return {**head, "content": content}


def _response_call(tool: ToolCall) -> Json:
    return {
        "type": "function_call",
        "id": f"fc_{tool.id}",
        "call_id": tool.id,
        "name": tool.name,
        "arguments": tool.arguments,
        "status": "completed",
    }


def _added(index: int, item: Json) -> Json:
    return {"type": "response.output_item.added", "output_index": index, "item": item}
