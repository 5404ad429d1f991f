"""Losses that a logger took with it: kept until the end of the program says them.

A logger may go at any moment and in any thread, in the middle of a collection of garbage too, so
that nothing may be logged there and no lock be waited for. Its counts are put down here, in a
bounded place: those of loggers of one agent are added up.
"""

import threading
from collections import Counter, deque
from collections.abc import Mapping

MAX_AGENTS = 100
OTHER_AGENTS = "(others)"
"""Further agents are counted together under this name."""
MAX_REASONS = 50
OTHER_REASONS = "other reasons"
"""Reasons may come from a server; beyond that many different ones they are counted together."""


class Unsaid:
    """Counts of lost entries by agent and reason; for any thread, a finalizer included."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew, as a child does after a fork: the counts are its parent's to say."""
        self._adding = threading.Lock()
        self._left: deque[tuple[str, Mapping[str, int]]] = deque()
        self._by_agent: dict[str, Counter[str]] = {}

    def leave(self, agent_id: str, dropped: Mapping[str, int]) -> None:
        """Keep the counts of a logger that goes."""
        self._left.append((agent_id, dropped))
        self._add_up()

    def by_agent(self) -> dict[str, Counter[str]]:
        self._add_up()
        return dict(self._by_agent)

    def _add_up(self) -> None:
        """If this thread or another one is at it already, that one goes on with what came."""
        while self._left and self._adding.acquire(blocking=False):
            try:
                if self._left:
                    self._add(*self._left.popleft())
            finally:
                self._adding.release()

    def _add(self, agent_id: str, dropped: Mapping[str, int]) -> None:
        if agent_id not in self._by_agent and len(self._by_agent) >= MAX_AGENTS:
            agent_id = OTHER_AGENTS
        counts = self._by_agent.setdefault(agent_id, Counter())
        for reason, entries in dropped.items():
            count_reason(counts, reason, entries)


def count_reason(counts: Counter[str], reason: str, entries: int) -> None:
    """Count lost entries, under `OTHER_REASONS` if there are many reasons already."""
    if reason not in counts and len(counts) >= MAX_REASONS:
        reason = OTHER_REASONS
    counts[reason] += entries
