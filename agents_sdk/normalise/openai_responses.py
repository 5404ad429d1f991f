"""OpenAI's Responses API."""

from collections.abc import Callable, Mapping
from typing import Any

from agents_sdk.normalise.shapes import (
    Answer,
    Json,
    Prompt,
    items,
    mapping,
    objects,
    simple_content,
    string,
    text_message,
    text_of,
    tool_call,
    without,
)

_TEXT_TYPES = ("input_text", "output_text", "text")
"""A tuple: a type may be of any type itself, and a set would ask for its hash."""
_CALL_TYPES = ("function_call", "custom_tool_call")
_RESULT_TYPES = ("function_call_output", "custom_tool_call_output")
_ARGUMENT_DELTAS = frozenset(
    {"response.function_call_arguments.delta", "response.custom_tool_call_input.delta"}
)
_TERMINAL = frozenset({"response.completed", "response.incomplete", "response.failed"})


def prompt_of(body: Json) -> Prompt:
    """`instructions` lead as the system message; of a `previous_response_id` only the id is here.

    The history behind such an id lies with OpenAI, so the messages are those of this call.
    """
    messages: list[Any] = []
    if isinstance(body.get("instructions"), str):
        messages.append(text_message("system", body["instructions"]))
    given = body.get("input")
    if isinstance(given, str):
        messages.append(text_message("user", given))
    else:
        messages += [_message(item) for item in items(given)]
    return Prompt(
        model=text_of(body.get("model")),
        messages=messages,
        tools=items(body.get("tools")) or None,
        request=without(body, "model", "input", "instructions", "tools", "stream"),
        is_stream=body.get("stream") is True,
    )


def _message(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    kind = item.get("type", "message")
    if kind == "message" and "role" in item:
        return {**without(item, "type", "content"), "content": _content(item.get("content"))}
    if kind in _CALL_TYPES:
        arguments = item.get("arguments", item.get("input"))
        call = tool_call(item.get("call_id"), item.get("name"), arguments)
        return {"role": "assistant", "content": "", "tool_calls": [call]}
    if kind in _RESULT_TYPES:
        call_id = item.get("call_id")
        return {"role": "tool", "tool_call_id": call_id, "content": item.get("output")}
    if kind == "reasoning":
        return {"role": "assistant", "content": "", "reasoning": _summary(item)}
    return {"role": "assistant" if "call" in str(kind) else "user", "content": [item]}


def _content(content: Any) -> Any:
    if not isinstance(content, list):
        return content
    return simple_content([_part(part) for part in content])


def _part(part: Any) -> Any:
    if isinstance(part, dict) and part.get("type") in _TEXT_TYPES and "text" in part:
        return {"type": "text", "text": part["text"]}
    return part


def _summary(item: Json) -> str:
    pieces = [*objects(item.get("summary")), *objects(item.get("content"))]
    return "\n".join(text_of(piece.get("text")) for piece in pieces)


def answer_of(response: Mapping[str, Any]) -> Answer:
    output = objects(response.get("output"))
    error = mapping(response.get("error"))
    said = [_said(item) for item in output if item.get("type") == "message"]
    thoughts = [_summary(item) for item in output if item.get("type") == "reasoning"]
    return Answer(
        content="".join(said),
        tool_calls=[_call(item) for item in output if item.get("type") in _CALL_TYPES],
        reasoning="\n".join(filter(None, thoughts)) or None,
        finish_reason=_reason(response),
        response_model=string(response.get("model")),
        response_id=string(response.get("id")),
        usage=response.get("usage"),
        service_tier=string(response.get("service_tier")),
        error=string(error.get("message")) or string(error.get("code")),
        error_type=string(error.get("code")),
    )


def _said(item: Json) -> str:
    parts = objects(item.get("content"))
    return "".join(text_of(part.get("text") or part.get("refusal")) for part in parts)


def _call(item: Json) -> Json:
    arguments = item.get("arguments", item.get("input"))
    return tool_call(item.get("call_id") or item.get("id"), item.get("name"), arguments)


def _reason(response: Mapping[str, Any]) -> str | None:
    incomplete = mapping(response.get("incomplete_details")).get("reason")
    return string(incomplete) or string(response.get("status"))


class ResponsesFold:
    """The events of a stream; its last one carries the whole response, the others are for those
    who stop before it.

    `as_dict` turns the client's response object into a dict.
    """

    def __init__(self, as_dict: Callable[[Any], Json]) -> None:
        self._as_dict = as_dict
        self._texts: list[str] = []
        self._reasoning: list[str] = []
        self._calls: dict[int, Json] = {}
        self._started: Any = None
        self._whole: Any = None
        self._error: tuple[str | None, str | None] | None = None

    def add(self, event: Any) -> bool:
        kind = getattr(event, "type", None)
        if type(kind) is not str:
            return False
        delta = getattr(event, "delta", None)
        if type(delta) is not str:
            self._add_frame(kind, event)
            return False
        if kind in ("response.output_text.delta", "response.refusal.delta"):
            self._texts.append(delta)
            return True
        if kind.startswith("response.reasoning") and kind.endswith(".delta"):
            self._reasoning.append(delta)
            return True
        if kind in _ARGUMENT_DELTAS:
            self._call(event)["arguments"].append(delta)
            return True
        self._add_frame(kind, event)
        return False

    def _add_frame(self, kind: str, event: Any) -> None:
        if kind in _TERMINAL:
            self._whole = getattr(event, "response", None)
        elif kind == "response.created":
            self._started = getattr(event, "response", None)
        elif kind == "response.output_item.added":
            item = getattr(event, "item", None)
            if getattr(item, "type", None) in _CALL_TYPES:
                call = self._call(event)
                call["id"] = getattr(item, "call_id", None)
                call["name"] = getattr(item, "name", None)
        elif kind == "error":
            self._error = (getattr(event, "message", None), getattr(event, "code", None))

    def _call(self, event: Any) -> Json:
        """Of an event without its place: one call for all of those, before the others."""
        index = getattr(event, "output_index", None)
        place = index if type(index) is int else -1
        return self._calls.setdefault(place, {"id": None, "name": None, "arguments": []})

    def answer(self) -> Answer:
        if self._whole is not None:
            return answer_of(mapping(self._as_dict(self._whole)))
        answer = answer_of(mapping(self._as_dict(self._started)))
        answer.finish_reason = None
        answer.content = "".join(self._texts)
        answer.reasoning = "".join(self._reasoning) or None
        answer.tool_calls = [
            tool_call(call["id"], call["name"], "".join(call["arguments"]))
            for _, call in sorted(self._calls.items())
        ]
        if self._error is not None:
            answer.error = self._error[0] or self._error[1] or "error"
            answer.error_type = self._error[1]
        return answer
