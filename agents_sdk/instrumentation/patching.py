"""Replace a method of somebody else's class, and put it back.

A replacement that another library has wrapped in the meantime cannot be taken out; it stays and
passes calls through (`Switch.is_on` is False then). One that is still in place is not put in a
second time.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

_MARK = "_agents_sdk_replacement"
_lock = threading.RLock()


@dataclass(frozen=True, slots=True)
class _Patch:
    owner: type
    name: str
    original: Any
    replacement: Any
    is_own: bool
    """Whether the owner itself defined the method, or inherited it."""


_PATCHES: list[_Patch] = []


def replace_method(owner: type, name: str, make: Callable[[Any], Any]) -> bool:
    """Replace `owner.name` by `make(original)`; False if the owner has no such method."""
    with _lock:
        original = getattr(owner, name, None)
        if not callable(original):
            return False
        if _is_in_place(original):
            return True
        replacement = wraps(original)(make(original))
        setattr(replacement, _MARK, True)
        _PATCHES.append(_Patch(owner, name, original, replacement, name in vars(owner)))
        setattr(owner, name, replacement)
        return True


def restore_methods() -> None:
    """Put back every method whose place nobody else has taken."""
    with _lock:
        for patch in reversed(_PATCHES):
            if vars(patch.owner).get(patch.name) is not patch.replacement:
                continue
            if patch.is_own:
                setattr(patch.owner, patch.name, patch.original)
            else:
                delattr(patch.owner, patch.name)
        _PATCHES.clear()


def _is_in_place(method: Any) -> bool:
    """Whether this is a replacement of ours, or somebody's wrapper around one."""
    for _ in range(20):
        if getattr(method, _MARK, False):
            return True
        method = getattr(method, "__wrapped__", None)
        if method is None:
            return False
    return False
