"""The JSON schema of a function's parameters, from its annotations."""

import enum
import inspect
import typing
from collections.abc import Mapping
from typing import Any

from agents_sdk.normalise.shapes import Json
from agents_sdk.orchestrator.hints import DICTS, LISTS, item_of, said_of, taken_apart, value_of
from agents_sdk.orchestrator.records import Field, fields_of

_TYPES: Mapping[Any, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
}


def schema_of_parameters(named: Mapping[str, inspect.Parameter]) -> Json:
    """A schema of keyword arguments; those without a default are required."""
    return _object(
        {
            name: Field(parameter.annotation, parameter.default is parameter.empty)
            for name, parameter in named.items()
        },
        (),
    )


def schema_of(hint: Any, inside: tuple[Any, ...] = ()) -> Json:
    """Of `X | None` that of X; what a schema cannot say is a string.

    Lists always have `items`: servers refuse them without. `inside` are the records around it.

    >>> schema_of(list[int] | None)
    {'type': 'array', 'items': {'type': 'integer'}}
    """
    kind, of = taken_apart(hint)
    words = said_of(hint)
    described = {"description": words} if words else {}
    if kind is typing.Literal:
        return _one_of(list(of)) | described
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _one_of([member.value for member in kind]) | described
    if kind in LISTS:
        return {"type": "array", "items": _items(of, inside)} | described
    if kind in DICTS:
        return {"type": "object"} | _values(of, inside) | described
    fields = fields_of(kind)
    if fields is not None:
        # A record that contains itself ends there, as any object.
        shape = {"type": "object"} if kind in inside else _object(fields, (*inside, kind))
        return shape | described
    return {"type": _type_of(kind)} | described


def _object(fields: Mapping[str, Field], inside: tuple[Any, ...]) -> Json:
    properties = {name: schema_of(field.hint, inside) for name, field in fields.items()}
    required = [name for name, field in fields.items() if field.is_required]
    return {"type": "object", "properties": properties, "required": required}


def _type_of(kind: Any) -> str:
    """By identity: an annotation may be any object, one without a hash too."""
    return next((word for known, word in _TYPES.items() if known is kind), "string")


def _one_of(values: list[Any]) -> Json:
    """The values; their type too, if they have one in common."""
    common = {_TYPES.get(type(value)) for value in values}
    kind = common.pop() if len(common) == 1 else None
    return {"type": kind, "enum": values} if kind else {"enum": values}


def _items(of: tuple[Any, ...], inside: tuple[Any, ...]) -> Json:
    """What all items are; of different kinds, anything."""
    kinds = [item_of(of, place) for place, item in enumerate(of) if item is not ...]
    is_same = bool(kinds) and kinds[0] is not None and all(kind == kinds[0] for kind in kinds)
    return schema_of(kinds[0], inside) if is_same else {}


def _values(of: tuple[Any, ...], inside: tuple[Any, ...]) -> Json:
    kind = value_of(of)
    return {} if kind is None else {"additionalProperties": schema_of(kind, inside)}
