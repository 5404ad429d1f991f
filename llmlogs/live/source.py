"""What the feed asks the index: rows after a position, rendered. Synchronous, runs in a thread.

A whole reading goes over one connection, and so over one generation of the index.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from llmlogs.live.faces import Face, FeedRow, Setting
from llmlogs.live.runningcalls import RunningCalls, RunningSet
from llmlogs.queries.entries import EntrySummary, list_entries
from llmlogs.queries.feed import FeedPosition, entries_after, last_sequence
from llmlogs.queries.filters import LogFilter
from llmlogs.running import BOARD, Board

ROWS_PER_READING = 200
"""Of one filter; the rest waits for the next reading, so that no filter holds up the others."""
LATE_AFTER_SECONDS = 1.0
"""Agents write side by side: within a second their order means nothing."""


@dataclass(frozen=True, slots=True)
class Want:
    """Rows of a filter after a position; `newest` is the time of the youngest row shown so far."""

    log_filter: LogFilter
    face: Face
    position: FeedPosition
    newest: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a `Want`; `is_reset` if its position is of another index."""

    rows: tuple[FeedRow, ...]
    position: FeedPosition
    newest: float | None
    is_reset: bool = False
    has_more: bool = False
    running: RunningSet | None = None
    """None where the face does not show running calls."""


class IndexSource:
    """Reads the index through `llmlogs.queries`. The clock gives Unix seconds."""

    def __init__(self, clock: Callable[[], float] = time.time, board: Board = BOARD) -> None:
        self._clock = clock
        self._running = RunningCalls(board, clock)

    def read(self, wants: Sequence[Want]) -> list[Found]:
        # First what is over, then the rows: so that nobody is told that a call has ended before
        # its row is there to be told as well.
        if any(want.face.shows_running for want in wants):
            self._running.refresh(last_sequence)
        tip = last_sequence()
        return [self._with_running(want, self._found(want, tip)) for want in wants]

    def start(self, log_filter: LogFilter) -> Found:
        """Where a feed of this filter begins: no rows, the newest position."""
        tip = last_sequence()
        newest = list_entries(log_filter, limit=1).entries
        return Found((), tip, min(newest[0].timestamp, self._clock()) if newest else None)

    def _with_running(self, want: Want, found: Found) -> Found:
        if not want.face.shows_running:
            return found
        return replace(found, running=self._running.of(want.log_filter))

    def _found(self, want: Want, tip: FeedPosition) -> Found:
        is_known = want.position.generation == tip.generation
        if not is_known or want.position.sequence > tip.sequence:
            return Found((), tip, None, is_reset=True)
        if want.position == tip:
            return Found((), tip, want.newest)
        summaries = entries_after(want.log_filter, want.position, ROWS_PER_READING)
        rows, newest = rendered(summaries, want, tip.generation, now=self._clock())
        has_more = len(rows) == ROWS_PER_READING
        last = rows[-1].sequence if rows else 0
        # A row may have been committed after the tip was asked for.
        reached = last if has_more else max(last, tip.sequence)
        return Found(rows, FeedPosition(tip.generation, reached), newest, has_more=has_more)


def rendered(
    summaries: Sequence[EntrySummary], want: Want, generation: int, *, now: float
) -> tuple[tuple[FeedRow, ...], float | None]:
    """The rows, and the time of the youngest row shown after them.

    A row from the future counts as one of now: else a single agent whose clock is ahead would make
    everybody else late.
    """
    newest, search = want.newest, want.log_filter.search
    told = want.face.news([summary.sequence for summary in summaries], search)
    rows = []
    for summary in summaries:
        is_late = newest is not None and summary.timestamp < newest - LATE_AFTER_SECONDS
        setting = Setting(generation, search, told.get(summary.sequence), is_late)
        payload = want.face.render(summary, setting)
        rows.append(FeedRow(summary.sequence, summary.timestamp, payload))
        shown_at = min(summary.timestamp, now)
        newest = shown_at if newest is None else max(newest, shown_at)
    return tuple(rows), newest
