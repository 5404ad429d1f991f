"""Google's Gemini: `generateContent` and its stream, in the names of the wire or of the client."""

from collections.abc import Callable
from typing import Any

from agents_sdk.fields import field
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

_ROLES = {"model": "assistant", "user": "user", "function": "tool"}
_OWN_FIELDS = (
    *("system_instruction", "systemInstruction", "tools"),
    *("http_options", "httpOptions"),
)
"""What is shown elsewhere, and how the client talks: addresses and headers are no parameters."""


def prompt_of(model: str, contents: Any, config: Json) -> Prompt:
    """`system_instruction` leads as a message; function responses become messages of tools."""
    messages: list[Any] = []
    system = field(config, "system_instruction")
    if system:
        messages.append(text_message("system", _text_of_content(system)))
    given = contents if isinstance(contents, list) else [contents]
    for content in given:
        messages += _messages(content)
    return Prompt(
        model=model.removeprefix("models/"),
        messages=messages,
        tools=_tools(config.get("tools")) or None,
        request=without(config, *_OWN_FIELDS),
    )


def _messages(content: Any) -> list[Any]:
    if not isinstance(content, dict):
        return [text_message("user", content)]
    if "parts" not in content:  # a part alone is what the user says
        return _messages({"role": "user", "parts": [content]})
    role = _ROLES.get(str(content.get("role")), content.get("role") or "user")
    parts = items(content["parts"])
    results = [_result(part) for part in objects(parts) if field(part, "function_response")]
    calls = [_call(part) for part in objects(parts) if field(part, "function_call")]
    rest = [part for part in parts if not _is_tool_part(part)]
    if not rest and not calls:
        return results
    own = text_message(role, simple_content([_part(part) for part in rest]) if rest else "")
    if calls:
        own["tool_calls"] = calls
    return [*results, own]


def _is_tool_part(part: Any) -> bool:
    return bool(field(part, "function_response") or field(part, "function_call"))


def _part(part: Any) -> Any:
    if not isinstance(part, dict):
        return {"type": "text", "text": part} if isinstance(part, str) else part
    if part.get("thought") is True:
        return {"type": "reasoning", "text": part.get("text")}
    if "text" in part and part["text"] is not None:
        return {"type": "text", "text": part["text"]}
    return part


def _result(part: Json) -> Json:
    response = mapping(field(part, "function_response"))
    call_id = response.get("id") or response.get("name")
    message = {"role": "tool", "tool_call_id": call_id, "name": response.get("name")}
    return {**message, "content": response.get("response")}


def _call(part: Json) -> Json:
    call = mapping(field(part, "function_call"))
    return tool_call(call.get("id"), call.get("name"), call.get("args") or {})


def _text_of_content(content: Any) -> Any:
    if isinstance(content, list):
        content = {"parts": content}
    if not isinstance(content, dict):
        return content
    parts = content.get("parts")
    held = parts if isinstance(parts, list) else [content if parts is None else parts]
    return simple_content([_part(part) for part in held])


def _tools(tools: Any) -> list[Any]:
    flat: list[Any] = []
    for tool in items(tools):
        declarations = field(tool, "function_declarations")
        flat += [_tool(item) for item in items(declarations)] if declarations else [tool]
    return flat


def _tool(declaration: Any) -> Any:
    if not isinstance(declaration, dict):
        return declaration
    schema = field(declaration, "parameters_json_schema")
    return {**declaration, "parameters": schema} if schema else declaration


def answer_of(response: Json) -> Answer:
    return _answer(response, _parts_of(response))


def _parts_of(response: Json) -> list[Json]:
    candidates = objects(response.get("candidates"))
    first = mapping(candidates[0].get("content")) if candidates else {}
    return objects(first.get("parts"))


def _answer(response: Json, parts: list[Json]) -> Answer:
    candidates = objects(response.get("candidates"))
    blocked = mapping(field(response, "prompt_feedback"))
    reason = field(candidates[0], "finish_reason") if candidates else None
    return Answer(
        content="".join(text_of(part.get("text")) for part in parts if not part.get("thought")),
        tool_calls=[_call(part) for part in parts if field(part, "function_call")],
        reasoning=joined(text_of(part.get("text")) for part in parts if part.get("thought")),
        finish_reason=_word(reason) or ("SAFETY" if field(blocked, "block_reason") else None),
        response_model=string(field(response, "model_version")),
        response_id=string(field(response, "response_id")),
        usage=field(response, "usage_metadata"),
    )


def _word(value: Any) -> str | None:
    return string(getattr(value, "value", value))


class ContentFold:
    """The chunks of a stream to the answer they make up; their usage is cumulative.

    Takes the client's objects; `as_dict` turns what is unusual into dicts.
    """

    def __init__(self, as_dict: Callable[[Any], Any]) -> None:
        self._as_dict = as_dict
        self._texts: list[str] = []
        self._thoughts: list[str] = []
        self._others: list[Json] = []
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
            self._others.append(self._as_dict(part))
        elif part.thought:
            self._thoughts.append(part.text)
        else:
            self._texts.append(part.text)

    def answer(self) -> Answer:
        last = dict(self._as_dict(self._last) or {}) if self._last is not None else {}
        candidate = {"finish_reason": self._finish}
        answer = _answer({**last, "candidates": [candidate] if self._finish else []}, self._others)
        answer.content = "".join(self._texts)
        answer.reasoning = joined(self._thoughts)
        answer.usage = self._as_dict(self._usage)
        return answer
