"""Read a field of a thing that may be a dict or an object, in snake_case or camelCase."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

MAX_KNOWN_NAMES = 256
_WORD = re.compile(r"_([a-z])")
_CAMEL_CASE: dict[str, str] = {}
"""A plain dict answers in half the time of a cached function."""

Fields = Callable[[str], Any]
"""The value under a snake_case name, or None."""
_NOTHING: dict[str, Any] = {}


def field(holder: Any, name: str) -> Any:
    """The value under a snake_case name, or None; never raises.

    >>> field({"inputTokens": 3}, "input_tokens")
    3
    """
    if type(holder) is dict:  # nearly always, and on the path of every call
        value = holder.get(name)
        if value is not None or "_" not in name:
            return value
        return holder.get(_CAMEL_CASE.get(name) or _camel_case(name))
    value = _get(holder, name)
    return value if value is not None else _get(holder, _camel_case(name))


def fields_of(holder: Any) -> Fields:
    """`field` for a thing that is asked often.

    Where no key has a capital letter, a dict's own `get` says the same in a fifth of the time, and
    a usage object is asked twenty times a call.

    >>> fields_of({"inputTokens": 3})("input_tokens"), fields_of({"input": 3})("input")
    (3, 3)
    """
    if holder is None:
        return _NOTHING.get
    if type(holder) is dict:
        try:
            names = "".join(holder)
            if names == names.lower():
                return holder.get
        except TypeError:  # a key that is no string
            pass
    return partial(field, holder)


def path(holder: Any, *names: str) -> Any:
    """The value at the end of a path of fields, or None."""
    for name in names:
        holder = field(holder, name)
        if holder is None:
            return None
    return holder


def _camel_case(name: str) -> str:
    camel = _WORD.sub(lambda match: match[1].upper(), name)
    if len(_CAMEL_CASE) < MAX_KNOWN_NAMES:
        _CAMEL_CASE[name] = camel
    return camel


def _get(holder: Any, key: str) -> Any:
    try:
        if isinstance(holder, Mapping):
            return holder.get(key)
        return getattr(holder, key, None)
    except Exception:  # a property or method of somebody else's object
        return None
