"""Anthropic's messages, wherever they are served (its own API, Bedrock, Vertex)."""

from collections.abc import Callable, Mapping
from typing import Any

from agents_sdk.normalise.executed import executed_call
from agents_sdk.normalise.shapes import (
    Answer,
    Json,
    Prompt,
    items,
    joined,
    mapping,
    objects,
    simple_content,
    string,
    text_message,
    text_of,
    tool_call,
    without,
)

METRICS = "amazon-bedrock-invocationMetrics"
_EXECUTED = ("server_tool_use", "mcp_tool_use")
_CALL_TYPES = ("tool_use", *_EXECUTED)
"""Tuples: a type may be of any type itself, and a set would ask for its hash."""
_RESULT_END = "_tool_result"
_SAID_ELSEWHERE = (*_CALL_TYPES, "thinking", "redacted_thinking", "signature")


def prompt_of(body: Json) -> Prompt:
    """`system` leads as a message; tool results become messages of the role tool."""
    messages: list[Any] = []
    if body.get("system"):
        messages.append(text_message("system", _content(body["system"])))
    for message in items(body.get("messages")):
        messages += _messages(message)
    return Prompt(
        model=text_of(body.get("model")),
        messages=messages,
        tools=[_tool(tool) for tool in items(body.get("tools"))] or None,
        request=without(body, "model", "messages", "system", "tools", "stream"),
        is_stream=body.get("stream") is True,
    )


def _messages(message: Any) -> list[Any]:
    if not isinstance(message, dict) or not isinstance(message.get("content"), list):
        return [message]
    blocks = message["content"]
    results = [_result(block) for block in blocks if _type(block) == "tool_result"]
    calls = [_call(block) for block in blocks if _type(block) == "tool_use"]
    rest = [block for block in blocks if _type(block) not in ("tool_result", "tool_use")]
    if not rest and not calls:
        return results
    own: Json = {"role": message.get("role"), "content": _content(rest) if rest else ""}
    if calls:
        own["tool_calls"] = calls
    return [*results, own]


def _type(block: Any) -> Any:
    return block.get("type") if isinstance(block, dict) else None


def _content(content: Any) -> Any:
    return simple_content(content) if isinstance(content, list) else content


def _result(block: Json) -> Json:
    content = _content(block.get("content", ""))
    result = {"role": "tool", "tool_call_id": block.get("tool_use_id"), "content": content}
    return {**result, "is_error": True} if block.get("is_error") else result


def _call(block: Json) -> Json:
    return tool_call(block.get("id"), block.get("name"), block.get("input"))


def _tool(tool: Any) -> Any:
    """A tool of the caller's own in the words of OpenAI; a server's tool as it was given."""
    if not isinstance(tool, dict) or "input_schema" not in tool:
        return tool
    return {**without(tool, "input_schema"), "parameters": tool["input_schema"]}


def answer_of(message: Json) -> Answer:
    blocks = objects(message.get("content"))
    return Answer(
        content=_said(blocks),
        tool_calls=_calls(blocks),
        reasoning=joined(text_of(block.get("thinking")) for block in blocks),
        finish_reason=string(message.get("stop_reason")),
        response_model=string(message.get("model")),
        response_id=string(message.get("id")),
        usage=message.get("usage"),
        service_tier=string(mapping(message.get("usage")).get("service_tier")),
    )


def is_answer(message: Json) -> bool:
    """Whether a body is a message."""
    return type(message.get("content")) is list or message.get("usage") is not None


def _said(blocks: list[Json]) -> Any:
    """The text of an answer; parts, if there is more to it than text, thoughts and tools."""
    if not any(map(_is_of_its_own, blocks)):
        return "".join(text_of(block.get("text")) for block in blocks)
    return [
        block if _is_of_its_own(block) else {"type": "text", "text": block["text"]}
        for block in blocks
        if _is_of_its_own(block) or text_of(block.get("text"))
    ]


def _is_of_its_own(block: Json) -> bool:
    kind = block.get("type")
    if not isinstance(kind, str) or isinstance(block.get("text"), str):
        return False
    return kind not in ("text", *_SAID_ELSEWHERE) and not kind.endswith(_RESULT_END)


