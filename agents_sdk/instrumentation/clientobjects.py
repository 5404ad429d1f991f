"""The objects that the clients of OpenAI and Anthropic return, read without their help.

Their classes are pydantic's, but pydantic is never imported here, and of whatever version it is.
"""

import operator
from typing import Any

from agents_sdk.codec import loads
from agents_sdk.normalise.shapes import Json

MAX_DEPTH = 100
"""Deeper objects are left to the codec, which knows what to do with them."""
_SCALARS = frozenset({str, int, float, bool, type(None)})
_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "apim-request-id", "x-amzn-requestid")


STREAM = "stream"
MODEL = "model"
RAW = "raw"
OTHER = "other"

NOT_READ = object()
"""In the place of a body that nobody has read yet."""

MAX_KINDS = 500
_KINDS: dict[type, str] = {}
"""What the classes of answers are; asking pydantic's for an attribute they lack is slow."""


def kind_of(result: Any) -> str:
    """Whether this is a stream of the client, a whole answer, or a response not parsed yet."""
    cls = type(result)
    kind = _KINDS.get(cls)
    if kind is None:
        kind = _kind_of(cls, result)
        if len(_KINDS) < MAX_KINDS:
            _KINDS[cls] = kind
    return kind


def _kind_of(cls: type, result: Any) -> str:
    if hasattr(cls, "model_fields"):
        return MODEL
    if hasattr(cls, "__stream__") and hasattr(result, "response"):
        return STREAM
    return RAW if hasattr(result, "http_response") else OTHER


def as_dict(value: Any) -> Any:
    """A client's object as the JSON it was made from, unknown fields included."""
    if hasattr(value, "__pydantic_fields_set__"):
        return _fields_of(value, 0)
    if value is None or isinstance(value, dict | list | str):
        return value if isinstance(value, dict) else None
    if not hasattr(value, "model_dump"):
        return body_of(value)
    return value.model_dump(exclude_unset=True)  # pydantic 1


def _fields_of(model: Any, depth: int) -> Json:
    """What was set of a pydantic object: in half the time that its own dump takes."""
    given = model.__pydantic_fields_set__
    fields: Json = {}
    for name, value in model.__dict__.items():
        if name in given:  # most values are scalars, which need no call
            fields[name] = value if type(value) in _SCALARS else _plain(value, depth)
    for name, value in (model.__pydantic_extra__ or {}).items():
        fields[name] = _plain(value, depth)
    return fields


def _plain(value: Any, depth: int) -> Any:
    if type(value) in _SCALARS or depth > MAX_DEPTH:
        return value
    if type(value) is list:
        return [_plain(item, depth + 1) for item in value]
    if type(value) is dict:
        return {name: _plain(item, depth + 1) for name, item in value.items()}
    if hasattr(value, "__pydantic_fields_set__"):
        return _fields_of(value, depth + 1)
    return value


def as_sent(value: Any, depth: int = 0) -> Any:
    """A part of a request as the JSON that is sent; the same object if it holds none of a client's.

    Blocks of an answer are handed back as they came: as objects, in lists or tuples.
    """
    kind = type(value)
    if kind in _SCALARS or depth > MAX_DEPTH:
        return value
    if kind is dict:
        return _fields_as_sent(value, depth)
    if kind is list or kind is tuple:
        sent = [item if type(item) is str else as_sent(item, depth + 1) for item in value]
        is_same = kind is list and all(map(operator.is_, sent, value))
        return value if is_same else sent
    return _fields_of(value, depth) if hasattr(kind, "__pydantic_fields_set__") else value


def _fields_as_sent(fields: Json, depth: int) -> Json:
    changes: Json = {}
    for name, value in fields.items():
        if type(value) not in _SCALARS:
            sent = as_sent(value, depth + 1)
            if sent is not value:
                changes[name] = sent
    return {**fields, **changes} if changes else fields


def request_id_of(result: Any) -> str | None:
    """The provider's name for the request, from the object or from the headers."""
    if kind_of(result) is MODEL:
        found = vars(result).get("_request_id")
        return found if isinstance(found, str) else None
    own = getattr(result, "request_id", None)
    if isinstance(own, str):
        return own
    response = getattr(result, "response", None) or getattr(result, "http_response", None)
    headers = getattr(response, "headers", None)
    if headers is None:
        return None
    named = (headers.get(name) for name in _REQUEST_ID_HEADERS)
    return next((value for value in named if isinstance(value, str)), None)


def body_of(response: Any) -> Json | None:
    """The JSON object of a body that was read already; None if it was not, or is none."""
    value = read_of(response)
    return value if isinstance(value, dict) else None


def read_of(response: Any) -> Any:
    """A body that was read already, as JSON or else in bytes; `NOT_READ` if it was not."""
    content = getattr(response, "_content", None)
    return said_in(content) if isinstance(content, bytes) else NOT_READ


def said_in(text: str | bytes) -> Any:
    """The JSON that a text is; the text itself, if it is none."""
    try:
        return loads(text)
    except ValueError:
        return text
