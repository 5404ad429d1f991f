"""Dataclasses and typed dicts among the parameters of a tool: what they hold, how they are made.

A model gives JSON objects; a function that asks for a dataclass gets one.
"""

import dataclasses
import functools
import inspect
import typing
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from agents_sdk.orchestrator.hints import DICTS, LISTS, item_of, taken_apart, value_of


class Field(NamedTuple):
    """What one key of a record holds, and whether it must be there."""

    hint: Any
    is_required: bool


def fields_of(kind: Any) -> dict[str, Field] | None:
    """The fields of a dataclass or typed dict; None for any other type."""
    if not isinstance(kind, type):
        return None
    try:
        if typing.is_typeddict(kind):
            hints = typing.get_type_hints(kind, include_extras=True)
            required = kind.__required_keys__  # type: ignore[attr-defined]
            return {name: Field(hint, name in required) for name, hint in hints.items()}
        if dataclasses.is_dataclass(kind):
            hints = typing.get_type_hints(kind, include_extras=True)
            return {
                field.name: Field(hints[field.name], _has_no_default(field))
                for field in dataclasses.fields(kind)
                if field.init
            }
    except Exception:  # an annotation that names what is not there
        return {}
    return None


def adapted(
    func: Callable[..., Any], named: Mapping[str, inspect.Parameter], bound: Mapping[str, Any]
) -> Callable[..., Any]:
    """The function as a model calls it: with dataclasses made of objects, and without a say in what
    a partial has bound. Itself, if there is nothing of the kind."""
    hints = {name: parameter.annotation for name, parameter in named.items()}
    if not bound and not any(map(_holds_a_dataclass, hints.values())):
        return func

    @functools.wraps(func)
    def call(**arguments: Any) -> Any:
        if taken := sorted(bound.keys() & arguments.keys()):
            raise ValueError(f"unexpected arguments: {', '.join(taken)}")
        return func(**{name: made(hints.get(name), value) for name, value in arguments.items()})

    return call


def made(hint: Any, value: Any) -> Any:
    """The value as this annotation wants it. Raises TypeError if a dataclass lacks a field."""
    kind, of = taken_apart(hint)
    if kind in LISTS and isinstance(value, list) and of:
        return [made(item_of(of, place), item) for place, item in enumerate(value)]
    if kind in DICTS and isinstance(value, dict):
        return {name: made(value_of(of), item) for name, item in value.items()}
    fields = fields_of(kind)
    if not fields or not isinstance(value, dict):
        return value
    inside = {
        name: made(fields[name].hint, item) if name in fields else item
        for name, item in value.items()
    }
    return inside if typing.is_typeddict(kind) else kind(**inside)


def _holds_a_dataclass(hint: Any, inside: tuple[Any, ...] = ()) -> bool:
    kind, of = taken_apart(hint)
    if dataclasses.is_dataclass(kind) or kind in inside:
        return dataclasses.is_dataclass(kind)
    if kind in LISTS:
        return any(_holds_a_dataclass(item_of(of, place), inside) for place in range(len(of)))
    if kind in DICTS:
        return _holds_a_dataclass(value_of(of), inside)
    fields = fields_of(kind) or {}
    return any(_holds_a_dataclass(field.hint, (*inside, kind)) for field in fields.values())


def _has_no_default(field: "dataclasses.Field[Any]") -> bool:
    return field.default is field.default_factory is dataclasses.MISSING
