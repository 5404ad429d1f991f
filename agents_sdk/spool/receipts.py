"""Tells the server what became of the entries: seldom, only news, and never in their way.

The first receipt goes out after a minute, at once if something was lost, and the last one when the
program ends; between them at most one a minute. Best effort: what does not arrive is told with the
next one. A server that knows no receipts is left alone.
"""

import hashlib
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agents_sdk.delivery import Deliveries
from agents_sdk.receipt import receipt_of
from agents_sdk.spool.reader import SpoolReader
from agents_sdk.spool.reporter import Reporter

PAUSE_SECONDS = 60.0
QUIET_SECONDS = 3600.0
"""How long a server that refused a receipt gets none; it may be a newer one by then."""


class ReceiptSender:
    """For the shipper's thread; `hurry` and `is_settled` are for those who wait for the end."""

    def __init__(
        self,
        reporter: Reporter,
        reader: SpoolReader,
        deliveries: Deliveries,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._reporter = reporter
        self._reader = reader
        self._deliveries = deliveries
        self._monotonic = monotonic
        self._clock = clock
        self._told: dict[str, Any] = {}
        self._told_changes = 0
        self._started_at = monotonic()
        self._tried_at: float | None = None
        self._quiet_until = float("-inf")
        self._refused_secret = ""
        self._is_hurried = False

    def hurry(self) -> None:
        """Tell what is new without waiting for the minute, until `calm`: it may be the last time.

        An attempt in vain ends the hurry too.
        """
        self._is_hurried = True

    def calm(self) -> None:
        self._is_hurried = False

    @property
    def is_settled(self) -> bool:
        """Whether nobody has to wait for a receipt any more."""
        return not (self._is_hurried and self._has_news and not self._is_quiet)

    def tell(self, *, is_in_charge: bool, is_under_way: bool = False) -> None:
        """Send a receipt if it is time to.

        `is_in_charge`: the spool is this process's to ship. `is_under_way`: there is more to ship
        at once, so that a hurried receipt had better wait for it.
        """
        if not self._is_due(is_hurried=self._is_hurried and not is_under_way):
            return
        self._tried_at = self._monotonic()
        changes = self._deliveries.changes  # before counting: what comes meanwhile is news
        receipt = self._receipt(is_in_charge)
        if _numbers(receipt) == _numbers(self._told):
            self._told_changes = changes
            return
        is_taken = self._reporter.tell(receipt)
        if is_taken:
            self._told, self._told_changes = receipt, changes
            return
        self._is_hurried = False
        if is_taken is False:
            self._quiet_until = self._monotonic() + QUIET_SECONDS
            self._refused_secret = self._reporter.secret

    @property
    def _is_quiet(self) -> bool:
        """A new registration is a new chance: perhaps it was the old one that was refused."""
        is_same = self._reporter.secret == self._refused_secret
        return is_same and self._monotonic() < self._quiet_until

    @property
    def _has_news(self) -> bool:
        is_changed = self._deliveries.changes != self._told_changes
        return is_changed or bool(self._told.get("waiting"))

    def _is_due(self, *, is_hurried: bool) -> bool:
        if self._is_quiet or not self._has_news:
            return False
        if is_hurried or (self._tried_at is None and self._deliveries.lost_at is not None):
            return True
        since = self._started_at if self._tried_at is None else self._tried_at
        return self._monotonic() - since >= PAUSE_SECONDS

    def _receipt(self, is_in_charge: bool) -> dict[str, Any]:
        return receipt_of(
            self._deliveries,
            now=self._clock(),
            waiting=self._reader.waiting_entries() if is_in_charge else 0,
            spool=spool_id(self._reader.folder) if is_in_charge else "",
        )


def spool_id(folder: Path) -> str:
    """A name for one spool on one machine that tells nothing about either."""
    place = f"{socket.gethostname()}\0{folder.absolute()}"
    return hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _numbers(receipt: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in receipt.items() if name != "reported_at"}
