"""What the field `error` of an entry says: whether the call failed, and in which words.

Agents log any JSON value there. This is its one reading: of index, API, pages, feed and commands.
"""

from typing import Any

from agents_sdk import codec

MAX_CHARS = 20_000
"""Of an error that has to be set out as JSON."""
_WORDS = ("message", "error_message", "detail", "error", "code", "status", "type")
"""Where an error that is an object says what went wrong, the most telling first."""
_MAX_DEPTH = 4
UNREADABLE = "an error that cannot be set out"


def is_error(error: Any) -> bool:
    """Whether the call failed. Null and what is empty say that it did not; so do false and 0.

    >>> [is_error(error) for error in ("Overloaded", {"code": 429}, True, None, "", {}, False)]
    [True, True, True, False, False, False, False]
    """
    return bool(error)


def error_text(error: Any) -> str:
    """What went wrong, in words: the text, else the message or the code, else compact JSON.

    "" if nothing did; else never "". Never raises.

    >>> error_text({"error": {"message": "Slow down.", "code": 429}}), error_text({"code": 429})
    ('Slow down.', '429')
    >>> error_text(["x"]), error_text(True), error_text(None)
    ('["x"]', 'true', '')
    """
    if not is_error(error):
        return ""
    return said_in(error) or _as_json(error)


def said_in(error: Any) -> str:
    """The text, message or code alone; "" if the error has to be set out as JSON."""
    return _said_in(error, 0)


def _said_in(error: Any, depth: int) -> str:
    if isinstance(error, str):
        return error
    if isinstance(error, int | float) and not isinstance(error, bool):
        return _as_json(error)
    if not isinstance(error, dict) or depth > _MAX_DEPTH:
        return ""
    said = (_said_in(error[key], depth + 1) for key in _WORDS if error.get(key))
    return next((text for text in said if text.strip()), "")


def _as_json(error: Any) -> str:
    try:
        return codec.dumps(error)[:MAX_CHARS].decode("utf-8", "replace")
    except (ValueError, RecursionError):
        return UNREADABLE
