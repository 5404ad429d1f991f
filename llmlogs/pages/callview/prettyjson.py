"""Any JSON value as indented text of a bounded length.

What is too long, too deep or a file in Base64 is shortened in place and the answer says so, so that
the page can lead to the whole value.
"""

import json
from typing import Any

from llmlogs.pages.callview.binary import without_binary

MAX_NODES = 1_500
MAX_DEPTH = 24
MAX_STRING_CHARS = 4_000
MAX_KEY_CHARS = 200
ONE_LINE_CHARS = 64
"""What is shorter is easier to read on one line."""


class _Slimmer:
    """Copies a value until its room is used up."""

    def __init__(self) -> None:
        self.room = MAX_NODES
        self.is_cut = False

    def copy(self, value: Any, depth: int = 0) -> Any:
        self.room -= 1
        if isinstance(value, str):
            return self._text(value)
        if not isinstance(value, dict | list):
            return value
        if value and depth >= MAX_DEPTH:
            self.is_cut = True
            return "…"
        return self._dict(value, depth) if isinstance(value, dict) else self._list(value, depth)

    def _text(self, text: str) -> str:
        readable = without_binary(text)
        if len(readable) <= MAX_STRING_CHARS:
            return readable
        self.is_cut = True
        left = len(readable) - MAX_STRING_CHARS
        return f"{readable[:MAX_STRING_CHARS]}… ({left:,} more characters)"

    def _dict(self, value: dict[str, Any], depth: int) -> dict[str, Any]:
        copied: dict[str, Any] = {}
        for number, (key, inner) in enumerate(value.items()):
            if self.room <= 0:
                self.is_cut = True
                copied["…"] = f"{len(value) - number:,} more"
                break
            copied[key[:MAX_KEY_CHARS]] = self.copy(inner, depth + 1)
        return copied

    def _list(self, value: list[Any], depth: int) -> list[Any]:
        copied: list[Any] = []
        for number, inner in enumerate(value):
            if self.room <= 0:
                self.is_cut = True
                copied.append(f"… {len(value) - number:,} more")
                break
            copied.append(self.copy(inner, depth + 1))
        return copied


def pretty(value: Any) -> tuple[str, bool]:
    """The text, and whether something of the value is missing in it.

    >>> pretty({"city": "Köln"})
    ('{"city": "Köln"}', False)
    """
    slimmer = _Slimmer()
    copied = slimmer.copy(value)
    text = json.dumps(copied, ensure_ascii=False)
    if len(text) > ONE_LINE_CHARS:
        text = json.dumps(copied, ensure_ascii=False, indent=2)
    return text, slimmer.is_cut
