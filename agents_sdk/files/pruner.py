"""Prune in the background after a rotation, so that the call that rotated is not held up."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from agents_sdk.files.prune import prune

WARNING_PAUSE_SECONDS = 60.0

_log = logging.getLogger("agents_sdk")


class Pruner:
    """Starts one short look at a time at the files of one agent. Never raises.

    `failures` counts the looks that met a file they could not read or delete.
    """

    def __init__(
        self, active: Path, retention_seconds: float, clock: Callable[[], float] = time.time
    ) -> None:
        self._active = active
        self._retention_seconds = retention_seconds
        self._clock = clock
        self._thread: threading.Thread | None = None
        self._warned_at = float("-inf")
        self.failures = 0

    def start(self) -> None:
        """Look, unless a look is under way (after a fork the child's is not: threads stay)."""
        if self._thread is not None and self._thread.is_alive():
            return
        try:
            self._thread = threading.Thread(target=self._look, name="agents-sdk-prune", daemon=True)
            self._thread.start()
        except RuntimeError as error:  # no thread can be started, or Python is ending
            self._thread = None
            self._failed(str(error))

    def wait(self, timeout_seconds: float) -> bool:
        """Whether the look that is under way ended in time."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout_seconds)
        return thread is None or not thread.is_alive()

    def _look(self) -> None:
        try:
            found = prune(
                self._active, retention_seconds=self._retention_seconds, now=self._clock()
            )
        except Exception as error:
            self._failed(f"{type(error).__name__}: {error}")
            return
        if found.deleted:
            _log.info("deleted %d log files past the retention", len(found.deleted))
        if found.problem:
            self._failed(found.problem)

    def _failed(self, problem: str) -> None:
        self.failures += 1
        now = time.monotonic()
        if now - self._warned_at < WARNING_PAUSE_SECONDS:
            return
        self._warned_at = now
        _log.warning(
            "old log files beside %s stay: %.200s (%d times so far)",
            self._active.name,
            problem,
            self.failures,
        )
