"""What an event is: a decoded body in, an `Event` out, or `MalformedRequest` with a sentence.

Pure. Clients send many more fields and all kinds of values in them; only what the network itself
relies on is checked, the rest is passed on as it came or left behind.
"""

import uuid
from dataclasses import dataclass
from typing import Any

MAX_SHOWN_CHARS = 80
"""Longest piece of a caller's text that is repeated in a sentence."""

SYSTEM_TARGETS = frozenset({"", "system", "system:system", "mod"})
BROADCAST_TARGETS = frozenset({"agent:broadcast", "broadcast", "all"})
_OTHER_ROLES = ("mod:", "channel:", "group:", "system:", "unknown:")
_VISIBILITIES = frozenset({"public", "network", "channel", "direct", "restricted", "mod_only"})


class MalformedRequest(ValueError):
    """The request cannot be read as what it should be; the text says what was expected."""

    status = 400


@dataclass(frozen=True, slots=True)
class Event:
    """One event, as far as the network relies on it."""

    event_id: str
    event_name: str
    source_id: str
    target_id: str
    payload: dict[str, Any]
    metadata: dict[str, Any]
    visibility: str
    secret: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a well-formed request gets. `data` is a JSON object or None."""

    success: bool
    message: str
    data: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """The body of the answer; clients read the reason from `message` or `error_message`."""
        body: dict[str, Any] = {"success": self.success, "message": self.message, "data": self.data}
        return body if self.success else {**body, "error_message": self.message}


def refused(message: str, data: dict[str, Any] | None = None) -> Answer:
    return Answer(False, message, data)


def parse_event(body: dict[str, Any]) -> Event:
    """Read the body of POST /api/send_event."""
    return Event(
        event_id=_optional_text(body, "event_id") or str(uuid.uuid4()),
        event_name=required_text(body, "event_name"),
        source_id=required_text(body, "source_id"),
        target_id=_optional_text(body, "target_agent_id") or _optional_text(body, "destination_id"),
        payload=_object(body, "payload"),
        metadata=_metadata(body),
        visibility=_visibility(body),
        secret=_optional_text(body, "secret"),
    )


def required_text(body: dict[str, Any], field: str) -> str:
    """A field that must be a string of at least one character."""
    value = body.get(field)
    if isinstance(value, str) and value:
        return value
    raise MalformedRequest(f"'{field}' is {shown(value)}; expected a non-empty string.")


def agent_of(source_or_target: str) -> str | None:
    """The agent id in an address such as `bot` or `agent:bot`; None if it names something else.

    An unknown role is part of the id, as the clients have it.
    """
    if source_or_target.startswith("agent:"):
        return source_or_target.removeprefix("agent:")
    if source_or_target in SYSTEM_TARGETS or source_or_target.startswith(_OTHER_ROLES):
        return None
    return source_or_target


def as_mail(event: Event, now: float) -> dict[str, Any]:
    """The event as its receiver gets it from a poll; the secret of the sender stays here."""
    return {
        "event_id": event.event_id,
        "event_name": event.event_name,
        "source_id": event.source_id,
        "destination_id": event.target_id,
        "payload": event.payload,
        "metadata": event.metadata,
        "visibility": event.visibility,
        "timestamp": int(now),
    }


def shown(value: object) -> str:
    """A value for a sentence: short, printable, and of no danger to a terminal or page."""
    if value is None:
        return "missing or null"
    if isinstance(value, str):
        cut = value if len(value) <= MAX_SHOWN_CHARS else value[:MAX_SHOWN_CHARS] + "…"
        return f"'{cut}'" if cut.isprintable() else ascii(cut)
    kinds = {bool: "a boolean", dict: "a JSON object", list: "a JSON array"}
    return kinds.get(type(value), "a number")


def _object(body: dict[str, Any], field: str) -> dict[str, Any]:
    value = body.get(field)
    if isinstance(value, dict):
        return value
    raise MalformedRequest(f"'{field}' is {shown(value)}; expected a JSON object.")


def _optional_text(body: dict[str, Any], field: str) -> str:
    value = body.get(field)
    return value if isinstance(value, str) else ""


def _metadata(body: dict[str, Any]) -> dict[str, Any]:
    value = body.get("metadata")
    return value if isinstance(value, dict) else {}


def _visibility(body: dict[str, Any]) -> str:
    """A receiver drops an event whose visibility it does not know."""
    value = _optional_text(body, "visibility")
    return value if value in _VISIBILITIES else "network"
