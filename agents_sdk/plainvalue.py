"""Any Python value to what JSON can carry: dict, list, str, int, float, bool, None.

Pure and without recursion: neither a circular reference nor a very deep value can harm the
program whose call is recorded. What has no JSON form is kept as `{"__repr__": "…"}`.
"""

import enum
import math
import uuid
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from agents_sdk.jsonforms import MARK, MAX_INT_BITS, marked, replace_surrogates, to_json_value

MAX_CONVERSIONS = 8
"""Steps from an odd value to a plain one, such as an enum whose value is a tuple."""

_NOT_SCALAR = object()


class Lenient:
    """Rules for a log line: everything gets some form. Never raises."""

    def convert(self, value: Any) -> Any:
        return to_json_value(value)

    def excess(self, value: Any, reason: str) -> Any:
        return {MARK: f"<{type(value).__name__}: {reason}>"}


class Strict(Lenient):
    """Rules for values of our own: what JSON does not know is an error of the caller."""

    def convert(self, value: Any) -> Any:
        if isinstance(value, tuple | dict | list | str | int | float | enum.Enum | uuid.UUID):
            return to_json_value(value)
        raise TypeError(
            f"{type(value).__name__} has no JSON form; give a dict, list, str or number"
        )

    def excess(self, value: Any, reason: str) -> Any:
        raise ValueError(f"{type(value).__name__}: {reason}")


def repair_surrogates(value: Any) -> tuple[Any, bool]:
    """Replace lone surrogates in all strings and keys of a freshly parsed value, in place.

    Returns the value and whether there were any.
    """
    root = [value]
    waiting: list[Any] = [root]
    is_repaired = False
    while waiting:
        container = waiting.pop()
        is_repaired |= _repair_keys(container)
        for key, item in list(_children(container)):
            if type(item) is str:
                container[key] = replace_surrogates(item)
                is_repaired |= container[key] != item
            elif type(item) in (dict, list):
                waiting.append(item)
    return root[0], is_repaired


def plain(value: Any, max_depth: int, rules: Lenient) -> Any:
    """A copy made of plain values only, at most `max_depth` lists and dicts in one another."""
    return _Copy(max_depth, rules).of(value)


class _Frame(NamedTuple):
    children: Iterator[tuple[Any, Any]]
    copy: Any
    original: Any
    """Kept alive while it is open, so that no other object takes its id."""


class _Copy:
    """One walk over a value: `frames` are the containers between the root and where it stands."""

    def __init__(self, max_depth: int, rules: Lenient) -> None:
        self._max_depth = max_depth
        self._rules = rules
        self._frames: list[_Frame] = []
        self._open_ids: set[int] = set()

    def of(self, root: Any) -> Any:
        result: list[Any] = [None]
        self._frames.append(_Frame(iter([(0, root)]), result, None))
        while self._frames:
            frame = self._frames[-1]
            for key, item in frame.children:
                if self._put(frame.copy, key, item):
                    break
            else:
                self._frames.pop()
                self._open_ids.discard(id(frame.original))
        return result[0]

    def _put(self, target: Any, key: Any, value: Any) -> bool:
        """Put the copy of `value` at its place; True if its children come next."""
        source = self._converted(value)
        if type(source) in (dict, list):
            return self._open(target, key, value, source)
        target[key] = source
        return False

    def _converted(self, value: Any) -> Any:
        """A dict, a list or a scalar."""
        for _ in range(MAX_CONVERSIONS):
            if type(value) in (dict, list):
                return value
            scalar = _scalar(value)
            if scalar is not _NOT_SCALAR:
                return scalar
            value = self._rules.convert(value)
        return marked(value)

    def _open(self, target: Any, key: Any, value: Any, source: Any) -> bool:
        problem = self._problem(value, source)
        if problem:
            target[key] = self._rules.excess(value, problem)
            return False
        target[key] = copy = {} if type(source) is dict else [None] * len(source)
        self._open_ids.add(id(value))
        self._frames.append(_Frame(iter(list(_children(source))), copy, value))
        return True

    def _problem(self, value: Any, source: Any) -> str:
        if id(value) in self._open_ids:
            return "circular reference"
        if len(self._frames) < self._max_depth:
            return ""
        items: Iterable[Any] = source.values() if type(source) is dict else source
        if len(self._frames) == self._max_depth and all(map(_is_scalar, items)):
            return ""
        return f"nested deeper than {self._max_depth} levels"


def _children(container: Any) -> Iterable[tuple[Any, Any]]:
    if type(container) is list:
        return enumerate(container)
    return ((_key_text(key), item) for key, item in container.items())


def _repair_keys(container: Any) -> bool:
    """Rename keys that hold lone surrogates, keeping the order."""
    if type(container) is list or all(key == replace_surrogates(key) for key in container):
        return False
    items = [(replace_surrogates(key), item) for key, item in container.items()]
    container.clear()
    container.update(items)
    return True


def _key_text(key: Any) -> str:
    """A key as the standard library writes it; what it refuses, as its repr."""
    kind = type(key)  # the type itself: `__class__` may be a property that fails
    if issubclass(kind, str):
        return replace_surrogates(str.__str__(key))
    if key is None or kind is bool:
        return {None: "null", True: "true", False: "false"}[key]
    if issubclass(kind, int) and int.bit_length(key) <= MAX_INT_BITS:
        return int.__repr__(key)
    if issubclass(kind, float):
        return float.__repr__(key)
    return marked(key)[MARK]


def _is_scalar(value: Any) -> bool:
    return _scalar(value) is not _NOT_SCALAR


def _scalar(value: Any) -> Any:
    if value is None or value is True or value is False:
        return value
    kind = type(value)
    if kind is str:
        return replace_surrogates(value)
    if kind is float:
        return value if math.isfinite(value) else None
    if kind is int and value.bit_length() <= MAX_INT_BITS:
        return value
    return _NOT_SCALAR
