"""Append whole lines to a log file that others append to, rotate, rename or delete meanwhile.

When `append` returns, the line has been handed to the kernel: it survives the death of any
process. Each call is one write under a lock on the file; a line that somebody left torn is closed
first, and what a full disk left of ours is taken back. Threads, processes and forks may share a
path; files are 0600, folders 0700. No background work, no buffer.
"""

import contextlib
import errno
import os
import stat
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from agents_sdk.files.folder import make_private_folder, sync_folder
from agents_sdk.files.lock import lock, unlock
from agents_sdk.files.opened import Identity, identity_of
from agents_sdk.files.rotate import ROTATION_BYTES, set_aside

LOCK_WAIT_SECONDS = 2.0
"""How long one append waits for a holder; then it writes without the lock, whole lines still."""
IMPATIENT_SECONDS = 30.0
"""After such a wait in vain, this long nobody waits again."""
MAX_REOPENINGS = 100
"""A name that changes its file faster than we can lock it is not ours to keep."""

_FLAGS = (
    os.O_RDWR
    | os.O_APPEND
    | os.O_CREAT
    | os.O_CLOEXEC
    | os.O_NOFOLLOW
    | os.O_NONBLOCK
    | os.O_NOCTTY
)


class Appender:
    """One log file, by its path; opened at the first line, reopened whenever the name moves on.

    `rotation_bytes` is the size at which the file is set aside (None: never), `fsync` asks for
    safety against power loss too; `after_rotation` is called when this appender set a file aside.
    Both methods raise OSError if the lines could not be written.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        rotation_bytes: int | None = ROTATION_BYTES,
        fsync: bool = False,
        clock: Callable[[], float] = time.time,
        after_rotation: Callable[[], object] | None = None,
    ) -> None:
        self.path = Path(path)
        self._name = str(self.path)
        self._rotation_bytes = rotation_bytes
        self._fsync = fsync
        self._clock = clock
        self._after_rotation = after_rotation
        self._impatient_until = 0.0
        self._size_bytes = 0
        self._is_writing = False
        self.forget()
        _APPENDERS.add(self)

    def append(self, line: bytes) -> None:
        """Append one line, which ends in a newline (or several at once)."""
        with self._thread_lock:
            if self._is_writing:
                # The garbage collector or a signal interrupted this very thread in mid-write.
                self._postponed.append(line)
                return
            self._is_writing = True
            try:
                self._write_under_lock(line)
                while self._postponed:
                    self._write_under_lock(self._postponed.pop(0))
            finally:
                self._is_writing = False

    def append_lines(self, lines: Sequence[bytes]) -> None:
        """Append many lines in one write (more than one where the file has to be rotated).

        If it raises, some of the first lines may have been written; giving them again is right.
        """
        for chunk in _chunks(lines, self._rotation_bytes):
            self.append(chunk)

    def close(self) -> None:
        """Close the file; the next line opens it again."""
        with self._thread_lock:
            self._close()

    def forget(self) -> None:
        """Begin afresh, as a child does after a fork: its file and locks are its parent's."""
        self._thread_lock = threading.RLock()
        self._descriptor: int | None = None
        self._identity: Identity | None = None
        self._whole_bytes = 0
        """The size of the open file after our last line, if that ended it with a newline."""
        self._is_writing = False
        self._postponed: list[bytes] = []

    def _write_under_lock(self, lines: bytes) -> None:
        for _ in range(MAX_REOPENINGS):
            descriptor = self._descriptor
            if descriptor is None or identity_of(descriptor) != self._identity:
                descriptor = self._open()
            is_locked = self._lock(descriptor)
            try:
                if self._has_room(descriptor, len(lines), is_locked):
                    self._write(descriptor, lines)
                    return
            finally:
                if is_locked:
                    unlock(descriptor)
            self._close()
        raise OSError(errno.ESTALE, "the log file is replaced again and again", str(self.path))

    def _has_room(self, descriptor: int, added_bytes: int, is_locked: bool) -> bool:
        """Whether the open file is to be written to; False if our name belongs to another now."""
        try:
            named = os.lstat(self._name)  # says both whose name it is and how large the file is
        except FileNotFoundError:
            return False
        if (named.st_dev, named.st_ino) != self._identity:
            return False
        self._size_bytes = named.st_size
        is_full = self._is_full(named.st_size, added_bytes)
        return not (is_full and is_locked and self._set_aside(descriptor))

    def _write(self, descriptor: int, lines: bytes) -> None:
        size_bytes = self._size_bytes
        # Where nobody wrote behind our own last line, it needs no look at the last byte.
        is_whole = size_bytes in (0, self._whole_bytes)
        if not is_whole and os.pread(descriptor, 1, size_bytes - 1) != b"\n":
            lines = b"\n" + lines
        _write_all(descriptor, lines, size_bytes)
        self._whole_bytes = size_bytes + len(lines) if lines.endswith(b"\n") else 0
        if self._fsync:
            os.fsync(descriptor)

    def _lock(self, descriptor: int) -> bool:
        if lock(descriptor, 0):  # nearly always: nobody else writes
            return True
        now = time.monotonic()
        is_locked = now >= self._impatient_until and lock(descriptor, LOCK_WAIT_SECONDS)
        if not is_locked:
            self._impatient_until = max(self._impatient_until, now + IMPATIENT_SECONDS)
        return is_locked

    def _is_full(self, size_bytes: int, added_bytes: int) -> bool:
        limit = self._rotation_bytes
        return limit is not None and size_bytes > 0 and size_bytes + added_bytes > limit

    def _set_aside(self, descriptor: int) -> bool:
        """Begin a new file; where that is impossible, a file over the limit is the lesser evil."""
        try:
            is_set_aside = set_aside(self.path, descriptor, self._clock()) is not None
        except OSError:
            return False
        if is_set_aside and self._after_rotation is not None:
            self._after_rotation()
        return is_set_aside

    def _open(self) -> int:
        try:
            descriptor = os.open(self.path, _FLAGS, 0o600)
        except FileNotFoundError:
            make_private_folder(self.path.parent)
            descriptor = os.open(self.path, _FLAGS, 0o600)
        opened = os.fstat(descriptor)
        if not stat.S_ISREG(opened.st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, "not a regular file", str(self.path))
        self._identity = (opened.st_dev, opened.st_ino)
        self._whole_bytes = 0
        if self._fsync:
            sync_folder(self.path.parent)
        self._descriptor = descriptor
        return descriptor

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None and identity_of(descriptor) == self._identity:
            os.close(descriptor)

    def __del__(self) -> None:
        self._close()


