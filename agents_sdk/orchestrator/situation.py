"""What an agent reacts to: an event, and what was said around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agents_sdk.codec import encode_line
from agents_sdk.event import Event, event_of


@dataclass(slots=True)
class EventThread:
    """Events that belong together, oldest first."""

    events: list[Event] = field(default_factory=list)

    def add_event(self, event: Event) -> None:
        """Add an event, unless it is there already."""
        if all(known.event_id != event.event_id for known in self.events):
            self.events.append(event)


@dataclass(frozen=True, slots=True)
class EventContext:
    """An incoming event with the threads known so far."""

    incoming_event: Event
    event_threads: Mapping[str, EventThread] = field(default_factory=dict)
    incoming_thread_id: str = ""

    @property
    def text(self) -> str:
        """What the event says to a reader."""
        return text_of(self.incoming_event)

    @property
    def message_id(self) -> str:
        return self.incoming_event.event_id

    @property
    def source_id(self) -> str:
        return self.incoming_event.source_id

    @property
    def timestamp(self) -> float:
        return self.incoming_event.timestamp

    @property
    def payload(self) -> Mapping[str, Any]:
        return self.incoming_event.payload

    @property
    def raw_message(self) -> Event:
        return self.incoming_event


def as_context(given: Any) -> Any:
    """A context from an event, a mapping or a text; a context of any make stays itself."""
    if hasattr(given, "incoming_event"):
        return given
    if isinstance(given, str):
        given = Event("agent.message", {"text": given})
    elif isinstance(given, Mapping):
        given = event_of(given)
    return EventContext(given, {}, str(getattr(given, "thread_name", "") or ""))


def text_of(event: Any) -> str:
    """The text of an event: its own representation, else the usual places, else its payload."""
    own = getattr(event, "text_representation", None)
    if isinstance(own, str) and own:
        return own
    payload = getattr(event, "payload", None)
    if not isinstance(payload, Mapping):
        return "" if payload is None else str(payload)
    content = payload.get("content")
    nested = content.get("text") if isinstance(content, Mapping) else content
    for text in (payload.get("text"), nested, payload.get("message")):
        if isinstance(text, str) and text:
            return text
    return encode_line(dict(payload)).decode().rstrip("\n") if payload else ""
