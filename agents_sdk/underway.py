"""Work of other threads that somebody who ends things waits for, though never for long."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class UnderWay:
    """What is being done just now, by any thread of this process."""

    def __init__(self) -> None:
        # Sets of whole objects change in one step, so nothing here is locked: a child that is
        # forked in the middle would find a lock that nobody opens.
        self._works: set[tuple[int, threading.Event]] = set()

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Something is being done within this."""
        work = os.getpid(), threading.Event()
        self._works.add(work)
        try:
            yield
        finally:
            self._works.discard(work)
            work[1].set()

    def wait(self, seconds: float) -> None:
        """Until all that is under way now has ended, or the time is up. Not for what a parent does
        from which this process was forked."""
        deadline = time.monotonic() + seconds
        for pid, ended in tuple(self._works):
            if pid == os.getpid():
                ended.wait(max(0.0, deadline - time.monotonic()))
