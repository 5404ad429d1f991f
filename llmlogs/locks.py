"""Locks in the workspace: one holder at a time, named in the file.

The kernel frees a `flock` with the process that holds it, so a lock is never stale, however its
holder ended; the text in the file only tells people who it is.
"""

import fcntl
import os
from pathlib import Path


class Held(Exception):
    """Somebody else holds the lock; the message names them as they named themselves."""


class Lock:
    """An exclusive lock on a file, held until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def acquire(self, holder: str) -> None:
        """Take the lock and write down who holds it. Raises Held if it is taken."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            named = os.pread(fd, 500, 0).decode("utf-8", "replace").strip()
            os.close(fd)
            raise Held(named or "process, one that did not name itself") from None
        os.ftruncate(fd, 0)
        os.pwrite(fd, holder.encode(), 0)
        self._fd = fd

    def release(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
