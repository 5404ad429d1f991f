"""The far end of the spool: batches out, acknowledgements in.

One process of an agent reads at a time (a lock says who); what it acknowledged is noted on the
disk before the next batch, so that whoever comes after it goes on there. A crash between delivery
and note means the same entries twice on the wire, never none: the server knows them by `log_id`.
"""

import contextlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from agents_sdk.files.lock import lock
from agents_sdk.files.names import parse_name
from agents_sdk.files.opened import Identity, identity_of
from agents_sdk.files.rotate import is_named, rotate
from agents_sdk.spool.writer import ACTIVE_NAME

MAX_BATCH_BYTES = 1_000_000
"""Below the 1 MiB that a server of OpenAgents takes. A longer entry is a batch of its own."""
MAX_BATCH_LINES = 500
_POSITION = "position.json"
_LOCK = "shipper.lock"
_STEM = ACTIVE_NAME.removesuffix(".jsonl")


@dataclass(frozen=True, slots=True)
class SpooledLine:
    """One entry as it lies in the spool (without its newline), and where it ends."""

    data: bytes
    segment: Path
    end_offset: int


class SpoolReader:
    """Reads the spool in `folder`; nothing may be read or acknowledged without the lock."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self._clock = clock
        self._lock_descriptor: int | None = None
        self._lock_identity: Identity | None = None

    @property
    def is_in_charge(self) -> bool:
        """Whether this is the one reader."""
        return self._lock_descriptor is not None

    def take_lock(self) -> bool:
        """Become the one reader; False while another process is."""
        if self._lock_descriptor is not None:
            if identity_of(self._lock_descriptor) == self._lock_identity:
                return True
            self._lock_descriptor = None  # closed from outside
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self.folder / _LOCK, flags, 0o600)
        if not lock(descriptor, 0):
            os.close(descriptor)
            return False
        self._lock_identity = identity_of(descriptor)
        self._lock_descriptor = descriptor
        return True

    def release_lock(self) -> None:
        """Let another process read. In a child after a fork: let go of the parent's lock."""
        descriptor, self._lock_descriptor = self._lock_descriptor, None
        if descriptor is not None and identity_of(descriptor) == self._lock_identity:
            os.close(descriptor)

    def is_empty(self) -> bool:
        """Whether everything was acknowledged.

        Files go from active to segment, so looking in this order no entry slips by.
        """
        active = self._active()
        return (active is None or not active.st_size) and not self._segments()

    def waiting_entries(self) -> int:
        """How many entries wait; reads the whole spool."""
        active = self._active()
        segments = self._segments()
        noted = dict([self._noted() or (self.folder, 0)])
        waiting = sum(_count_lines(path, noted.get(path, 0)) for path in segments)
        if active is None or any(is_named(path, active) for path in segments):
            return waiting
        return waiting + _count_lines(self.folder / ACTIVE_NAME, 0)

    def next_batch(self) -> list[SpooledLine]:
        """The oldest entries that wait; empty if there are none."""
        while True:
            segment, offset = self._noted() or (self._oldest_segment(), 0)
            if segment is None:
                return []
            batch = _read_lines(segment, offset)
            if batch:
                return batch
            self._remove(segment)

    def acknowledge(self, line: SpooledLine) -> None:
        """This entry and all before it in its segment are settled."""
        if line.end_offset >= line.segment.stat().st_size:
            self._remove(line.segment)
        else:
            self._note(line.segment, line.end_offset)

    def _segments(self) -> list[Path]:
        """Files set aside, oldest first; they do not grow any more."""
        try:
            names = [(parse_name(path.name), path) for path in self.folder.iterdir()]
        except OSError:  # nothing was written yet, or the folder cannot be made
            return []
        rotated = [
            (name.rotated_second, path)
            for name, path in names
            if name is not None and name.stem == _STEM and name.rotated_second is not None
        ]
        return [path for _, path in sorted(rotated)]

    def _oldest_segment(self) -> Path | None:
        segments = self._segments()
        if segments:
            return segments[0]
        return rotate(self.folder / ACTIVE_NAME, self._clock())

    def _active(self) -> os.stat_result | None:
        try:
            return (self.folder / ACTIVE_NAME).stat()
        except OSError:
            return None

    def _remove(self, segment: Path) -> None:
        """The note goes first: it must not outlive its file and be taken for another's."""
        (self.folder / _POSITION).unlink(missing_ok=True)
        segment.unlink(missing_ok=True)

    def _note(self, segment: Path, offset: int) -> None:
        draft = self.folder / (_POSITION + ".draft")
        note = {"file": segment.name, "inode": segment.stat().st_ino, "offset": offset}
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, json.dumps(note).encode())
        finally:
            os.close(descriptor)
        draft.replace(self.folder / _POSITION)

    def _noted(self) -> tuple[Path, int] | None:
        """The segment that was begun and where its next entry begins.

        None if there is no note, or it is damaged or about a file that is gone. A segment that was
        begun is ended before any other, although a newer one may have got an older name.
        """
        try:
            note = json.loads((self.folder / _POSITION).read_text(encoding="utf-8"))
            segment = self.folder / Path(note["file"]).name
            found, offset = segment.stat(), note["offset"]
        except (OSError, ValueError, TypeError, KeyError):
            return None
        is_valid = type(offset) is int and 0 <= offset <= found.st_size
        return (segment, offset) if is_valid and note["inode"] == found.st_ino else None


def _read_lines(segment: Path, offset: int) -> list[SpooledLine]:
    """Whole lines from there on; the last line of a segment may lack its newline."""
    with segment.open("rb") as file:
        file.seek(offset)
        data = file.read(MAX_BATCH_BYTES)
        if len(data) == MAX_BATCH_BYTES and not data.endswith(b"\n"):
            whole, _, rest = data.rpartition(b"\n")
            data = whole + b"\n" if whole else rest + file.readline()
    batch: list[SpooledLine] = []
    for line in data.splitlines(keepends=True)[:MAX_BATCH_LINES]:
        offset += len(line)
        batch.append(SpooledLine(line.rstrip(b"\n"), segment, offset))
    return batch


def _count_lines(path: Path, offset: int) -> int:
    count = 0
    with contextlib.suppress(OSError), path.open("rb") as file:
        file.seek(offset)
        while chunk := file.read(1_048_576):
            count += chunk.count(b"\n")
    return count
