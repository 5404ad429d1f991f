"""Follows the files of `logs/llm`: what is new in them, what has gone.

In: looks at the folder, positions of an index. Out: chunks of complete lines, and the positions of
files that were deleted, truncated or replaced. It keeps in memory only what one look needs to tell
from the next; what must survive a crash are the positions, which the indexer saves.

A file is followed through any rename. It counts as gone when two looks in a row, a second apart,
did not see it: a rename during a look can hide a file from that look.
"""

import os
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from agents_sdk.files.names import owner, parse_name
from llmlogs.ingest.positions import FileChunk, FilePosition, fingerprint, storable_name
from llmlogs.ingest.reader import read_lines
from llmlogs.ingest.scan import SeenFile, scan
from llmlogs.retention import FileAge

FILE_BUDGET_BYTES = 1 << 20
ROUND_BUDGET_BYTES = 16 << 20
GONE_AFTER_SECONDS = 1.0
FINAL_AFTER_SECONDS = 1.0
"""A rotated file that did not grow for so long has got its last line."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the folder found changed: files that have gone, files with a new name."""

    gone: tuple[FilePosition, ...]
    renamed: tuple[FilePosition, ...]


@dataclass(slots=True)
class _Tracked:
    position: FilePosition
    size: int = 0
    modified_at: float = 0.0
    size_seen_at: float = 0.0
    scanned: int = 0
    missing_since: float | None = None
    settled_size: int = -1
    """Size at which nothing more could be read; such a file is left alone until it changes."""


