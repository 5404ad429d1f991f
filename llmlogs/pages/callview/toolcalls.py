"""Calls of tools, in every provider's form: name, id and set-out arguments."""

from contextlib import suppress
from typing import Any

from agents_sdk.codec import loads
from llmlogs.pages.callview.pieces import Block, Piece, folded, text_piece
from llmlogs.pages.callview.pointers import child
from llmlogs.pages.callview.prettyjson import pretty

MAX_NAME_CHARS = 200
MAX_PARSED_CHARS = 200_000
"""Longer arguments are shown as they are."""
_ARGUMENTS = ("arguments", "input", "args", "parameters")
_HOLDERS = ("function", "custom", "toolUse", "function_call", "functionCall")
_IDS = ("id", "call_id", "toolUseId", "tool_call_id", "tool_use_id")


def call_piece(call: Any, path: str) -> Piece:
    """One call of a tool; what is no object is shown as JSON."""
    if not isinstance(call, dict):
        return json_piece("call", call, path)
    holder, holder_path = _holder(call, path)
    for key in _ARGUMENTS:
        if key in holder:
            piece = _arguments(holder[key], child(holder_path, key))
            break
    else:
        piece = json_piece("call", call, path)
    return Piece(
        kind="call",
        path=piece.path,
        lead=piece.lead,
        rest=piece.rest,
        label=tool_name(call),
        call_id=call_id(call),
        executed_by=executed_by(call),
        cut_chars=piece.cut_chars,
        cut_from=piece.cut_from,
        is_cut=piece.is_cut,
        whole=piece.whole,
    )


def tool_name(tool: Any) -> str:
    """The name of a tool, of a call to one, or of its result; "" if it has none."""
    if not isinstance(tool, dict):
        return ""
    holders: list[Any] = [tool, *(tool.get(key) for key in (*_HOLDERS, "toolSpec"))]
    for holder in holders:
        name = holder.get("name") if isinstance(holder, dict) else None
        if isinstance(name, str) and name:
            return name[:MAX_NAME_CHARS]
    return ""


def call_id(value: Any) -> str:
    """By which a call and its result find each other."""
    if not isinstance(value, dict):
        return ""
    holders: list[Any] = [value, *(value.get(key) for key in _HOLDERS)]
    for holder in holders:
        for key in _IDS if isinstance(holder, dict) else ():
            if isinstance(holder.get(key), str) and holder[key]:
                return str(holder[key][:MAX_NAME_CHARS])
    return ""


def executed_by(call: Any) -> str:
    """Who ran the tool, where that was not the agent; "" where it is for the agent to run."""
    said = call.get("executed_by") if isinstance(call, dict) else None
    return said[:MAX_NAME_CHARS] if isinstance(said, str) else ""


def json_piece(kind: str, value: Any, path: str, *, label: str = "") -> Piece:
    """Any value, written out."""
    text, is_cut = pretty(value)
    lead, rest = folded([Block("code", text, "json")])
    return Piece(kind=kind, path=path, lead=lead, rest=rest, label=label, is_cut=is_cut)


def _holder(call: dict[str, Any], path: str) -> tuple[dict[str, Any], str]:
    for key in _HOLDERS:
        inner = call.get(key)
        if isinstance(inner, dict):
            return inner, child(path, key)
    return call, path


def _arguments(value: Any, path: str) -> Piece:
    if not isinstance(value, str):
        return json_piece("call", value, path)
    return spoken_json("call", value, path)


def spoken_json(kind: str, text: str, path: str) -> Piece:
    """A text that is JSON as a rule: set out if it is, and left as it is if not."""
    parsed = None
    if len(text) <= MAX_PARSED_CHARS and text[:1] in ("{", "["):
        with suppress(ValueError, RecursionError):
            parsed = loads(text)
    if isinstance(parsed, dict | list):
        return json_piece(kind, parsed, path)
    return text_piece(kind, text, path)
