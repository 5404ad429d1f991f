"""One open reader of the feed and what waits for it.

The broadcaster offers rows, the reader takes everything that waits as one delivery. What waits is
bounded in rows and bytes: a reader that does not keep up loses the lot and is told how many rows
that were. Used from one event loop only, so there is nothing to lock.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from llmlogs.live.faces import FeedRow
from llmlogs.live.runningcalls import RunningNews, RunningSet
from llmlogs.queries.feed import FeedPosition

MAX_WAITING_ROWS = 1_000
MAX_WAITING_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """What happened since the last one, in this order: reset, gap, rows, running calls; then stands
    `position`."""

    position: FeedPosition
    rows: tuple[FeedRow, ...] = ()
    is_reset: bool = False
    missed: int | None = 0
    """Rows left out before these; None: some, but nobody counted them."""
    running: RunningNews | None = None
    """What changed among the calls that have not ended; the first news is of all of them."""

    @property
    def is_empty(self) -> bool:
        is_silent = self.running is None and not self.is_reset and self.missed == 0
        return is_silent and not self.rows


class Subscription:
    """What waits for one reader. Rows up to `position` were seen by it already."""

    def __init__(self, position: FeedPosition) -> None:
        self.position = position
        self.is_closed = False
        self._replay: Delivery | None = None
        self._rows: list[FeedRow] = []
        self._waiting_bytes = 0
        self._missed: int | None = 0
        self._is_reset = False
        self._running: RunningSet | None = None
        self._told: RunningSet | None = None
        self._ready = asyncio.Event()

    def begin_with(self, replay: Delivery) -> None:
        """Deliver this first, whatever was offered in the meantime."""
        self._replay = replay
        self._ready.set()

    def offer(self, rows: Sequence[FeedRow], position: FeedPosition) -> None:
        """Add rows in the order of their arrival; the reader then stands at `position`."""
        new = [row for row in rows if row.sequence > self.position.sequence]
        if position.sequence > self.position.sequence:
            self.position = position
        if not new:
            return
        self._rows += new
        self._waiting_bytes += sum(len(row.payload) for row in new)
        if len(self._rows) > MAX_WAITING_ROWS or self._is_too_large():
            self.report_gap(len(self._rows))
            self._clear()
        self._ready.set()

    def show_running(self, running: RunningSet) -> None:
        """The calls that run now; only the last word on them is kept."""
        self._running = running
        if running != self._told:
            self._ready.set()

    def report_gap(self, missed: int | None) -> None:
        """Rows before those that wait were left out (None: some, not counted)."""
        known = self._missed is not None and missed is not None
        self._missed = (self._missed or 0) + (missed or 0) if known else None
        self._ready.set()

    def reset(self, position: FeedPosition) -> None:
        """Forget everything: the index was replaced, or the reader's position is not of it."""
        self._clear()
        self._missed = 0
        self._is_reset = True
        self.position = position
        self._ready.set()

    def close(self) -> None:
        """End the reader's stream; it may come back with its last id."""
        self.is_closed = True
        self._ready.set()

    async def take(self, timeout_seconds: float) -> Delivery:
        """Wait for something to happen, or for the timeout, and take everything there is."""
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._ready.wait()
        except TimeoutError:
            return Delivery(self.position)
        if self._replay is not None:
            replay, self._replay = self._replay, None
            self._rest()
            return replay
        delivery = Delivery(
            self.position, tuple(self._rows), self._is_reset, self._missed, self._running_news()
        )
        self._clear()
        self._missed = 0
        self._is_reset = False
        self._rest()
        return delivery

    def _rest(self) -> None:
        """Wait for the next offer, unless something is waiting already."""
        is_owed = self._is_reset or self._missed != 0 or self._running != self._told
        if not (self._rows or is_owed or self.is_closed):
            self._ready.clear()

    def _running_news(self) -> RunningNews | None:
        if self._running is None or self._running == self._told:
            return None
        before, self._told = self._told, self._running
        return self._running.news(before)

    def _is_too_large(self) -> bool:
        # A single row over the limit is delivered: nothing smaller could ever replace it.
        return self._waiting_bytes > MAX_WAITING_BYTES and len(self._rows) > 1

    def _clear(self) -> None:
        self._rows.clear()
        self._waiting_bytes = 0