class Follower:
    """The files of one folder, followed for one index."""

    def __init__(
        self,
        folder: Path,
        positions: Iterable[FilePosition],
        *,
        next_id: int,
        clock: Callable[[], float],
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._tracked = {position.id: _Tracked(position) for position in positions}
        self._next_id = next_id

    def look(self) -> Look:
        """Look at the folder once; returns what has gone or been renamed since the last look.

        Raises OSError if the folder cannot be read; then nothing counts as gone.
        """
        seen = {file.identity: file for file in scan(self._folder)}
        gone, renamed = [], []
        for tracked in list(self._tracked.values()):
            file = seen.get(tracked.position.identity)
            if file is not None and self._is_same(tracked, file):
                del seen[file.identity]
                if self._note(tracked, file):
                    renamed.append(tracked.position)
            elif file is not None or self._is_missing_for_good(tracked):
                gone.append(self._tracked.pop(tracked.position.id).position)
        for file in seen.values():
            self._begin(file)
        return Look(tuple(gone), tuple(renamed))

    def read(self, but_of: Container[int] = ()) -> list[FileChunk]:
        """New lines of all files, the shortest backlog first, in bounded amounts; nothing of the
        files with the ids `but_of`."""
        chunks: list[FileChunk] = []
        budget_bytes = ROUND_BUDGET_BYTES
        for tracked in sorted(self._tracked.values(), key=_backlog_bytes):
            if budget_bytes <= 0:
                break
            if tracked.position.id in but_of:
                continue
            chunk = self._read_file(tracked)
            if chunk is not None:
                chunks.append(chunk)
                budget_bytes -= chunk.line_bytes
        return chunks

    def advance(self, positions: Iterable[FilePosition]) -> None:
        """Take over the positions that the indexer has committed."""
        for position in positions:
            tracked = self._tracked.get(position.id)
            if tracked is not None:
                tracked.position = replace(position, name=tracked.position.name)

    def source_of(self, file_id: int) -> tuple[FilePosition, str] | None:
        """Position and path of a file that is followed."""
        tracked = self._tracked.get(file_id)
        if tracked is None:
            return None
        return tracked.position, str(self._folder / tracked.position.name)

    def ages(self) -> list[tuple[FilePosition, FileAge]]:
        """What decides over rotation and retention of each file, as of the last look."""
        return [
            (
                tracked.position,
                FileAge(
                    name=tracked.position.name,
                    size_bytes=tracked.size,
                    unread_bytes=_backlog_bytes(tracked),
                    newest_at=tracked.position.newest_timestamp,
                    modified_at=tracked.modified_at,
                ),
            )
            for tracked in self._tracked.values()
            if tracked.missing_since is None
        ]

    @property
    def total_bytes(self) -> int:
        return sum(tracked.size for tracked in self._tracked.values())

    @property
    def lag_bytes(self) -> int:
        """Bytes not read yet; a half-written last line that does not grow is not one of them."""
        return sum(
            _backlog_bytes(tracked)
            for tracked in self._tracked.values()
            if tracked.settled_size != tracked.size
        )

    @property
    def is_settled(self) -> bool:
        """Nothing is waiting for a second look: no file is missing, no last line is in doubt."""
        return self.lag_bytes == 0 and all(
            tracked.missing_since is None for tracked in self._tracked.values()
        )

    # -- one file --

    def _begin(self, file: SeenFile) -> None:
        position = FilePosition(self._next_id, file.name, file.device, file.inode)
        self._tracked[position.id] = _Tracked(
            position, file.size, file.modified_at, size_seen_at=self._clock()
        )
        self._next_id += 1

    def _note(self, tracked: _Tracked, file: SeenFile) -> bool:
        """Note size and time of a file; True if its name is a new one."""
        is_renamed = file.name != tracked.position.name
        if is_renamed:
            tracked.position = replace(tracked.position, name=file.name)
            tracked.settled_size = -1
        if file.size != tracked.size:
            tracked.size_seen_at = self._clock()
        tracked.size, tracked.modified_at = file.size, file.modified_at
        tracked.missing_since = None
        return is_renamed

    def _is_same(self, tracked: _Tracked, file: SeenFile) -> bool:
        """Whether the file is its agent's and still begins as it did; read only if it changed."""
        position = tracked.position
        if not _is_of_same_agent(position.name, file.name):
            return False
        if file.size < max(position.offset, position.fingerprint_bytes):
            return False
        if (file.size, file.modified_at) == (tracked.size, tracked.modified_at):
            return True
        try:
            with (self._folder / file.name).open("rb", buffering=0) as stream:
                now = fingerprint(stream.fileno(), position.fingerprint_bytes)
        except OSError:
            return True
        return not position.fingerprint or now == position.fingerprint

    def _is_missing_for_good(self, tracked: _Tracked) -> bool:
        now = self._clock()
        if tracked.missing_since is None:
            tracked.missing_since = now
        return now - tracked.missing_since >= GONE_AFTER_SECONDS

    def _read_file(self, tracked: _Tracked) -> FileChunk | None:
        position, size = tracked.position, tracked.size
        if size <= position.offset or tracked.settled_size == size:
            return None
        is_final = self._is_final(tracked)
        chunk = self._read_chunk(tracked, is_final)
        if chunk is not None and chunk.next_offset == position.offset:
            tracked.settled_size = size if is_final or not self._is_rotated(tracked) else -1
            return None
        return chunk

    def _read_chunk(self, tracked: _Tracked, is_final: bool) -> FileChunk | None:
        """The next lines of a file; None if it is not there under its name any more."""
        position = tracked.position
        try:
            fd = os.open(self._folder / position.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None
        try:
            status = os.fstat(fd)
            if (status.st_dev, status.st_ino) != position.identity:
                return None
            read = read_lines(
                fd,
                position.offset,
                tracked.size,
                scanned=tracked.scanned,
                budget_bytes=FILE_BUDGET_BYTES,
                is_final=is_final,
            )
            seen = fingerprint(fd, read.next_offset)
        finally:
            os.close(fd)
        tracked.scanned = read.scanned
        return FileChunk(
            position, read.lines, read.next_offset, seen, read.next_offset, status.st_mtime
        )

    def _is_rotated(self, tracked: _Tracked) -> bool:
        name = parse_name(tracked.position.name)
        return name is not None and name.rotated_second is not None

    def _is_final(self, tracked: _Tracked) -> bool:
        last_growth_at = min(tracked.modified_at, tracked.size_seen_at)
        age_seconds = self._clock() - last_growth_at
        return self._is_rotated(tracked) and age_seconds >= FINAL_AFTER_SECONDS


def _is_of_same_agent(before: str, now: str) -> bool:
    """A rotated file keeps its agent; under another agent's name its lines are read anew."""
    return before == now or owner(storable_name(before), None) == owner(storable_name(now), None)


def _backlog_bytes(tracked: _Tracked) -> int:
    return max(0, tracked.size - tracked.position.offset)
