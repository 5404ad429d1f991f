"""OpenAI's Responses API."""

from collections.abc import Callable, Mapping
from typing import Any

from agents_sdk.normalise.media import with_bounded_media
from agents_sdk.normalise.openai_input import messages_of, summary_of
from agents_sdk.normalise.openai_items import calls_of, is_call, is_result
from agents_sdk.normalise.shapes import (
    Answer,
    Json,
    Prompt,
    items,
    joined,
    mapping,
    objects,
    string,
    text_message,
    text_of,
    without,
)

_PIECES = {
    "response.output_text.delta": "content",
    "response.refusal.delta": "content",
    "response.function_call_arguments.delta": "arguments",
    "response.mcp_call_arguments.delta": "arguments",
    "response.custom_tool_call_input.delta": "input",
    "response.code_interpreter_call_code.delta": "code",
}
"""Events that bring a piece of an item, and the key of the item that it is a piece of."""
_TERMINAL = frozenset({"response.completed", "response.incomplete", "response.failed"})


_STATES = ("completed", "incomplete", "failed", "queued", "in_progress", "cancelled")


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
        messages += messages_of(items(given))
    return Prompt(
        model=text_of(body.get("model")),
        messages=messages,
        tools=items(body.get("tools")) or None,
        request=without(body, "model", "input", "instructions", "tools", "stream"),
        is_stream=body.get("stream") is True,
    )


def answer_of(response: Mapping[str, Any]) -> Answer:
    output = objects(response.get("output"))
    error = mapping(response.get("error"))
    thoughts = [summary_of(item) for item in output if item.get("type") == "reasoning"]
    return Answer(
        content=_answered(output),
        tool_calls=calls_of(output),
        reasoning="\n".join(filter(None, thoughts)) or None,
        finish_reason=_reason(response),
        response_model=string(response.get("model")),
        response_id=string(response.get("id")),
        usage=response.get("usage"),
        service_tier=string(response.get("service_tier")),
        error=string(error.get("message")) or string(error.get("code")),
        error_type=string(error.get("code")),
    )


def is_answer(response: Mapping[str, Any]) -> bool:
    """Whether a body is a response; one that waits for its turn has a status alone."""
    has_output = type(response.get("output")) is list
    return has_output or response.get("usage") is not None or response.get("status") in _STATES


def _answered(output: list[Json]) -> Any:
    """The text of an answer; parts, if there is more to it than text, thoughts and tools.

    A compaction answers with the messages that it keeps and one item that stands for the others.
    """
    rest = [item for item in output if not _is_seen_elsewhere(item)]
    if all(map(_is_said, rest)):
        return "".join(map(_said, rest))
    parts = [{"type": "text", "text": _said(item)} if _is_said(item) else item for item in rest]
    return with_bounded_media(parts)


def _is_seen_elsewhere(item: Json) -> bool:
    return item.get("type") == "reasoning" or is_call(item) or is_result(item)


def _is_said(item: Json) -> bool:
    return item.get("type") == "message" and item.get("role", "assistant") == "assistant"


def _said(item: Json) -> str:
    parts = objects(item.get("content"))
    return "".join(text_of(part.get("text") or part.get("refusal")) for part in parts)


def _reason(response: Mapping[str, Any]) -> str | None:
    incomplete = mapping(response.get("incomplete_details")).get("reason")
    return string(incomplete) or string(response.get("status"))


class ResponsesFold:
    """The events of a stream; its last one carries the whole response, the others are for those
    who stop before it, and for servers that leave the items out there.

    `as_dict` turns the client's objects into dicts.
    """

    def __init__(self, as_dict: Callable[[Any], Json]) -> None:
        self._as_dict = as_dict
        self._reasoning: list[str] = []
        self._items: dict[int, Any] = {}
        self._pieces: dict[tuple[int, str], list[str]] = {}
        self._response: Any = None
        self._is_over = False
        self._error: Any = None

    def add(self, event: Any) -> bool:
        kind = getattr(event, "type", None)
        if type(kind) is not str:
            return False
        delta = getattr(event, "delta", None)
        if type(delta) is not str:
            self._add_frame(kind, event)
            return False
        if kind in _PIECES:
            self._pieces.setdefault((_place(event), _PIECES[kind]), []).append(delta)
            return True
        if kind.startswith("response.reasoning") and kind.endswith(".delta"):
            self._reasoning.append(delta)
            return True
        self._add_frame(kind, event)
        return False

    def _add_frame(self, kind: str, event: Any) -> None:
        if kind in _TERMINAL or kind == "response.created":
            response = getattr(event, "response", None)
            self._response = self._response if response is None else response
            self._is_over = self._is_over or (kind in _TERMINAL and response is not None)
        elif kind in ("response.output_item.added", "response.output_item.done"):
            self._items[_place(event)] = getattr(event, "item", None)
        elif kind == "error":
            self._error = event

    def answer(self) -> Answer:
        response = mapping(self._as_dict(self._response))
        is_whole = self._is_over and bool(objects(response.get("output")))
        answer = answer_of(response if is_whole else {**response, "output": self._collected()})
        if not is_whole:
            answer.reasoning = joined(self._reasoning) or answer.reasoning
        if not self._is_over:
            answer.finish_reason = None
            self._add_error(answer)
        return answer

    def _add_error(self, answer: Answer) -> None:
        if self._error is not None:
            code = string(getattr(self._error, "code", None))
            answer.error = string(getattr(self._error, "message", None)) or code or "error"
            answer.error_type = code

    def _collected(self) -> list[Json]:
        """The items as far as they came: whole ones, and those whose pieces were still coming.

        A place may hold a text and a call, where a server says no places or the wrong ones.
        """
        items: dict[tuple[int, bool], Json] = {}
        for place, item in self._items.items():
            said = dict(mapping(self._as_dict(item)))
            items[place, said.get("type") == "message"] = said
        for (place, key), pieces in self._pieces.items():
            is_text, text = key == "content", "".join(pieces)
            kind = "message" if is_text else "function_call"
            item = items.setdefault((place, is_text), {"type": kind})
            item[key] = item.get(key) or ([{"text": text}] if is_text else text)
        return [items[place] for place in sorted(items)]


def _place(event: Any) -> int:
    """Of an event without its place: one item for all of those, before the others."""
    index = getattr(event, "output_index", None)
    return index if type(index) is int else -1
