"""Very long lines wait here for their preparation, while the other files go on.

A line of 20 MB takes more than a second to index, nearly all of it for one statement. That part is
done ahead of its transaction in a thread (SQLite works without Python's lock), one line at a time.
Nothing of it is saved: after a crash the line is read and prepared again.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from threading import Thread

from llmlogs.ingest.positions import LARGE_CHUNK_BYTES, FileChunk

MAX_WAITING_BYTES = 64 << 20
"""A longer queue is not held: its last lines are read again when their turn comes."""
WAIT_SECONDS = 0.05
"""How long a live line may wait for a step that has nothing else to do."""


class LargeLines:
    """The chunks of one large line each that wait, the first of them in preparation."""

    def __init__(self, prepare: Callable[[bytes], None]) -> None:
        self._prepare = prepare
        self._waiting: deque[FileChunk] = deque()
        self._thread: Thread | None = None

    @property
    def file_ids(self) -> set[int]:
        """The files that wait: what follows in them comes after."""
        return {chunk.position.id for chunk in self._waiting}

    def hold_back(self, chunks: Iterable[FileChunk]) -> list[FileChunk]:
        """The chunks that need no preparation; the others wait from now on."""
        ready: list[FileChunk] = []
        for chunk in chunks:
            if chunk.line_bytes <= LARGE_CHUNK_BYTES:
                ready.append(chunk)
            elif self._has_room(chunk):
                self._waiting.append(chunk)
        self._begin()
        return ready

    def prepared(self) -> list[FileChunk]:
        """The first of those that wait, once it is prepared; then the next one's turn comes."""
        if not self._waiting or self._thread is None or self._thread.is_alive():
            return []
        self._thread = None
        return [self._waiting.popleft()]

    def wait(self) -> None:
        if self._thread is not None:
            self._thread.join(WAIT_SECONDS)

    def drop(self, file_ids: Collection[int]) -> None:
        """Forget the lines of files that have gone."""
        first = self._waiting[0] if self._waiting else None
        self._waiting = deque(one for one in self._waiting if one.position.id not in file_ids)
        if first is not None and first not in self._waiting:
            self._thread = None

    def _has_room(self, chunk: FileChunk) -> bool:
        total_bytes = sum(one.line_bytes for one in self._waiting)
        return not self._waiting or total_bytes + chunk.line_bytes <= MAX_WAITING_BYTES

    def _begin(self) -> None:
        if self._waiting and self._thread is None:
            self._thread = Thread(target=self._run, args=(self._waiting[0],), daemon=True)
            self._thread.start()

    def _run(self, chunk: FileChunk) -> None:
        # What goes wrong here goes wrong in indexing as well, and is dealt with there.
        with suppress(Exception):
            for line in chunk.lines:
                self._prepare(line.line)
