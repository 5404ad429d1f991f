"""What a message holds, in every provider's form, as lines a person reads.

In: any JSON value. Out: lines ready to be shown. Text stays text, a call of a tool becomes its
name with set-out arguments, its result what it gave back; what is none of these is shown as JSON.
Data of files is named by its size.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from agents_sdk.cli.safetext import one_line, visible
from agents_sdk.codec import LineError, loads

MAX_DEPTH = 8
MAX_PARSED_CHARS = 1_000_000
"""Longer arguments and results are shown as they are."""
MAX_DATA_CHARS = 1_000
"""A longer run of base64 is a file."""

_DATA = re.compile(rf"(?:data:[^,]{{0,200}},)?[A-Za-z0-9+/_=-]{{{MAX_DATA_CHARS},}}\s*")
_CALL_HOLDERS = ("function", "toolUse", "function_call", "functionCall")
_CALL_TYPES = ("tool_use", "server_tool_use", "tool_call", "function_call", "custom_tool_call")
_ARGUMENTS = ("arguments", "input", "args", "parameters")
_RESULT_HOLDERS = ("toolResult", "function_response", "functionResponse")
_RESULT_TYPES = ("tool_result", "function_call_output", "custom_tool_call_output")
_RESULTS = ("content", "output", "response", "result")
_TEXTS = ("text", "thinking", "refusal", "reasoning")
_IDS = ("id", "call_id", "toolUseId", "tool_call_id", "tool_use_id")
INDENT = "  "


def content_lines(content: Any, depth: int = 0) -> Iterator[str]:
    """A text, a part, or a list of parts."""
    if content is None or content == "" or content == []:
        return
    if isinstance(content, str):
        yield from text_lines(content)
    elif isinstance(content, list) and depth < MAX_DEPTH:
        for part in content:
            yield from content_lines(part, depth + 1)
    elif isinstance(content, dict) and depth < MAX_DEPTH:
        yield from _part_lines(content, depth)
    else:
        yield from json_lines(content)


def text_lines(text: str) -> Iterator[str]:
    if _DATA.fullmatch(text):
        yield f"[{len(text):,} characters of data]"
        return
    yield from visible(text).split("\n")


def call_lines(call: Any) -> Iterator[str]:
    """The call of a tool: its name and id, then its arguments."""
    if not isinstance(call, dict):
        yield from json_lines(call)
        return
    holder = next((call[key] for key in _CALL_HOLDERS if isinstance(call.get(key), dict)), call)
    name = one_line(str(holder.get("name") or "a tool without a name"))
    call_id = one_line(_first_text(call, _IDS) or _first_text(holder, _IDS))
    runner = one_line(_first_text(call, ("executed_by",)))
    run_by = f"  (run by the {runner})" if runner else ""
    yield f"→ {name}  {call_id}".rstrip() + run_by
    for key in _ARGUMENTS:
        if key in holder:
            yield from (INDENT + line for line in spoken_json_lines(holder[key]))
            break
    if runner and call.get("result") is not None:
        yield from _result_lines({"name": name, "result": call["result"]}, 0)


def spoken_json_lines(value: Any) -> Iterator[str]:
    """A value, or a text that is JSON as a rule: set out if it is, as it stands if not."""
    if not isinstance(value, str):
        yield from json_lines(value)
        return
    parsed: Any = None
    if len(value) <= MAX_PARSED_CHARS and value.lstrip()[:1] in ("{", "["):
        try:
            parsed = loads(value)
        except LineError:
            parsed = None
    yield from text_lines(value) if parsed is None else json_lines(parsed)


def json_lines(value: Any) -> Iterator[str]:
    text = json.dumps(_without_data(value), indent=2, ensure_ascii=False)
    yield from visible(text).split("\n")


def _part_lines(part: dict[str, Any], depth: int) -> Iterator[str]:
    given = {key: value for key, value in part.items() if value is not None}
    kind = given.get("type")
    result = next((given[key] for key in _RESULT_HOLDERS if isinstance(given.get(key), dict)), None)
    if kind in _CALL_TYPES or any(isinstance(given.get(key), dict) for key in _CALL_HOLDERS):
        yield from call_lines(given)
    elif result is not None or kind in _RESULT_TYPES:
        yield from _result_lines(result or given, depth)
    elif text := _first_text(given, _TEXTS):
        is_marked = kind not in (None, "text", "input_text", "output_text")
        yield from ([f"[{one_line(str(kind))}]"] if is_marked else [])
        yield from text_lines(text)
    else:
        yield from json_lines(given)


def _result_lines(result: dict[str, Any], depth: int) -> Iterator[str]:
    name = one_line(_first_text(result, ("name",)) or _first_text(result, _IDS))
    is_failed = result.get("is_error") is True or result.get("status") == "error"
    yield f"← {name}{' (failed)' if is_failed else ''}".rstrip()
    for key in _RESULTS:
        if result.get(key) not in (None, "", []):
            found = result[key]
            is_spoken = isinstance(found, str) or key == "response"
            lines = spoken_json_lines(found) if is_spoken else content_lines(found, depth + 1)
            yield from (INDENT + line for line in lines)
            break


def _first_text(holder: dict[str, Any], names: tuple[str, ...]) -> str:
    found = (holder.get(name) for name in names)
    return next((text for text in found if isinstance(text, str) and text), "")


def _without_data(value: Any, depth: int = 0) -> Any:
    """A copy in which files are named by their size, no deeper than a person follows."""
    if isinstance(value, str):
        is_data = len(value) >= MAX_DATA_CHARS and _DATA.fullmatch(value)
        return f"[{len(value):,} characters of data]" if is_data else value
    if isinstance(value, dict | list) and depth > 4 * MAX_DEPTH:
        return "…"
    if isinstance(value, dict):
        return {key: _without_data(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_data(item, depth + 1) for item in value]
    return value
