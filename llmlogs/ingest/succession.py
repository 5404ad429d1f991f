"""Which generation of the index is in force, and which comes after it.

Opens the one in force, or begins one where there is none that serves: it was deleted, damaged, or
made by another version. Builds the next one beside it when that was asked for, and switches. The
worker's: nobody else may put a generation in force.
"""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from llmlogs.indexdb import damage, generations
from llmlogs.ingest import rebuild, schema
from llmlogs.ingest.generation import Generation, Sources
from llmlogs.ingest.opening import make_logs_folder
from llmlogs.retention import Outlook

log = logging.getLogger(__name__)


class Succession:
    """The generation in force (`current`) and, while one is built, the next (`rebuilding`)."""

    def __init__(self, sources: Sources, studio_folder: Path) -> None:
        self._sources = sources
        self._folder = sources.index_folder
        self._studio_folder = studio_folder
        self.rebuilding: Generation | None = None
        self.current = self._open()

    def close(self) -> None:
        for generation in (self.current, self.rebuilding):
            if generation is not None:
                with suppress(sqlite3.Error):
                    generation.close()

    def guard(self, *, is_thorough: bool) -> None:
        """The index may be deleted or damaged by anybody at any time; then it is made anew."""
        current = self.current
        if not current.is_in_place:
            log.warning("The index was deleted; it is built again from the files.")
            self.reopen()
        elif generations.current_generation(self._folder) != current.number:
            log.warning("CURRENT did not name the index in force; it does again.")
            generations.make_current(self._folder, current.number)
        elif damage.is_marked(self._folder, current.number):
            self.begin_anew("a reader came across it")
        elif is_thorough and not current.is_readable:
            self.begin_anew("it does not open")

    def reopen(self) -> None:
        """Open the index in force again, or begin it anew if it does not open."""
        self.close()
        self.rebuilding = None
        self.current = self._open()

    def begin_anew(self, reason: str) -> None:
        """Put an empty generation in force in the place of a damaged one."""
        log.warning("The index is damaged (%s); it is built again from the files.", reason)
        self.close()
        self.rebuilding = None
        self.current = self._begin(self.current.number)

    def step_rebuild(self, outlook: Callable[[], Outlook]) -> bool:
        """Go on with the next generation, if one was asked for; True if there was work."""
        if self.rebuilding is None:
            if not rebuild.is_asked(self._studio_folder):
                return False
            self.rebuilding = Generation.begin(self._sources)
            log.info("Building generation %d of the index.", self.rebuilding.number)
        did_something = self.rebuilding.follow()
        if self.rebuilding.is_caught_up and not did_something:
            self._switch(self.rebuilding, outlook())
        return True

    def _switch(self, successor: Generation, outlook: Outlook) -> None:
        """Put the next generation in force; readers that have the old one open may finish."""
        successor.report(outlook)
        generations.make_current(self._folder, successor.number)
        rebuild.accept(self._studio_folder)
        self.current.close()
        generations.remove(self._folder, self.current.number)
        self.current, self.rebuilding = successor, None
        log.info("Generation %d of the index is in force.", successor.number)

    def _open(self) -> Generation:
        number = generations.current_generation(self._folder)
        for other in generations.generations(self._folder):
            if other != number:
                generations.remove(self._folder, other)
        if number is None:
            make_logs_folder(self._sources.logs_folder)
            return self._begin(None)
        return self._open_present(number) or self._begin(number)

    def _open_present(self, number: int) -> Generation | None:
        """The generation that is there; None if it cannot serve."""
        if not schema.is_usable(generations.path_of(self._folder, number)):
            return None
        try:
            present = Generation(self._sources, number)
        except sqlite3.DatabaseError as error:
            if not damage.is_damage(error):
                raise
            return None
        if present.keeps_less_than_asked():
            log.info("The retention was raised; the index is built again to hold what it left out.")
            rebuild.ask(self._studio_folder)
        return present

    def _begin(self, replaced: int | None) -> Generation:
        begun = Generation.begin(self._sources)
        generations.make_current(self._folder, begun.number)
        if replaced is not None:
            generations.remove(self._folder, replaced)
        return begun
