"""Type hints taken apart: what remains of `Annotated[list[int] | None, …]` is a list of int."""

import types
import typing
from collections.abc import Sequence
from typing import Any

LISTS = (list, tuple, set, frozenset, Sequence)
_WRAPPERS = (typing.Annotated, typing.Required, typing.NotRequired)
_UNIONS = (typing.Union, types.UnionType)


def taken_apart(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """Its type and what that is of; of alternatives the first that is not None.

    >>> taken_apart(list[int] | None)
    (<class 'list'>, (<class 'int'>,))
    """
    kind, of = typing.get_origin(hint), typing.get_args(hint)
    if kind in _WRAPPERS:
        return taken_apart(of[0])
    if kind in _UNIONS:
        return taken_apart(next(item for item in of if item is not type(None)))
    return kind or hint, of


def is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in _UNIONS


def said_of(hint: Any) -> str:
    """What `Annotated[…, "in degrees"]` says in words, also by an object with a `description`."""
    if typing.get_origin(hint) is not typing.Annotated:
        return ""
    words = (getattr(note, "description", note) for note in hint.__metadata__)
    return next((word for word in words if isinstance(word, str)), "")
