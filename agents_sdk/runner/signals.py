"""SIGINT and SIGTERM as a wish to stop, while an agent runs.

Only where Python lets us (the main thread) and where nobody else has taken the signal. The first
one asks; after it the old handlers are back, so that a second one ends the program at once.
"""

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)
_UNTAKEN = (signal.SIG_DFL, signal.default_int_handler)


class StopSignals:
    """Calls `ask_to_stop` at the first signal. A context manager; harmless to give back twice."""

    def __init__(self, ask_to_stop: Callable[[], None]) -> None:
        self._ask_to_stop = ask_to_stop
        self._former: dict[signal.Signals, Any] = {}

    def take(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        for number in SIGNALS:
            former = signal.getsignal(number)
            if former in _UNTAKEN:
                self._former[number] = former
                signal.signal(number, self._stop)

    def give_back(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        while self._former:
            number, former = self._former.popitem()
            signal.signal(number, former)

    def __enter__(self) -> None:
        self.take()

    def __exit__(self, *error: object) -> None:
        self.give_back()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.give_back()
        self._ask_to_stop()
