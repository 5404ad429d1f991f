"""An advisory lock on an open file, waited for within bounds.

Our own writers agree by it on who writes and who rotates. It belongs to the open file, so it ends
with the process however that ends. A file system without locks, or a holder that stands still (a
stopped process), must not stop the agents: then the answer is False and the caller goes on
without it, with what is safe without it.
"""

import fcntl
import time

FIRST_PAUSE_SECONDS = 0.0001
LONGEST_PAUSE_SECONDS = 0.005


def lock(descriptor: int, wait_seconds: float) -> bool:
    """Take the lock; False if that was not possible within the time."""
    pause_seconds = FIRST_PAUSE_SECONDS
    deadline: float | None = None
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            now = time.monotonic()
            deadline = now + wait_seconds if deadline is None else deadline
            if now >= deadline:
                return False
        except OSError:
            return False
        time.sleep(pause_seconds)
        pause_seconds = min(pause_seconds * 2, LONGEST_PAUSE_SECONDS)


def unlock(descriptor: int) -> None:
    """Give the lock back; harmless if it was not held."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
