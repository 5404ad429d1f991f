"""Any JSON value as a tree that is opened step by step: pure, bounded at every step.

In: a value and its JSON pointer. Out: its members, a page of them at a time, each with as much of
its value as fits on a line; or a stretch of a long text.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from llmlogs.pages.callview.pointers import child

PAGE_MEMBERS = 100
LINE_CHARS = 240
TEXT_CHARS = 20_000
"""A stretch of a long text."""
MAX_KEY_CHARS = 200
MAX_NAMED_CHARS = 40
_KEYS_NAMED = 6


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object or a list. `kind` is object, list, string, number, boolean or null.

    `key` is written as in JSON: in quotes, whatever is in it; the place in a list without.
    """

    key: str
    path: str
    kind: str
    text: str
    cut_chars: int = 0
    count: int = 0
    """Of its own members."""
    keys: tuple[str, ...] = ()
    """The first of its own members by name, written alike."""

    @property
    def more_keys(self) -> int:
        return self.count - len(self.keys) if self.keys else 0

    @property
    def is_open_to_view(self) -> bool:
        return self.kind in ("object", "list") and self.count > 0


@dataclass(frozen=True, slots=True)
class Level:
    """Members from `start` on, out of `total`."""

    path: str
    members: tuple[Member, ...]
    start: int
    total: int

    @property
    def stop(self) -> int:
        return self.start + len(self.members)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters of a text from `start` on, out of `total`."""

    path: str
    text: str
    start: int
    total: int

    @property
    def stop(self) -> int:
        return self.start + len(self.text)


def level(value: dict[str, Any] | list[Any], path: str, start: int = 0) -> Level:
    """A page of the members of a value."""
    items: Iterable[tuple[str | int, Any]]
    if isinstance(value, dict):
        items = list(value.items())[start : start + PAGE_MEMBERS]
    else:
        items = enumerate(value[start : start + PAGE_MEMBERS], start)
    members = tuple(member(key, inner, path) for key, inner in items)
    return Level(path, members, start, len(value))


def member(key: str | int, value: Any, parent: str) -> Member:
    """A value under its key, on a line."""
    shown, path = _written(key), child(parent, key)
    if isinstance(value, dict):
        return Member(shown, path, "object", "", count=len(value), keys=_keys(value))
    if isinstance(value, list):
        return Member(shown, path, "list", "", count=len(value))
    if isinstance(value, str):
        cut_chars = max(0, len(value) - LINE_CHARS)
        return Member(shown, path, "string", value[:LINE_CHARS], cut_chars)
    if value is None or isinstance(value, bool):
        kind = "null" if value is None else "boolean"
        return Member(shown, path, kind, {None: "null", True: "true", False: "false"}[value])
    return Member(shown, path, "number", str(value)[:LINE_CHARS])


def stretch(text: str, path: str, start: int) -> Stretch:
    """A part of a text."""
    start = min(start, len(text))
    return Stretch(path, text[start : start + TEXT_CHARS], start, len(text))


def _written(key: str | int, max_chars: int = MAX_KEY_CHARS) -> str:
    """
    >>> print(_written("role"), _written(""), _written(3), _written("a\\nb"), _written("long", 2))
    "role" "" 3 "a\\nb" "lo…"
    """
    if isinstance(key, int):
        return str(key)
    return json.dumps(key if len(key) <= max_chars else key[:max_chars] + "…", ensure_ascii=False)


def _keys(value: dict[str, Any]) -> tuple[str, ...]:
    named = zip(range(_KEYS_NAMED), value, strict=False)
    return tuple(_written(key, MAX_NAMED_CHARS) for _, key in named)
