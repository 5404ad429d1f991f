"""Gemini's answer, whole or from the chunks of a stream."""

from collections.abc import Callable
from typing import Any

from agents_sdk.fields import field
from agents_sdk.normalise.executed import executed_call
from agents_sdk.normalise.shapes import (
    Answer,
    Json,
    joined,
    mapping,
    objects,
    string,
    text_of,
    tool_call,
    without,
)

CODE_EXECUTION = "code_execution"
_STEPS = {
    "executable_code": CODE_EXECUTION,
    "code_execution_result": CODE_EXECUTION,
    "tool_call": "",
    "tool_response": "",
}
"""Parts that tell what Google ran itself, and the name of the tool if they do not say it."""


def called(part: Json) -> Json:
    """A call of the agent's own tool."""
    call = mapping(field(part, "function_call"))
    return tool_call(call.get("id"), call.get("name"), call.get("args") or {})


def answer_of(response: Json) -> Answer:
    return _answer(response, _parts_of(response))


def is_answer(response: Json) -> bool:
    """Whether a body is an answer; that of a refused prompt has the reason, others count tokens."""
    names = ("candidates", "prompt_feedback", "usage_metadata")
    return any(field(response, name) is not None for name in names)


def _parts_of(response: Json) -> list[Json]:
    candidates = objects(response.get("candidates"))
    first = mapping(candidates[0].get("content")) if candidates else {}
    return objects(first.get("parts"))


def _answer(response: Json, parts: list[Json]) -> Answer:
    candidates = objects(response.get("candidates"))
    blocked = mapping(field(response, "prompt_feedback"))
    reason = field(candidates[0], "finish_reason") if candidates else None
    return Answer(
        content=_said(parts),
        tool_calls=_calls(parts),
        reasoning=joined(text_of(part.get("text")) for part in parts if part.get("thought")),
        finish_reason=_word(reason) or ("SAFETY" if field(blocked, "block_reason") else None),
        response_model=string(field(response, "model_version")),
        response_id=string(field(response, "response_id")),
        usage=field(response, "usage_metadata"),
    )


def _word(value: Any) -> str | None:
    return string(getattr(value, "value", value))


def _said(parts: list[Json]) -> Any:
    """The text of an answer; parts, if there are pictures, sound or files in it."""
    shown = [part for part in parts if _is_text(part) or _is_of_its_own(part)]
    if all(map(_is_text, shown)):
        return "".join(part["text"] for part in shown)
    return [{"type": "text", "text": one["text"]} if _is_text(one) else one for one in shown]


def _is_text(part: Json) -> bool:
    return isinstance(part.get("text"), str) and not part.get("thought")


def _is_of_its_own(part: Json) -> bool:
    """Whether a part is neither text nor thought nor tool, nor only a signature."""
    if isinstance(part.get("text"), str) or field(part, "function_call"):
        return False
    if any(field(part, name) for name in _STEPS):
        return False
    return any(isinstance(value, dict) for value in part.values())


def _calls(parts: list[Json]) -> list[Json]:
    """Those of the agent's tools, and what Google ran itself, each with the result after it."""
    calls: list[Json] = []
    for part in parts:
        if field(part, "function_call"):
            calls.append(called(part))
            continue
        step = next((name for name in _STEPS if isinstance(field(part, name), dict)), None)
        if step is not None:
            _add_step(calls, step, field(part, step))
    return calls


def _add_step(calls: list[Json], step: str, told: Json) -> None:
    name = _STEPS[step] or _word(field(told, "tool_type"))
    if step in ("executable_code", "tool_call"):
        arguments = without(told, "id") if step == "executable_code" else told.get("args")
        calls.append(executed_call(told.get("id"), name, arguments))
        return
    is_of_code = step == "code_execution_result"
    result = without(told, "id") if is_of_code else told.get("response")
    asked = _open_step(calls, told.get("id"), name)
    if asked is None:
        calls.append(executed_call(told.get("id"), name, None, result))
    elif result is not None:
        asked["result"] = result


def _open_step(calls: list[Json], call_id: Any, name: str | None) -> Json | None:
    """The newest call of this id, or of this tool, that waits for its result."""
    waiting = (call for call in reversed(calls) if "executed_by" in call and "result" not in call)
    known = (call for call in waiting if (call["id"], call["name"]) == (call_id, name))
    return next(known, None)


class ContentFold:
    """The chunks of a stream to the answer they make up; their usage is cumulative.

    Takes the client's objects; `as_dict` turns what is unusual into dicts.
    """

    def __init__(self, as_dict: Callable[[Any], Any]) -> None:
        self._as_dict = as_dict
        self._texts: list[str] = []
        self._thoughts: list[str] = []
        self._others: list[tuple[int, Json]] = []
        self._usage: Any = None
        self._finish: Any = None
        self._last: Any = None

    def add(self, chunk: Any) -> bool:
        self._last = chunk
        if chunk.usage_metadata is not None:
            self._usage = chunk.usage_metadata
        if not chunk.candidates:
            return False
        candidate = chunk.candidates[0]
        if candidate.finish_reason is not None:
            self._finish = candidate.finish_reason
        parts = candidate.content.parts if candidate.content is not None else None
        for part in parts or ():
            self._add_part(part)
        return bool(parts)

    def _add_part(self, part: Any) -> None:
        if not isinstance(part.text, str):
            self._others.append((len(self._texts), self._as_dict(part)))
        elif part.thought:
            self._thoughts.append(part.text)
        else:
            self._texts.append(part.text)

    def _parts(self) -> list[Json]:
        """The parts in their order, texts between two others as one."""
        parts: list[Json] = []
        begin = 0
        for end, other in [*self._others, (len(self._texts), {})]:
            if end > begin:
                parts.append({"text": "".join(self._texts[begin:end])})
            parts.append(other)
            begin = end
        return parts

    def answer(self) -> Answer:
        last = dict(self._as_dict(self._last) or {}) if self._last is not None else {}
        candidate = {"finish_reason": self._finish}
        whole = {**last, "candidates": [candidate] if self._finish else []}
        answer = _answer(whole, objects(self._parts()))
        answer.reasoning = joined(self._thoughts)
        answer.usage = self._as_dict(self._usage)
        return answer
