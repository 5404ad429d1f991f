"""Changing values that are nested too deeply, or in a circle, for a function that calls itself.

Such a function works on the value as it is, down to a depth of its own, and asks `later` for what
is deeper. That raises `TooDeep`; `changed_copy` then goes through a copy, part by part.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from agents_sdk.codec import MAX_DEPTH
from agents_sdk.plainvalue import Lenient, plain

Held = TypeVar("Held")
Change = Callable[[Any, int], Any]
"""From a value, and how much deeper it may go, to the value as it is to be; or to the same."""

_waiting: ContextVar[list[tuple[Change, Any]] | None] = ContextVar("waiting parts", default=None)


class TooDeep(Exception):
    """The value has to be copied first."""


def later(change: Callable[[Held, int], Held], part: Held) -> Held:
    waiting = _waiting.get()
    if waiting is None:
        raise TooDeep
    waiting.append((change, part))
    return part


def changed_copy(change: Change, value: Any, room: int) -> Any:
    """A copy as it would be written, changed; the value itself if nothing in it is.

    The deeper parts are changed in their place after what holds them, for the copy is ours.
    """
    holder, is_changed = [plain(value, MAX_DEPTH, Lenient())], False
    waiting: list[tuple[Change, Any]] = [(change, holder)]
    token = _waiting.set(waiting)
    try:
        while waiting:
            change_part, part = waiting.pop()
            new = change_part(part, room)
            if new is not part:
                is_changed = True
                _fill(part, new)
    finally:
        _waiting.reset(token)
    return holder[0] if is_changed else value


def _fill(part: Any, new: Any) -> None:
    if type(part) is list:
        part[:] = new
    else:
        part.update(new)
