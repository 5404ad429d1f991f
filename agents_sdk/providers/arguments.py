"""The arguments of a tool call: a JSON text in entries, an object for those who run it."""

from typing import Any

from agents_sdk.codec import LineError, loads
from agents_sdk.normalise.shapes import Json


def parsed(arguments: Any) -> Json:
    """The arguments as an object. Raises ValueError with a sentence for the model.

    >>> parsed('{"city": "Köln"}'), parsed(""), parsed("null")
    ({'city': 'Köln'}, {}, {})
    """
    if isinstance(arguments, dict):
        return arguments
    if not arguments or not str(arguments).strip():
        return {}
    try:
        value = loads(str(arguments))
    except LineError:
        raise ValueError(f"the arguments are not JSON: {str(arguments)[:200]}") from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"the arguments must be a JSON object, not {type(value).__name__}")
    return value


def as_object(arguments: Any) -> Json:
    """`parsed` for a provider that must be told what it said, however broken that was."""
    try:
        return parsed(arguments)
    except ValueError:
        return {"unreadable_arguments": str(arguments)}
