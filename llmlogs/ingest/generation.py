"""One generation of the index, kept in step with the files.

Follower, indexer and removal of one index file, as a single thing that takes steps. A rebuild is
nothing but a second one of these, on an empty file beside the one in force.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from llmlogs.indexdb import generations
from llmlogs.ingest import schema
from llmlogs.ingest.follower import Follower
from llmlogs.ingest.indexer import Indexer
from llmlogs.ingest.large_lines import LargeLines
from llmlogs.ingest.positions import FileChunk, FilePosition
from llmlogs.ingest.removal import Removal
from llmlogs.ingest.writer import IndexWriter, Progress
from llmlogs.retention import FileAge, Outlook, cutoff


@dataclass(frozen=True, slots=True)
class Sources:
    """Where lines come from and how long they count; folders and seconds."""

    logs_folder: Path
    index_folder: Path
    retention_seconds: float
    clock: Callable[[], float]


class Generation:
    """Opens a generation that exists; `begin` makes a new one."""

    def __init__(self, sources: Sources, number: int) -> None:
        self.number = number
        self.path = generations.path_of(sources.index_folder, number)
        self.inode = self.path.stat().st_ino
        self._sources = sources
        self._writer = IndexWriter(self.path)
        self._indexer = Indexer(
            self._writer, retention_seconds=sources.retention_seconds, clock=sources.clock
        )
        self._follower = Follower(
            sources.logs_folder,
            self._writer.load_positions(),
            next_id=self._writer.next_file(),
            clock=sources.clock,
        )
        self._large_lines = LargeLines(self._indexer.store.long_texts.prepare)
        self._removal = Removal(self._indexer, self._follower.source_of)
        self._is_merging = False
        self._has_looked = False
        self.logs_folder_error = ""

    @classmethod
    def begin(cls, sources: Sources) -> "Generation":
        number = generations.next_generation(sources.index_folder, sources.clock())
        schema.create(sources.index_folder, number, sources.retention_seconds)
        return cls(sources, number)

    def close(self) -> None:
        self._writer.close()

    def keeps_less_than_asked(self) -> bool:
        """Whether entries were left out that the retention of today would keep.

        A shorter retention is noted at once: what it takes out would have to be read again.
        """
        connection, asked_seconds = self._writer.connection, self._sources.retention_seconds
        row = connection.execute("SELECT retention_seconds FROM index_state").fetchone()
        connection.execute(
            "UPDATE index_state SET retention_seconds = min(retention_seconds, ?)",
            (asked_seconds,),
        )
        return asked_seconds > float(row[0])

    # -- steps --

    def follow(self) -> bool:
        """Look at the files and index what is new, within bounds; True if there was anything."""
        try:
            look = self._follower.look()
        except OSError as error:
            self.logs_folder_error = f"{error.strerror}: '{self._sources.logs_folder}'"
            return False
        self.logs_folder_error = ""
        self._has_looked = True
        if look.gone or look.renamed:
            with self._writer.transaction():
                self._writer.mark_gone(look.gone)
                self._large_lines.drop({position.id for position in look.gone})
                self._writer.save_positions(look.renamed)
        chunks = self._large_lines.hold_back(self._follower.read(self._large_lines.file_ids))
        if not chunks:
            self._large_lines.wait()
        chunks += map(self._renamed, self._large_lines.prepared())
        if chunks:
            self._follower.advance(self._indexer.index(chunks))
        return bool(chunks or look.gone or self._large_lines.file_ids)

    def _renamed(self, chunk: FileChunk) -> FileChunk:
        """A chunk that waited, under the name that its file has by now."""
        source = self._follower.source_of(chunk.position.id)
        return chunk if source is None else replace(chunk, position=source[0])

    def remove(self) -> bool:
        """Take out a bounded number of entries that have to leave; True if there were any.

        Nothing leaves while the folder of the files is missing: it may only be unmounted.
        """
        if self.logs_folder_error:
            return False
        oldest_kept = cutoff(self._sources.clock(), self._sources.retention_seconds)
        if self._removal.step_gone() or self._removal.step_old(oldest_kept):
            self._is_merging = True
            return True
        if self._is_merging:
            self._is_merging = self._removal.step_merge()
        return self._is_merging

    def report(self, outlook: Outlook, rebuild: "Generation | None" = None) -> None:
        """Write down where this generation stands, and how far the next one is."""
        self._writer.report(
            Progress(
                now=self._sources.clock(),
                lag_bytes=self.lag_bytes,
                total_bytes=self.total_bytes,
                is_complete=self.is_caught_up,
                logs_folder_error=self.logs_folder_error,
                next_file_name=outlook.next_name,
                next_file_goes_at=outlook.next_goes_at,
                spared_files=len(outlook.spared),
                rebuild_done_bytes=rebuild.total_bytes - rebuild.lag_bytes if rebuild else 0,
                rebuild_total_bytes=rebuild.total_bytes if rebuild else 0,
            )
        )

    def settle(self) -> None:
        """Fold the write-ahead log into the file, so that an idle index is one small file."""
        self._writer.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # -- where it stands --

    @property
    def lag_bytes(self) -> int:
        return self._follower.lag_bytes

    @property
    def total_bytes(self) -> int:
        return self._follower.total_bytes

    @property
    def is_caught_up(self) -> bool:
        """All that could be read at the last look has been read."""
        return self._has_looked and self.lag_bytes == 0 and not self.logs_folder_error

    @property
    def is_settled(self) -> bool:
        """Caught up, and no file is waiting for a second look."""
        return bool(self.logs_folder_error) or (self.is_caught_up and self._follower.is_settled)

    @property
    def is_in_place(self) -> bool:
        """False once somebody deleted the file or put another in its place."""
        try:
            return self.path.stat().st_ino == self.inode
        except OSError:
            return False

    @property
    def is_readable(self) -> bool:
        """Whether somebody who opens the file now can read it."""
        return schema.is_usable(self.path)

    def ages(self) -> list[tuple[FilePosition, FileAge]]:
        return self._follower.ages()
