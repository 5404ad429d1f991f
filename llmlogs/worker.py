"""The worker: follows the files, keeps the index, rotates and removes.

A loop of small steps, single-threaded, so that it can be reasoned about. It is the only writer of
the index (a lock in the workspace says so) and may be killed at any moment: positions are saved in
the transaction of the rows they stand for.

Every step is bounded. An exception in one is logged and the loop goes on after a pause; after a
database error the index is opened anew, and if it does not open, begun anew.
"""

import logging
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from llmlogs.conf import LogSettings
from llmlogs.indexdb.damage import is_damage
from llmlogs.ingest import upkeep
from llmlogs.ingest.generation import Generation, Sources
from llmlogs.ingest.opening import first_opened_at
from llmlogs.ingest.succession import Succession
from llmlogs.locks import Lock
from llmlogs.retention import Outlook, outlook

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.1
"""A look at the folder costs about 0.2 ms, so an idle worker takes less than half a percent of a
core; half of this is what a call waits for on average."""
REMOVE_SECONDS = 0.5
GUARD_SECONDS = 5.0
UPKEEP_SECONDS = 5.0
REPORT_SECONDS = 2.0
SETTLE_SECONDS = 30.0
FAILURE_PAUSE_SECONDS = 1.0
SETTLE_DOWN_SECONDS = 3.0
"""Longer than a missing file or an unfinished last line waits for its second look."""


def lock_path(settings: LogSettings) -> Path:
    return settings.studio_folder / "worker.lock"


class Worker:
    """Holds the writer's lock from its making to `close`. Raises `locks.Held` if it is taken."""

    def __init__(self, settings: LogSettings, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = Lock(lock_path(settings))
        self._lock.acquire(f"worker, process {os.getpid()}")
        sources = Sources(
            settings.logs_folder, settings.index_folder, settings.retention_seconds, clock
        )
        self._first_opened_at = first_opened_at(settings.first_opened_path, clock())
        self._done_at = {
            "guard": clock(),
            "remove": 0.0,
            "upkeep": 0.0,
            "report": 0.0,
            "settle": clock(),
        }
        self._announced: set[str] = set()
        self._index = Succession(sources, settings.studio_folder)

    def close(self) -> None:
        with suppress(sqlite3.Error):
            self._report()
        self._index.close()
        self._lock.release()

    def run(self, is_stopping: Callable[[], bool]) -> None:
        """Take steps until told to stop; the step under way is finished."""
        while not is_stopping():
            try:
                if not self.step():
                    time.sleep(IDLE_SECONDS)
            except Exception:
                log.exception("A step of the worker failed; it goes on in a moment.")
                time.sleep(FAILURE_PAUSE_SECONDS)
                self._index.reopen()

    def run_once(self) -> None:
        """Bring the index up to date with the files as they are now, rotate and retain."""
        self._settle_down()
        self._keep_up()
        self._settle_down()
        self._report()

    def step(self) -> bool:
        """One round of everything; True if there may be more to do at once."""
        try:
            return self._step()
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self._index.begin_anew(str(error))
            return True

    def _step(self) -> bool:
        is_thorough = self._is_due("guard", GUARD_SECONDS)
        self._index.guard(is_thorough=is_thorough)
        if is_thorough:
            self._mark_done("guard")
        was_complete = self.current.is_caught_up
        did_something = self.current.follow()
        did_something |= self._index.step_rebuild(self._outlook)
        if self._is_due("remove", REMOVE_SECONDS):
            is_removing = self.current.remove()
            did_something |= is_removing
            if not is_removing:
                self._mark_done("remove")
        if self._is_due("upkeep", UPKEEP_SECONDS):
            self._keep_up()
            self._mark_done("upkeep")
        if self._is_due("report", REPORT_SECONDS) or was_complete != self.current.is_caught_up:
            self._report()
            self._mark_done("report")
        if not did_something and self._is_due("settle", SETTLE_SECONDS):
            self.current.settle()
            self._mark_done("settle")
        return did_something

    def _settle_down(self) -> None:
        """Step until nothing is left to do; files that grow all the time do not hold it up."""
        last_work_at = time.monotonic()
        while time.monotonic() - last_work_at < SETTLE_DOWN_SECONDS:
            if self.step() or self.current.remove():
                last_work_at = time.monotonic()
            elif self.current.is_settled:
                return
            else:
                time.sleep(IDLE_SECONDS)

    @property
    def current(self) -> Generation:
        return self._index.current

    @property
    def rebuilding(self) -> Generation | None:
        return self._index.rebuilding

    # -- files --

    def _keep_up(self) -> None:
        if self.current.logs_folder_error:
            return
        now, files = self._clock(), self.current.ages()
        folder, settings = self._settings.logs_folder, self._settings
        upkeep.rotate_files(
            folder,
            upkeep.to_rotate(files, now=now, rotation_bytes=settings.rotation_bytes),
            now,
        )
        deletable = upkeep.to_delete(
            files,
            now=now,
            retention_seconds=settings.retention_seconds,
            first_opened_at=self._first_opened_at,
        )
        upkeep.delete_files(folder, deletable)
        for name, goes_at in self._outlook().spared:
            self._announce(name, goes_at)

    def _outlook(self) -> Outlook:
        return outlook(
            (age for _, age in self.current.ages()),
            now=self._clock(),
            retention_seconds=self._settings.retention_seconds,
            first_opened_at=self._first_opened_at,
        )

    def _report(self) -> None:
        self.current.report(self._outlook(), self.rebuilding)

    def _announce(self, name: str, goes_at: float) -> None:
        if name in self._announced:
            return
        self._announced.add(name)
        log.warning(
            "%r holds only entries older than %g days and will be deleted in %.1f hours; "
            "set STUDIO_RETENTION_DAYS higher to keep it.",
            name,
            self._settings.retention_days,
            (goes_at - self._clock()) / 3600,
        )

    def _is_due(self, what: str, every_seconds: float) -> bool:
        """Also when the clock was set back: then the last time lies in the future."""
        passed = self._clock() - self._done_at[what]
        return passed >= every_seconds or passed < -SETTLE_SECONDS

    def _mark_done(self, what: str) -> None:
        self._done_at[what] = self._clock()
