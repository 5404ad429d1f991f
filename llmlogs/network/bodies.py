"""The bytes of a request become a JSON object, or a refusal with a status and a sentence.

Read from the stream and bounded here: Django's own limit on bodies is meant for forms and is lower
than one event may be.
"""

from typing import Any

from django.http import HttpRequest

from agents_sdk import codec
from llmlogs.network.events import MalformedRequest, shown

JSON_TYPE = "application/json"
MAX_BODY_DEPTH = codec.MAX_DEPTH + 32
"""An entry of the full depth inside its event, and room to refuse one that is somewhat deeper by
itself, without its neighbours. Less than an answer may have, so what came in can go out."""


class UnexpectedType(MalformedRequest):
    status = 415


class BodyTooLarge(MalformedRequest):
    status = 413


def read_object(request: HttpRequest, max_bytes: int) -> dict[str, Any]:
    """The JSON object in the body."""
    if request.content_type != JSON_TYPE:
        raise UnexpectedType(
            f"Content-Type is {shown(request.content_type or None)}; expected '{JSON_TYPE}'."
        )
    return parse_object(_read(request, max_bytes))


def parse_object(data: bytes) -> dict[str, Any]:
    try:
        value = codec.loads(data, MAX_BODY_DEPTH)
    except codec.LineError as error:
        raise MalformedRequest(
            f"The body of {len(data)} bytes is {error.reason}; expected one JSON object in UTF-8."
        ) from None
    if not isinstance(value, dict):
        raise MalformedRequest(f"The body is {_kind(value)}; expected one JSON object.")
    return value


def _read(request: HttpRequest, max_bytes: int) -> bytes:
    data: bytes = request.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise BodyTooLarge(
            f"The body is larger than {max_bytes} bytes; expected up to that many. Send fewer "
            "entries at once, or raise STUDIO_MAX_EVENT_BYTES."
        )
    return data


def _kind(value: object) -> str:
    return "JSON null" if value is None else shown(value)
