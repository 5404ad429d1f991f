"""What an agent remembers of its conversations: the newest events of each thread, bounded."""

from collections import OrderedDict

from agents_sdk.event import Event
from agents_sdk.orchestrator.situation import EventContext, EventThread

MAX_THREADS = 200
MAX_THREAD_EVENTS = 50
MAX_KNOWN_IDS = 10_000
"""An event that comes twice within so many is the same event."""


class Memory:
    """Events by thread: the one they name, else the conversation with their other side."""

    def __init__(self) -> None:
        self._threads: OrderedDict[str, EventThread] = OrderedDict()
        self._known_ids: OrderedDict[str, None] = OrderedDict()

    def add(self, event: Event) -> bool:
        """Remember an event; False if it was known."""
        if event.event_id in self._known_ids:
            return False
        self._known_ids[event.event_id] = None
        if len(self._known_ids) > MAX_KNOWN_IDS:
            self._known_ids.popitem(last=False)
        if not event.event_name.startswith("system."):
            self._add_to_thread(event)
        return True

    def context_of(self, event: Event) -> EventContext:
        """The event with everything remembered up to now (a copy)."""
        threads = {name: EventThread(list(thread.events)) for name, thread in self._threads.items()}
        return EventContext(event, threads, thread_of(event))

    def _add_to_thread(self, event: Event) -> None:
        name = thread_of(event)
        thread = self._threads.setdefault(name, EventThread())
        thread.add_event(event)
        del thread.events[:-MAX_THREAD_EVENTS]
        self._threads.move_to_end(name)
        if len(self._threads) > MAX_THREADS:
            self._threads.popitem(last=False)


def thread_of(event: Event) -> str:
    """The thread an event belongs to.

    >>> thread_of(Event("agent.message", {"channel": "general"}))
    'channel:general'
    """
    channel = event.payload.get("channel")
    if event.thread_name:
        return event.thread_name
    if isinstance(channel, str) and channel:
        return f"channel:{channel}"
    sides = sorted(side.removeprefix("agent:") for side in (event.source_id, event.target_agent_id))
    return f"direct:{sides[0]}:{sides[1]}"
