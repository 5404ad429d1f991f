"""Type hints taken apart: what remains of `Annotated[list[int] | None, …]` is a list of int."""

import types
import typing
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

DICTS = (dict, Mapping, MutableMapping)
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


def item_of(of: tuple[Any, ...], place: int) -> Any:
    """What a list of these types has at a place; None if that may be anything."""
    is_of_one_kind = len(of) == 1 or ... in of
    if not is_of_one_kind and place >= len(of):
        return None
    return _certain(of[0] if is_of_one_kind else of[place])


def value_of(of: tuple[Any, ...]) -> Any:
    """What the values of a dict of these types are; None if they may be anything."""
    return _certain(of[1]) if len(of) == 2 else None


def _certain(hint: Any) -> Any:
    """Of alternatives nobody knows which one an item is, unless all but one are None."""
    if typing.get_origin(hint) not in _UNIONS:
        return None if hint is Any else hint
    alternatives = [item for item in typing.get_args(hint) if item is not type(None)]
    return hint if len(alternatives) == 1 else None


def said_of(hint: Any) -> str:
    """What `Annotated[…, "in degrees"]` says in words, also by an object with a `description`."""
    if typing.get_origin(hint) is not typing.Annotated:
        return ""
    words = (getattr(note, "description", note) for note in hint.__metadata__)
    return next((word for word in words if isinstance(word, str)), "")
