"""Running calls as lines of the list: everything `_running.html` shows, from page and feed alike.

In: running calls under a filter. Out: those that fit into a list, and each as a row. A row has the
key of the call's later row, so that the page can complete it in its place.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from llmlogs import display, excerpts, rows
from llmlogs.excerpts import Excerpt
from llmlogs.running import RunningCall

MAX_ROWS = 20
MAX_LOST_ROWS = 5
"""Of those, whose end nobody reported: a program that died must not push the living out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningRow:
    """One call; `is_lost` if no end is expected any more. `started_at` is in Unix seconds."""

    key: str
    url: str
    """Of its page, which says that it runs until it has ended."""
    is_lost: bool
    started_at: float
    clock: str
    ago: str
    exact: str
    iso: str
    latency_share: int
    """Of the bar, as far as the call has come."""
    agent: str
    model: str
    provider: str
    said: Excerpt


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of the running calls of a filter, the living first, each kind newest first.

    >>> Shown((), running=3, lost=1).told
    '3 running, 1 no end'
    """

    calls: tuple[RunningCall, ...]
    running: int
    lost: int

    @property
    def told(self) -> str:
        """How many there are, in words; nothing if there are none."""
        running = f"{self.running} running" if self.running else ""
        lost = f"{self.lost} no end" if self.lost else ""
        return ", ".join(filter(None, (running, lost)))


def shown(calls: Sequence[RunningCall], now: float) -> Shown:
    """Of more calls than fit, those of each agent that have run longest: they stay until they end.

    Agents take turns, so that the many calls of one, which may have died, hide nobody else's.
    """
    by_start = sorted(calls, key=_start)
    alive = [call for call in by_start if not call.is_lost(now)]
    lost = [call for call in by_start if call.is_lost(now)]
    fitting = sorted(_in_turns(alive)[:MAX_ROWS], key=_start, reverse=True)
    return Shown((*fitting, *reversed(lost[-MAX_LOST_ROWS:])), len(alive), len(lost))


def _start(call: RunningCall) -> tuple[float, tuple[str, str]]:
    return call.started_at, call.key


def _in_turns(calls: Sequence[RunningCall]) -> list[RunningCall]:
    """The first call of every agent, then the second of every agent, and so on."""
    taken = Counter[str]()
    turns = []
    for call in calls:
        turns.append((taken[call.agent_id], call))
        taken[call.agent_id] += 1
    return [call for _, call in sorted(turns, key=lambda turn: turn[0])]


def running_row(call: RunningCall, now: float) -> RunningRow:
    return RunningRow(
        key=rows.row_key(*call.key),
        url=display.call_url(*call.key),
        is_lost=call.is_lost(now),
        started_at=call.started_at,
        clock=display.clock_time(call.started_at),
        ago=rows.ago(call.started_at, now),
        exact=rows.exact(call.started_at),
        iso=display.iso_time(call.started_at),
        latency_share=rows.latency_share((now - call.started_at) * 1000),
        agent=display.name(call.agent_id),
        model=display.name(call.model_name),
        provider=display.name(call.provider),
        said=excerpts.excerpt(excerpts.one_line(call.role) or "prompt", call.preview, ""),
    )
