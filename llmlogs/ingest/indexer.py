"""Chunks of lines become rows, in one transaction with the positions behind them.

Promises: a crash at any moment loses nothing and doubles nothing; a line that cannot be read is
kept aside with file and offset and never hides its neighbours; if a whole batch fails, it is halved
until the one bad line is found; an entry over 1 MB gets a transaction of its own after its batch.
Errors of the database itself (disk full, locked, damaged) are raised: then no line is to blame.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from agents_sdk import codec
from llmlogs.conf import MAX_LINE_BYTES
from llmlogs.ingest.entry_rows import Batch, EntryRows, Place
from llmlogs.ingest.positions import LARGE_CHUNK_BYTES, FileChunk, FilePosition, RawLine
from llmlogs.ingest.store_once import StoreOnce
from llmlogs.ingest.writer import IndexWriter

EXCERPT_BYTES = 200


class Indexer:
    """Writes what a follower reads into one generation of the index."""

    def __init__(
        self, writer: IndexWriter, *, retention_seconds: float, clock: Callable[[], float]
    ) -> None:
        self.writer = writer
        self._retention_seconds = retention_seconds
        self._clock = clock
        self.store = StoreOnce(writer)
        self._entry_rows = EntryRows(writer, self.store)

    def index(self, chunks: Sequence[FileChunk]) -> list[FilePosition]:
        """Index chunks of different files; returns the positions now committed."""
        normal = [chunk for chunk in chunks if chunk.line_bytes <= LARGE_CHUNK_BYTES]
        large = [chunk for chunk in chunks if chunk.line_bytes > LARGE_CHUNK_BYTES]
        positions = self._index_or_halve(normal) if normal else []
        for chunk in large:
            positions += self._index_or_halve([chunk])
        return positions

    def index_again(self, line: RawLine, position: FilePosition, timestamp: float) -> None:
        """Index a repeated line whose first line has gone; inside the caller's transaction."""
        batch = self._batch()
        place = Place(position.id, position.name, timestamp=timestamp)
        try:
            self._entry_rows.add(batch, line, place)
        except codec.LineError:
            return  # The file was rewritten under the line; following it sees to that.
        self.writer.write(batch.rows, batch.now)

    def _index_or_halve(self, chunks: Sequence[FileChunk]) -> list[FilePosition]:
        try:
            return self._commit(chunks)
        except sqlite3.OperationalError:
            raise
        except Exception as error:
            if type(error) is sqlite3.DatabaseError:
                raise
            return self._halve(chunks, error)

    def _halve(self, chunks: Sequence[FileChunk], error: Exception) -> list[FilePosition]:
        if len(chunks) > 1:
            middle = len(chunks) // 2
            return self._index_or_halve(chunks[:middle]) + self._index_or_halve(chunks[middle:])
        chunk = chunks[0]
        if len(chunk.lines) > 1:
            middle_line = chunk.lines[len(chunk.lines) // 2]
            first, second = _split(chunk, middle_line.offset)
            (position,) = self._index_or_halve([first])
            return self._index_or_halve([replace(second, position=position)])
        if not chunk.lines:
            raise error
        return self._commit(chunks, blame=f"could not be indexed: {type(error).__name__}: {error}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction of the writer; if it fails, the ids remembered in it are forgotten."""
        try:
            with self.writer.transaction() as connection:
                yield connection
        except BaseException:
            self.store.forget()
            raise

    def _commit(self, chunks: Sequence[FileChunk], blame: str = "") -> list[FilePosition]:
        self.store.trim()
        batch = self._batch()
        with self.transaction():
            positions = [self._index_chunk(batch, chunk, blame) for chunk in chunks]
            self.writer.write(batch.rows, batch.now)
            self.writer.save_positions(positions)
        return positions

    def _index_chunk(self, batch: Batch, chunk: FileChunk, blame: str) -> FilePosition:
        position = replace(
            chunk.position,
            offset=chunk.next_offset,
            fingerprint=chunk.fingerprint,
            fingerprint_bytes=chunk.fingerprint_bytes,
            lines=chunk.position.lines + len(chunk.lines),
        )
        last = position.last_timestamp
        times: list[float] = []
        rejected = 0
        for line in chunk.lines:
            time = self._index_line(batch, chunk, line, last, blame)
            if time is None:
                rejected += 1
            else:
                last = time
                times.append(time)
        return _with_times(position, times, last, rejected)

    def _index_line(
        self, batch: Batch, chunk: FileChunk, line: RawLine, before: float | None, blame: str
    ) -> float | None:
        """Index one line; returns its effective time, or None if it was rejected."""
        if line.is_too_long:
            blame = f"longer than {MAX_LINE_BYTES >> 20} MiB"
        if blame:
            batch.rows.rejected.append(_rejected(chunk.position, line, blame, batch.now))
            return None
        place = Place(chunk.position.id, chunk.position.name, before, chunk.file_time)
        try:
            return self._entry_rows.add(batch, line, place)
        except codec.LineError as error:
            batch.rows.rejected.append(_rejected(chunk.position, line, error.reason, batch.now))
            return None

    def _batch(self) -> Batch:
        now = self._clock()
        return Batch(now, now - self._retention_seconds)


def _with_times(
    position: FilePosition, times: list[float], last: float | None, rejected: int
) -> FilePosition:
    known = [
        time for time in (position.oldest_timestamp, position.newest_timestamp) if time is not None
    ]
    return replace(
        position,
        rejected=position.rejected + rejected,
        last_timestamp=last,
        oldest_timestamp=min(known + times, default=None),
        newest_timestamp=max(known + times, default=None),
    )


def _split(chunk: FileChunk, offset: int) -> tuple[FileChunk, FileChunk]:
    first = tuple(line for line in chunk.lines if line.offset < offset)
    second = tuple(line for line in chunk.lines if line.offset >= offset)
    return replace(chunk, lines=first, next_offset=offset), replace(chunk, lines=second)


def _rejected(
    position: FilePosition, line: RawLine, reason: str, now: float
) -> tuple[int, int, int, str, str, float]:
    excerpt = line.line[:EXCERPT_BYTES].decode("utf-8", "replace").replace("\x00", "\ufffd")
    return position.id, line.offset, line.line_bytes, reason, excerpt, now
