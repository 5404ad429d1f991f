"""The JSON schema of a function's parameters, from its annotations."""

import enum
import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agents_sdk.normalise.shapes import Json

_TYPES: Mapping[Any, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    dict: "object",
    Mapping: "object",
}
_LISTS = (list, tuple, set, frozenset, Sequence)


def parameters_of(func: Callable[..., Any]) -> Json:
    """A schema of the keyword arguments; those without a default are required."""
    try:
        hints = typing.get_type_hints(func)
    except Exception:  # an annotation that names what is not there
        hints = {}
    named = {
        name: parameter
        for name, parameter in inspect.signature(func).parameters.items()
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    }
    properties = {name: schema_of(hints.get(name)) for name in named}
    required = [name for name, parameter in named.items() if parameter.default is parameter.empty]
    return {"type": "object", "properties": properties, "required": required}


def schema_of(hint: Any) -> Json:
    """Of `X | None` that of X; what a schema cannot say is a string.

    Lists always have `items`: servers refuse them without.

    >>> schema_of(list[int] | None)
    {'type': 'array', 'items': {'type': 'integer'}}
    """
    kind, of = typing.get_origin(hint) or hint, typing.get_args(hint)
    if kind in (typing.Union, types.UnionType):
        return schema_of(next(item for item in of if item is not type(None)))
    if kind is typing.Literal:
        return _one_of(list(of))
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _one_of([member.value for member in kind])
    if kind in _LISTS:
        return {"type": "array", "items": _items(of)}
    return {"type": _TYPES.get(kind, "string")}


def _one_of(values: list[Any]) -> Json:
    """The values; their type too, if they have one in common."""
    common = {_TYPES.get(type(value)) for value in values}
    kind = common.pop() if len(common) == 1 else None
    return {"type": kind, "enum": values} if kind else {"enum": values}


def _items(of: tuple[Any, ...]) -> Json:
    """What all items are; of different kinds, anything."""
    kinds = {item for item in of if item is not ...}
    if len(kinds) != 1:
        return {}
    (kind,) = kinds
    is_open = kind is Any or typing.get_origin(kind) in (typing.Union, types.UnionType)
    return {} if is_open else schema_of(kind)
