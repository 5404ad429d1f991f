"""Events that wait for their agent.

In: an event and the agents it is for. Out: what waits for one agent, each event once, oldest first.
Bounded per event, per agent and in all: what does not fit is refused with a sentence, and what was
accepted is kept until the agent polls, or for seven days.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum

from agents_sdk import codec
from llmlogs.models import MailboxItem

logger = logging.getLogger(__name__)

MAX_EVENT_BYTES = 1_048_576
MAX_AGENT_ITEMS = 1_000
MAX_AGENT_BYTES = 16_777_216
MAX_ALL_ITEMS = 20_000
MAX_ALL_BYTES = 268_435_456
MAX_POLL_ITEMS = 100
MAX_POLL_BYTES = 4_194_304
"""A poll answers with that much; the rest waits for the next one, a second later."""
MAX_AGE_SECONDS = 7 * 86_400
EXPIRY_EVERY_SECONDS = 3_600
MAX_KNOWN_EMPTY = 10_000
"""Opening the database is half of what a poll costs, and agents poll every second."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How many mailboxes an event went into, or why into none."""

    recipients: int
    refusal: str | None


class Mailbox:
    """Mail in the database; `clock` and `writing` as in the registry.

    Remembers which mailboxes are empty: only this process puts mail into them.
    """

    def __init__(self, clock: Callable[[], float], writing: threading.Lock) -> None:
        self._clock = clock
        self._writing = writing
        self._next_expiry_at = 0.0
        self._known_empty: set[str] = set()

    def put(self, event: bytes, recipients: Sequence[str]) -> Delivery:
        """Keep an encoded event for each recipient whose mailbox has room."""
        if len(event) > MAX_EVENT_BYTES:
            return Delivery(0, _too_large(len(event)))
        with self._writing:
            now = self._clock()
            self._expire(now)
            refusal = _lack_of_room(len(event) * len(recipients), len(recipients))
            if refusal is not None:
                return Delivery(0, refusal)
            open_boxes = _with_room(recipients, len(event))
            self._known_empty.difference_update(open_boxes)
            MailboxItem.objects.bulk_create(
                MailboxItem(
                    agent_id=agent_id,
                    event_bytes=len(event),
                    event=event.decode(),
                    received_at=now,
                )
                for agent_id in open_boxes
            )
        if recipients and not open_boxes:
            return Delivery(0, _box_is_full(recipients))
        return Delivery(len(open_boxes), None)

    def take(self, agent_id: str) -> list[Any]:
        """Hand out what waits and forget it; a mailbox that stays empty costs one read in all."""
        if agent_id in self._known_empty:
            return []
        with self._writing:
            waiting = MailboxItem.objects.filter(agent_id=agent_id).order_by("id")
            if not waiting.exists():
                self._remember_empty(agent_id)
                return []
            taken: list[int] = []
            events: list[Any] = []
            taken_bytes = 0
            for item in waiting[:MAX_POLL_ITEMS].iterator():
                taken_bytes += item.event_bytes
                if events and taken_bytes > MAX_POLL_BYTES:
                    break
                taken.append(item.id)
                events += _read(item)
            MailboxItem.objects.filter(id__in=taken).delete()
            return events

    def _remember_empty(self, agent_id: str) -> None:
        if len(self._known_empty) >= MAX_KNOWN_EMPTY:
            self._known_empty.clear()
        self._known_empty.add(agent_id)

    def _expire(self, now: float) -> None:
        if now >= self._next_expiry_at:
            self._next_expiry_at = now + EXPIRY_EVERY_SECONDS
            MailboxItem.objects.filter(received_at__lt=now - MAX_AGE_SECONDS).delete()


def _read(item: MailboxItem) -> list[Any]:
    """The event, as an item of what is handed out; none if it cannot be read, now or ever."""
    try:
        return [codec.loads(item.event, codec.WRITTEN_DEPTH)]
    except codec.LineError as error:
        logger.error("Mail of agent %r is dropped, it is %s.", item.agent_id, error)
        return []


def _lack_of_room(more_bytes: int, more_items: int) -> str | None:
    held = MailboxItem.objects.aggregate(items=Count("id"), total=Sum("event_bytes"))
    has_room = (held["total"] or 0) + more_bytes <= MAX_ALL_BYTES
    if has_room and held["items"] + more_items <= MAX_ALL_ITEMS:
        return None
    return (
        f"All mailboxes together are full: {held['items']} events wait to be polled; expected "
        f"up to {MAX_ALL_ITEMS} events and {MAX_ALL_BYTES} bytes. Poll, and send it again."
    )


def _with_room(recipients: Sequence[str], event_bytes: int) -> list[str]:
    boxes = (
        MailboxItem.objects.filter(agent_id__in=recipients)
        .values("agent_id")
        .annotate(items=Count("id"), total=Sum("event_bytes"))
    )
    full = {
        box["agent_id"]
        for box in boxes
        if box["items"] >= MAX_AGENT_ITEMS or box["total"] + event_bytes > MAX_AGENT_BYTES
    }
    return [agent_id for agent_id in recipients if agent_id not in full]


def _too_large(event_bytes: int) -> str:
    return (
        f"The event has {event_bytes} bytes; expected up to {MAX_EVENT_BYTES} for an event that "
        "waits for another agent."
    )


def _box_is_full(recipients: Sequence[str]) -> str:
    return (
        f"The mailbox of agent '{recipients[0]}' is full; expected up to {MAX_AGENT_ITEMS} events "
        f"and {MAX_AGENT_BYTES} bytes. It has to poll before more can wait for it."
    )
