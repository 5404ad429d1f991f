"""A server that speaks OpenAI's chat completions, plain and streamed, well and badly."""

import json
from collections.abc import Iterator
from typing import Any

from agents_sdk.testing.loopback import LoopbackServer, Request, Response
from agents_sdk.testing.script import Reply, ToolCall

Body = dict[str, Any]

_JSON = {"Content-Type": "application/json"}
_EVENTS = {"Content-Type": "text/event-stream"}


class OpenAIServer(LoopbackServer):
    """`openai.OpenAI(base_url=server.base_url, api_key="test")` talks to it.

    >>> with OpenAIServer(Reply("Hello.")) as server:
    ...     server.base_url.startswith("http://127.0.0.1:")
    True
    """

    @property
    def base_url(self) -> str:
        return self.url + "/v1"

    def respond(self, request: Request, reply: Reply) -> Response:
        request_id = {"x-request-id": f"req_{len(self.requests)}"}
        headers = {**request_id, **reply.headers}
        if request.path.split("?")[0] != "/v1/chat/completions":
            return _error(404, f"no such path: {request.path}", "invalid_request_error", headers)
        if reply.status != 200:
            return _error(reply.status, reply.content or "", reply.error_type, headers)
        completion = _completion(request.body, reply, len(self.requests))
        if not request.body.get("stream"):
            return Response(200, [json.dumps(completion).encode()], {**_JSON, **headers})
        is_cut = reply.cut_after_pieces is not None and reply.error_in_stream is None
        events = list(_events(completion, request.body, reply))
        return Response(200, events, {**_EVENTS, **headers}, is_stream=True, is_cut=is_cut)


def _completion(body: Body, reply: Reply, number: int) -> Body:
    message: Body = {"role": "assistant", "content": reply.content, **reply.extra}
    if reply.tool_calls:
        message["tool_calls"] = [_tool_call(call) for call in reply.tool_calls]
    reason = reply.finish_reason or ("tool_calls" if reply.tool_calls else "stop")
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1_765_195_200,
        "model": reply.model or body.get("model"),
        "choices": [{"index": 0, "message": message, "finish_reason": reason, "logprobs": None}],
        "usage": dict(reply.usage) if reply.usage is not None else _usage(body, reply),
    }


def _usage(body: Body, reply: Reply) -> Body:
    """Counts that follow from the texts: a token is four characters."""
    sent = len(json.dumps(body.get("messages"))) // 4
    answered = sum(len(call.arguments) for call in reply.tool_calls) + len(reply.content or "")
    return {
        "prompt_tokens": sent,
        "completion_tokens": answered // 4,
        "total_tokens": sent + answered // 4,
    }


def _tool_call(call: ToolCall) -> Body:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}


def _events(completion: Body, body: Body, reply: Reply) -> Iterator[bytes]:
    """The stream of a completion; usage only where the client asked for it."""
    is_usage_wanted = bool((body.get("stream_options") or {}).get("include_usage"))
    head = {key: completion[key] for key in ("id", "created", "model")}
    head["object"] = "chat.completion.chunk"
    if is_usage_wanted:
        head["usage"] = None
    deltas = list(_deltas(completion["choices"][0]["message"], reply.piece_chars))
    for delta in deltas[: reply.cut_after_pieces]:
        yield _event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    if reply.error_in_stream is not None:
        yield _event({"error": {"message": reply.error_in_stream, "type": reply.error_type}})
        return
    if reply.cut_after_pieces is not None:
        return
    reason = completion["choices"][0]["finish_reason"]
    yield _event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
    if is_usage_wanted:
        yield _event({**head, "choices": [], "usage": completion["usage"]})
    yield b"data: [DONE]\n\n"


def _deltas(message: Body, piece_chars: int) -> Iterator[Body]:
    yield {"role": "assistant", "content": ""}
    for key in message.keys() - {"role", "tool_calls"}:
        text = message[key]
        for piece in _pieces(text if isinstance(text, str) else "", piece_chars):
            yield {key: piece}
    for index, call in enumerate(message.get("tool_calls") or ()):
        function = {"name": call["function"]["name"], "arguments": ""}
        yield {"tool_calls": [{**call, "index": index, "function": function}]}
        for piece in _pieces(call["function"]["arguments"], piece_chars):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _pieces(text: str, chars: int) -> Iterator[str]:
    return (text[start : start + chars] for start in range(0, len(text), chars))


def _event(data: Body) -> bytes:
    return b"data: " + json.dumps(data).encode() + b"\n\n"


def _error(status: int, message: str, error_type: str, headers: dict[str, str]) -> Response:
    error = {"message": message, "type": error_type, "param": None, "code": None}
    return Response(status, [json.dumps({"error": error}).encode()], {**_JSON, **headers})
