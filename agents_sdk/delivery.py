"""What became of the entries: counted, never only logged.

Each process counts for itself, under an id of its own (`instance`): a child after a fork begins at
zero, so that the counts of all processes of an agent may be added.
"""

import atexit
import logging
import os
import threading
import time
import uuid
import weakref
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from agents_sdk.errors import AgentsSDKError
from agents_sdk.errorwords import words_of
from agents_sdk.losses import LossWarning, as_reason, say_lost
from agents_sdk.unsaid import Unsaid, count_reason


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What went through the hands of this process so far.

    `written` it put on the disk of this machine, `delivered` the server acknowledged to it, whoever
    of the agent's processes wrote them (for a logger that writes the workspace itself: all written
    ones), `waiting` lie in the spool, those of other processes included, and `dropped` says how
    many were lost, and why.
    """

    written: int
    delivered: int
    waiting: int
    dropped: Mapping[str, int]


_UNSAID = Unsaid()


class Deliveries:
    """Counts from any thread, a finalizer in mid-count included."""

    has_unsaid = False
    """Whether entries were lost that no warning counts yet."""

    def __init__(
        self,
        agent_id: str,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.agent_id = agent_id
        self._clock = clock
        self._warning = LossWarning(agent_id, monotonic)
        self.forget()
        _ALL.add(self)

    def forget(self) -> None:
        """Begin at zero, as a child does after a fork (the lock may be held for ever there)."""
        self._lock = threading.RLock()
        self._written = 0
        self._delivered = 0
        self._dropped = Counter[str]()
        self.has_unsaid = False
        self.instance = uuid.uuid4().hex[:16]
        self.started_at = self._clock()
        self.lost_at: float | None = None
        """When an entry was lost last (Unix seconds); None if none was."""
        self.changes = 0
        """Grows with every count, so that a look tells whether there is news."""

    def count_written(self, *, is_delivered: bool = False) -> None:
        """Count an entry that is on the disk, and whether it is where it belongs with that."""
        with self._lock:
            self._written += 1
            self._delivered += is_delivered
            self.changes += 1

    def count_delivered(self, entries: int = 1) -> None:
        with self._lock:
            self._delivered += entries
            self.changes += 1

    def drop(self, reason: str, entries: int = 1) -> None:
        """Count lost entries and warn, if that was not done within the last minute."""
        reason = as_reason(reason)
        with self._lock:
            count_reason(self._dropped, reason, entries)
            self.changes += 1
            self.lost_at = self._clock()
            self.has_unsaid = True
        self.warn()

    def warn(self, *, is_last: bool = False) -> None:
        """Name the losses nobody was told of yet, once the minute since the last time is over."""
        if self.has_unsaid and (is_last or self._warning.take_turn()):
            self.has_unsaid = False  # first: what is lost from here on will be unsaid again
            self._warning.say(self.report().dropped)

    def __del__(self, unsaid: Unsaid = _UNSAID) -> None:
        """A logger that is dropped or replaced leaves its losses to the end of the program."""
        if self.has_unsaid:
            unsaid.leave(self.agent_id, dict(self._dropped))

    def report(self, waiting: int = 0) -> DeliveryReport:
        with self._lock:
            return DeliveryReport(
                written=self._written,
                delivered=self._delivered,
                waiting=waiting,
                dropped=MappingProxyType(dict(self._dropped)),
            )


def reason_of(error: Exception) -> str:
    """A short stable reason for an error: what the system says, else the kind of error."""
    if isinstance(error, AgentsSDKError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"{type(error).__name__}: {words_of(error)}"


_ALL: weakref.WeakSet[Deliveries] = weakref.WeakSet()


def _forget_counts_of_the_parent() -> None:
    for deliveries in list(_ALL):
        deliveries.forget()
    _UNSAID.forget()


def _say_what_is_unsaid() -> None:
    was_raising = logging.raiseExceptions
    logging.raiseExceptions = False  # the host's log may be closed by now: no traceback then
    for deliveries in [one for one in list(_ALL) if one.has_unsaid]:
        deliveries.warn(is_last=True)
    for agent_id, dropped in _UNSAID.by_agent().items():
        say_lost(agent_id, dropped)
    logging.raiseExceptions = was_raising


os.register_at_fork(after_in_child=_forget_counts_of_the_parent)
atexit.register(_say_what_is_unsaid)
