"""Keeps the sidecar of a file logger up to date: never before a loss, at most once a minute."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from agents_sdk.delivery import Deliveries
from agents_sdk.files.sidecar import write_sidecar
from agents_sdk.receipt import receipt_of

PAUSE_SECONDS = 60.0


class LossKeeper:
    """Any thread may call; nothing is raised, since the next minute brings another try.

    A disk that refuses the log files may refuse the sidecar too: then it comes with a later call,
    or at the end of the program.
    """

    def __init__(
        self,
        folder: Path,
        deliveries: Deliveries,
        retention_seconds: float,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._deliveries = deliveries
        self._retention_seconds = retention_seconds
        self._monotonic = monotonic
        self._clock = clock
        self._tried = ("", 0.0)
        self._written = ("", 0)

    def keep_up(self) -> None:
        """After a call: write, if something was ever lost and the minute is over."""
        if self._deliveries.lost_at is None:
            return
        instance, tried_at = self._tried  # a child after a fork has a minute of its own
        now = self._monotonic()
        if instance == self._deliveries.instance and now - tried_at < PAUSE_SECONDS:
            return
        self._tried = (self._deliveries.instance, now)
        self._deliveries.warn()
        self._write()

    def finish(self) -> None:
        """At the end: write the last numbers, if something was lost and they are not there yet."""
        is_written = self._written == (self._deliveries.instance, self._deliveries.changes)
        if self._deliveries.lost_at is not None and not is_written:
            self._write()

    def _write(self) -> None:
        changes, now = self._deliveries.changes, self._clock()
        keep_since = now - self._retention_seconds if self._retention_seconds else float("-inf")
        with contextlib.suppress(Exception):
            receipt = receipt_of(self._deliveries, now=now)
            write_sidecar(self._folder, receipt, keep_since=keep_since)
            self._written = (str(receipt["instance"]), changes)
