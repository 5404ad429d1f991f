"""The calls that began and have not ended yet: a board in the memory of the web process.

In: calls that agents announce, and word of those that are over. Out: what is still open, in the
order it began. Nothing of it is ever written: after a restart the board is empty, and the files say
what became of every call. Bounded per agent and in all, by number and by bytes; the oldest goes.
The clock is passed in.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

NO_END_AFTER_SECONDS = 600.0
"""From then on a call is shown as one whose end nobody reported: its program died, most likely."""
FORGOTTEN_AFTER_SECONDS = 3_600.0
MAX_PER_AGENT = 200
MAX_CALLS = 2_000
MAX_BYTES = 4_194_304

Key = tuple[str, str]
"""Agent id and log id: the identity of the entry that ends the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningCall:
    """A call as its agent announced it. `started_at` is in Unix seconds; texts may be empty."""

    agent_id: str
    log_id: str
    started_at: float
    model_name: str = ""
    provider: str = ""
    preview: str = ""
    role: str = ""
    session_id: str = ""
    trace_id: str = ""
    is_stream: bool = False
    is_deserted: bool = False
    """Its agent has left since."""

    @property
    def key(self) -> Key:
        return self.agent_id, self.log_id

    @property
    def text_bytes(self) -> int:
        texts = (*self.key, self.model_name, self.provider, self.preview, self.role)
        ids = (self.session_id, self.trace_id)
        return sum(len(text.encode("utf-8", "replace")) for text in (*texts, *ids))

    def is_lost(self, now: float) -> bool:
        """Whether an end is not expected any more."""
        return self.is_deserted or now - self.started_at >= NO_END_AFTER_SECONDS


class Board:
    """Written by the network, read by pages and feed; any thread may do either.

    `version` changes with every call that comes or goes.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._calls: dict[Key, RunningCall] = {}
        self._of_agent = Counter[str]()
        self._text_bytes = 0
        self.version = 0

    @property
    def is_empty(self) -> bool:
        return not self._calls

    def add(self, call: RunningCall) -> None:
        """Put a call on the board; one that is there already begins anew."""
        with self._lock:
            self._remove(call.key)
            self._calls[call.key] = call
            self._of_agent[call.agent_id] += 1
            self._text_bytes += call.text_bytes
            self._make_room(call.agent_id)
            self.version += 1

    def calls(self) -> tuple[RunningCall, ...]:
        """What is open, in the order of announcement; what began an hour ago is forgotten."""
        oldest_at = self._clock() - FORGOTTEN_AFTER_SECONDS
        with self._lock:
            calls = tuple(self._calls.values())
            kept = tuple(call for call in calls if call.started_at > oldest_at)
            for call in calls if len(kept) < len(calls) else ():
                if call.started_at <= oldest_at:
                    self._remove(call.key)
            return kept

    def end(self, keys: Iterable[Key]) -> None:
        """These calls are over; ids that are not on the board are passed over."""
        with self._lock:
            for key in keys:
                self._remove(key)

    def desert(self, agent_id: str) -> None:
        """The agent has left: what it began is not expected to end."""
        with self._lock:
            for key, call in self._calls.items():
                if call.agent_id == agent_id:
                    self._calls[key] = replace(call, is_deserted=True)
                    self.version += 1

    def _make_room(self, agent_id: str) -> None:
        if self._of_agent[agent_id] > MAX_PER_AGENT:
            self._remove(next(key for key in self._calls if key[0] == agent_id))
        while len(self._calls) > MAX_CALLS or self._text_bytes > MAX_BYTES:
            self._remove(next(iter(self._calls)))

    def _remove(self, key: Key) -> None:
        call = self._calls.pop(key, None)
        if call is not None:
            self._text_bytes -= call.text_bytes
            self._of_agent[call.agent_id] -= 1
            if not self._of_agent[call.agent_id]:
                del self._of_agent[call.agent_id]
            self.version += 1


BOARD = Board(time.time)
"""The one of this process."""