def _chunks(lines: Sequence[bytes], max_bytes: int | None) -> Iterator[bytes]:
    """The lines joined, in pieces that fit into one file (a longer line is a piece of its own)."""
    chunk: list[bytes] = []
    chunk_bytes = 0
    for line in lines:
        if chunk and max_bytes is not None and chunk_bytes + len(line) > max_bytes:
            yield b"".join(chunk)
            chunk, chunk_bytes = [], 0
        chunk.append(line)
        chunk_bytes += len(line)
    if chunk:
        yield b"".join(chunk)


def _write_all(descriptor: int, lines: bytes, size_bytes: int) -> None:
    written_bytes = 0
    try:
        written_bytes = os.write(descriptor, lines)
        while written_bytes < len(lines):
            written_bytes += os.write(descriptor, memoryview(lines)[written_bytes:])
    except OSError:
        _take_back_torn_line(descriptor, lines[:written_bytes], size_bytes)
        raise


def _take_back_torn_line(descriptor: int, written: bytes, size_bytes: int) -> None:
    """Cut off the line that was not finished, unless somebody wrote behind it already.

    Whole lines stay: a reader may have them. If the cut fails, the next append closes the line.
    """
    whole_bytes = written.rfind(b"\n") + 1
    if whole_bytes == len(written):
        return
    with contextlib.suppress(OSError):
        if os.fstat(descriptor).st_size == size_bytes + len(written):
            os.ftruncate(descriptor, size_bytes + whole_bytes)


_APPENDERS: weakref.WeakSet[Appender] = weakref.WeakSet()


def _forget_files_of_the_parent() -> None:
    """A lock belongs to the open file, which parent and child would share."""
    for appender in list(_APPENDERS):
        appender._close()
        appender.forget()


os.register_at_fork(after_in_child=_forget_files_of_the_parent)