def _calls(blocks: list[Json]) -> list[Json]:
    """Those of the agent's tools, and those that Anthropic ran itself with what came of them."""
    results = [block for block in blocks if _is_executed_result(block)]
    calls = [_called(block, results) for block in blocks if block.get("type") in _CALL_TYPES]
    known = [call["id"] for call in calls]
    return [*calls, *(_resumed(one) for one in results if one.get("tool_use_id") not in known)]


def _is_executed_result(block: Json) -> bool:
    kind = block.get("type")
    return isinstance(kind, str) and kind.endswith(_RESULT_END)


def _called(block: Json, results: list[Json]) -> Json:
    if block.get("type") not in _EXECUTED:
        return _call(block)
    call_id = block.get("id")
    own: Json = next((one for one in results if one.get("tool_use_id") == call_id), {})
    call = executed_call(call_id, block.get("name"), block.get("input"), _outcome(own))
    server = block.get("server_name")
    return call if server is None else {**call, "server_label": server}


def _outcome(result: Json) -> Any:
    content = result.get("content")
    return {"error": content} if result.get("is_error") is True else content


def _resumed(result: Json) -> Json:
    """The result of a call that the turn before this one paused in."""
    name = text_of(result.get("type")).removesuffix(_RESULT_END)
    return executed_call(result.get("tool_use_id"), name, None, _outcome(result))


class MessageFold:
    """The events of a stream to the message they make up; takes the client's objects or dicts.

    The usage of `message_start` counts the input (its output is a placeholder); later ones are
    cumulative and are laid over it.
    """

    def __init__(self, as_dict: Callable[[Any], Any]) -> None:
        self._as_dict = as_dict
        self._blocks: dict[int, Json] = {}
        self._message: Json = {}
        self._usage: Json = {}
        self._is_counted = False

    def add(self, event: Any) -> bool:
        if type(event) is dict:
            return self._add_dict(event)
        kind = getattr(event, "type", None)
        if kind == "content_block_delta":
            delta = getattr(event, "delta", None)
            text = getattr(delta, "text", None)
            if type(text) is str and getattr(delta, "type", None) == "text_delta":
                return self._append(getattr(event, "index", 0), "text", text)
        elif type(kind) is not str or not kind.startswith(("message_", "content_block_st")):
            return False
        return self._add_dict(mapping(self._as_dict(event)))

    def _add_dict(self, event: Mapping[str, Any]) -> bool:
        kind = event.get("type")
        if kind == "content_block_delta":
            return self._add_delta(event.get("index", 0), mapping(event.get("delta")))
        if kind == "content_block_start":
            block = dict(mapping(event.get("content_block")))
            self._blocks[_place(event.get("index"))] = {**block, "pieces": []}
        elif kind == "message_start":
            self._message = dict(mapping(event.get("message")))
            self._add_usage(self._message.get("usage"))
        elif kind == "message_delta":
            self._is_counted = True
            self._message.update(mapping(event.get("delta")))
            self._add_usage(event.get("usage"))
        if METRICS in event and not self._usage:
            self._is_counted = True
            self._add_usage(event[METRICS])
        return False

    def _add_delta(self, index: Any, delta: Mapping[str, Any]) -> bool:
        for name in ("text", "thinking", "partial_json"):
            if isinstance(delta.get(name), str):
                return self._append(index, name, delta[name])
        return False

    def _append(self, index: Any, kind: str, piece: str) -> bool:
        place = _place(index)
        block = self._blocks.get(place)
        if block is None:
            block = self._blocks[place] = {"type": kind, "pieces": []}
        block["pieces"].append(piece)
        return bool(piece)

    def _add_usage(self, usage: Any) -> None:
        known = mapping(usage).items()
        self._usage.update((key, value) for key, value in known if value is not None)

    def answer(self) -> Answer:
        blocks = [_whole(block) for _, block in sorted(self._blocks.items())]
        usage = self._usage if self._is_counted else without(self._usage, "output_tokens")
        return answer_of({**self._message, "content": blocks, "usage": usage or None})


def _place(index: Any) -> int:
    """A place among the blocks; what a server sends there may be anything."""
    return index if type(index) is int else 0


def _whole(block: Json) -> Json:
    said = "".join(block["pieces"])
    rest = without(block, "pieces")
    kind = block.get("type")
    if kind in _CALL_TYPES:
        return {**rest, "input": said or block.get("input")}
    key = "thinking" if kind == "thinking" else "text"
    return {**rest, key: text_of(block.get(key)) + said} if said else rest
