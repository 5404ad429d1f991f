"""Events: what agents send each other and the server, and how the server answered."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SYSTEM_AGENT_ID = "system:system"
"""The server itself as the receiver of an event."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event; what is not given is filled in when it is sent.

    `destination_id` is another word for `target_agent_id`; give either, read either.
    """

    event_name: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    source_id: str = ""
    target_agent_id: str = SYSTEM_AGENT_ID
    event_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    timestamp: float = field(default_factory=time.time)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    visibility: str = "network"
    destination_id: str = ""
    text_representation: str | None = None
    """What a reader should see of the event."""
    thread_name: str | None = None
    response_to: str | None = None
    """The `event_id` that this one answers."""

    def __post_init__(self) -> None:
        if self.destination_id and self.target_agent_id == SYSTEM_AGENT_ID:
            object.__setattr__(self, "target_agent_id", self.destination_id)
        object.__setattr__(self, "destination_id", self.target_agent_id)


@dataclass(frozen=True, slots=True)
class EventAnswer:
    """Whether the server took an event; `message` and `data` are its own words."""

    success: bool
    message: str = ""
    data: Any = None


def event_body(event: Event | Mapping[str, Any], source_id: str, secret: str) -> dict[str, Any]:
    """The body of a request that sends an event, in the names of the wire."""
    given = dict(event) if isinstance(event, Mapping) else _fields(event)
    destination_id = given.pop("destination_id", None)
    given["target_agent_id"] = given.get("target_agent_id") or destination_id or SYSTEM_AGENT_ID
    return {
        "visibility": "network",
        "metadata": {},
        "payload": {},
        **given,
        "event_id": given.get("event_id") or str(uuid.uuid4()),
        "source_id": given.get("source_id") or source_id,
        "secret": secret,
    }


def event_of(message: Mapping[str, Any]) -> Event:
    """An event that came by a poll; a field of an unexpected type gets its default."""
    payload, metadata = message.get("payload"), message.get("metadata")
    timestamp = message.get("timestamp")
    return Event(
        event_name=str(message.get("event_name") or ""),
        payload=payload if isinstance(payload, Mapping) else {},
        source_id=str(message.get("source_id") or ""),
        target_agent_id=str(message.get("target_agent_id") or message.get("destination_id") or ""),
        event_id=str(message.get("event_id") or uuid.uuid4()),
        timestamp=timestamp if isinstance(timestamp, int | float) else time.time(),
        metadata=metadata if isinstance(metadata, Mapping) else {},
        text_representation=_text(message.get("text_representation")),
        thread_name=_text(message.get("thread_name")),
        response_to=_text(message.get("response_to")),
    )


def _fields(event: Event) -> dict[str, Any]:
    fields = {name: getattr(event, name) for name in Event.__slots__}
    return {name: value for name, value in fields.items() if value is not None}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
