"""A call as plain text, whole: what the copy buttons give. Files are named instead of copied."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from llmlogs.pages.callview.binary import without_binary
from llmlogs.pages.callview.messages import MessageView
from llmlogs.pages.callview.pieces import Piece

ValueAt = Callable[[str], Any]
"""Gives the value at a JSON pointer, None if there is none."""
_INTRODUCTIONS = {
    "call": "calls {label}: ",
    "result": "result of {label}: ",
    "reasoning": "reasoning: ",
    "refusal": "refuses: ",
}


def value_text(value: Any) -> str:
    """A text as it is, anything else as JSON."""
    if isinstance(value, str):
        return without_binary(value)
    try:
        return json.dumps(value, ensure_ascii=False, indent=2)
    except RecursionError:
        return "This value is nested too deep to be set out; the raw JSON has it."


def pieces_text(pieces: Iterable[Piece], value_at: ValueAt) -> str:
    return "\n\n".join(_piece_text(piece, value_at) for piece in pieces)


def message_text(view: MessageView, value_at: ValueAt) -> str:
    """With a line that says who speaks."""
    return f"## {view.number} {view.role}\n\n{pieces_text(view.pieces, value_at)}"


def _piece_text(piece: Piece, value_at: ValueAt) -> str:
    introduction = _INTRODUCTIONS.get(piece.kind, "").format(label=piece.label or "a tool")
    value = value_at(piece.path)
    if isinstance(value, str) and piece.kind != "attachment":
        return introduction + without_binary(value)
    if piece.is_cut:
        return introduction + value_text(value)
    return introduction + "\n".join(block.text for block in (*piece.lead, *piece.rest))
