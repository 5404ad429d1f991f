"""What the page's feed tells of running calls: for each filter the whole set, at every change.

In: the board, an index to ask which calls are over. Out: a `RunningSet` for a filter; each row is
rendered once for all readers. The index is asked again only when something arrived in it or on the
board. Used by one thread at a time.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.template.loader import render_to_string

from llmlogs.queries.feed import FeedPosition
from llmlogs.queries.filters import LogFilter
from llmlogs.queries.running import selected, still_running
from llmlogs.running import Board, RunningCall
from llmlogs.runningrows import running_row, shown

LOOK_EVERY_SECONDS = 10.0
"""Even without news: calls are forgotten, and an index may have been replaced."""
MAX_RENDERED = 500


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A running call, rendered. `key` is the id of its element."""

    key: str
    is_lost: bool
    html: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class RunningSet:
    """All rows that a list with this filter shows of running calls, in their order; `told` says how
    many there are in all. `now` is the server's time, from which a reader counts on."""

    rows: tuple[OpenRow, ...]
    told: str
    now: float = field(compare=False)

    def news(self, known: "RunningSet | None") -> "RunningNews":
        """What somebody has to be told who was told `known` before."""
        before = frozenset(known.rows) if known is not None else frozenset()
        fresh = tuple(row for row in self.rows if row not in before)
        return RunningNews(tuple(row.key for row in self.rows), fresh, self.told, self.now)


@dataclass(frozen=True, slots=True)
class RunningNews:
    """The keys of all rows that are to be seen, in their order, and those rows that are new."""

    keys: tuple[str, ...]
    fresh: tuple[OpenRow, ...]
    told: str
    now: float


class RunningCalls:
    """The running calls of this process, as the feed's poller sees them."""

    def __init__(self, board: Board, clock: Callable[[], float] = time.time) -> None:
        self._board = board
        self._clock = clock
        self._looked_at: object = None
        self._calls: tuple[RunningCall, ...] = ()
        self._rendered: dict[tuple[RunningCall, bool], OpenRow] = {}

    def refresh(self, tip: Callable[[], FeedPosition]) -> None:
        """Find out what is over, if there may be news since the last time; `tip` tells where the
        index ends. Costs nothing while nothing runs."""
        if not self._calls and self._board.is_empty:
            return
        state = (self._board.version, tip(), self._clock() // LOOK_EVERY_SECONDS)
        if state != self._looked_at:
            self._calls = still_running(self._board)
            self._looked_at = state

    def of(self, log_filter: LogFilter) -> RunningSet:
        now = self._clock()
        found = shown(selected(self._calls, log_filter), now)
        rows = tuple(self._rendered_row(call, now) for call in found.calls)
        return RunningSet(rows, found.told, now)

    def _rendered_row(self, call: RunningCall, now: float) -> OpenRow:
        identity = (call, call.is_lost(now))
        if identity not in self._rendered:
            if len(self._rendered) >= MAX_RENDERED:
                self._rendered.clear()
            row = running_row(call, now)
            html = " ".join(render_to_string("llmlogs/_running.html", {"row": row}).split())
            self._rendered[identity] = OpenRow(row.key, row.is_lost, html)
        return self._rendered[identity]
