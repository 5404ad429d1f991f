"""The sentence about lost entries in the agent's own log: one a minute, whatever happens.

In: the losses of a logger so far, by reason. Out: at most one warning a minute for that logger,
its threads and the processes it forks; it names the reasons with their counts, so that nothing is
left unsaid for longer than that. Reasons may be a server's words: they are made one harmless line.
"""

import heapq
import logging
import mmap
import time
from array import array
from collections.abc import Callable, Mapping

WARNING_PAUSE_SECONDS = 60.0
MAX_NAMED_REASONS = 5
MAX_REASON_CHARS = 200

_log = logging.getLogger("agents_sdk")


class LossWarning:
    """Warns on behalf of one logger; for any thread."""

    def __init__(self, agent_id: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._agent_id = agent_id
        self._monotonic = monotonic
        self._said_at = _shared_number(float("-inf"))

    def take_turn(self) -> bool:
        """Whether the minute since the last warning is over; then it is this caller's to give."""
        now = self._monotonic()
        if now - self._said_at[0] < WARNING_PAUSE_SECONDS:
            return False
        self._said_at[0] = now
        return True

    def say(self, dropped: Mapping[str, int]) -> None:
        """Warn, without looking at the clock."""
        say_lost(self._agent_id, dropped)


def say_lost(agent_id: str, dropped: Mapping[str, int]) -> None:
    _log.warning("LLM log entries of agent %s were lost: %s", agent_id, _sentence(dropped))


def as_reason(text: str) -> str:
    """One printable line of bounded length.

    >>> as_reason("no\\n  \\x1b[31mroom")
    'no [31mroom'
    """
    printable = "".join(c if c.isprintable() else " " for c in text[: 2 * MAX_REASON_CHARS])
    return " ".join(printable.split())[:MAX_REASON_CHARS]


def _sentence(dropped: Mapping[str, int]) -> str:
    named = heapq.nlargest(MAX_NAMED_REASONS, dropped.items(), key=lambda item: item[1])
    parts = [f"{reason} ({entries} so far)" for reason, entries in named]
    unnamed = sum(dropped.values()) - sum(entries for _, entries in named)
    return "; ".join(parts) + (f"; for other reasons ({unnamed} so far)" if unnamed else "")


def _shared_number(value: float) -> "memoryview[float] | array[float]":
    """A number that a process shares with those it forks, so that they take turns to speak."""
    number: memoryview[float] | array[float]
    try:
        number = memoryview(mmap.mmap(-1, array("d").itemsize)).cast("d")
    except OSError:
        number = array("d", [value])
    number[0] = value
    return number
