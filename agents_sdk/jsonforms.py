"""The JSON form of values that JSON does not know; what has none is kept as `{"__repr__": "…"}`.

Pure; nothing here raises, whatever a value's own methods do.
"""

import dataclasses
import enum
import hashlib
import operator
import re
import uuid
from collections.abc import Mapping
from datetime import date, time
from typing import Any

MARK = "__repr__"
MAX_REPR_CHARS = 65_536
"""A longer repr is cut; bytes beyond this are written as their size and digest."""
MAX_INT_BITS = 14_284
"""The most that never has more than the 4,300 digits that Python agrees to write."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def to_json_value(value: Any) -> Any:
    """One step from a value that JSON does not know to one that it may; never raises."""
    try:
        return _converted(value)
    except Exception:
        return marked(value)


def marked(value: Any) -> dict[str, str]:
    """The repr of a value, marked as such; never raises."""
    return {MARK: replace_surrogates(_bounded_repr(value))}


def replace_surrogates(text: str) -> str:
    """Lone surrogates, which UTF-8 cannot carry, become U+FFFD."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def without_surrogates(value: Any) -> Any:
    """A copy of dicts and lists whose texts and keys UTF-8 can carry; objects stay as they are.

    >>> without_surrogates({"a\\ud83d": ["Köln", b"1"]})
    {'a�': ['Köln', b'1']}
    """
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, dict):
        return {without_surrogates(key): without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_surrogates(item) for item in value]
    return value


def _converted(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int) and value.bit_length() <= MAX_INT_BITS:
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    return _object_fields(value)


def _object_fields(value: Any) -> Any:
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if hasattr(value, "model_dump") and not isinstance(value, type):
        return _model_fields(value)
    if hasattr(type(value), "__index__") and not isinstance(value, int):
        return operator.index(value)
    return marked(value)


def _model_fields(value: Any) -> Any:
    """A pydantic object (or one that behaves like it) as the dict that it dumps."""
    try:
        return value.model_dump(mode="json", warnings=False)
    except TypeError:
        return value.model_dump()


def _bounded_repr(value: Any) -> str:
    if issubclass(type(value), bytes | bytearray | memoryview) and len(value) > MAX_REPR_CHARS:
        digest = hashlib.sha256(value).hexdigest()
        return f"<{type(value).__name__} of {len(value)} bytes, sha256 {digest}>"
    if type(value) is int:
        return f"<int of {value.bit_length()} bits>"
    try:
        text = str.__str__(repr(value))
    except Exception:
        return f"<{type(value).__name__} object whose repr failed>"
    return text if len(text) <= MAX_REPR_CHARS else text[:MAX_REPR_CHARS] + "…"
