"""A thread that brings the spool to the server, patiently.

It starts with the first entry (and for what an earlier process left), ships in batches, backs off
while the server is away, and gives way to another process of the same agent that ships already.
It holds one batch in memory, whatever waits on the disk. A daemon: it never keeps a program alive.
"""

import atexit
import contextlib
import logging
import os
import queue
import random
import threading
import time
from collections.abc import Callable, Sequence

from agents_sdk.delivery import Deliveries
from agents_sdk.spool.reader import SpooledLine, SpoolReader
from agents_sdk.spool.receipts import ReceiptSender
from agents_sdk.spool.reporter import NO_ANSWER, Outcome, Report, Reporter, is_whole

LINGER_SECONDS = 0.05
"""After the first new entry, so that those that follow at once travel with it."""
IDLE_SECONDS = 0.5
"""How often entries of other processes, or a reader's place that became free, are looked for."""
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 30.0
HURRIED_PAUSE_SECONDS = 0.1
EXIT_FLUSH_SECONDS = 2.0
"""How long the end of a program waits at most for its last entries to arrive."""
_CHANCE = random.SystemRandom()
"""Not the module's own numbers: an agent that has seeded them counts on their order."""
TORN = "a line of the spool was torn"

_log = logging.getLogger("agents_sdk")


class Shipper:
    """Ships until it is stopped; `wake` may be called from anywhere, a finalizer included."""

    def __init__(
        self,
        reader: SpoolReader,
        reporter: Reporter,
        deliveries: Deliveries,
        *,
        jitter: Callable[[], float] = _CHANCE.random,
    ) -> None:
        self._reader = reader
        self._reporter = reporter
        self._deliveries = deliveries
        self._receipts = ReceiptSender(reporter, reader, deliveries)
        self._jitter = jitter
        self._signals: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._is_signalled = False
        self._is_hurried = False
        self._is_stopped = False
        self._is_retired = False
        self._is_standby = False
        self._total_failures = 0
        self._pause_seconds = 0.0
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name="agents-sdk-shipper", daemon=True)

    def start(self) -> None:
        self._thread.start()
        _RUNNING.add(self)

    def wake(self) -> None:
        """There is a new entry. `SimpleQueue.put` may interrupt itself, unlike an Event."""
        if not self._is_signalled:
            self._is_signalled = True
            self._signals.put(None)

    def flush(self, deadline: float, *, is_patient: bool, is_last: bool = False) -> bool:
        """Ship without lingering until nothing waits; True if that was reached in time.

        `deadline` is monotonic. Without patience, the first attempt in vain ends it, and so does
        another process that is in charge of the spool. If it is the last flush, the server is told
        what became of the entries as well.
        """
        failures, self._is_hurried = self._total_failures, True
        if is_last:
            self._receipts.hurry()
        self._signals.put(None)
        was_empty = False  # once is enough: other processes of the agent go on filling the spool
        try:
            while True:
                was_empty = was_empty or self._reader.is_empty()
                if self._is_flushed(was_empty, failures, is_patient):
                    return was_empty
                if time.monotonic() >= deadline or not self._thread.is_alive():
                    return was_empty
                time.sleep(0.005)
        finally:
            self._is_hurried = False
            self._receipts.calm()

    def _is_flushed(self, was_empty: bool, failures: int, is_patient: bool) -> bool:
        is_in_vain = self._total_failures > failures or self._is_standby
        is_over = was_empty or (is_in_vain and not is_patient)
        return is_over and (self._receipts.is_settled or self._is_server_away)

    @property
    def _is_server_away(self) -> bool:
        """Entries could not be delivered, because nobody answered."""
        return self._failures > 0 and not self._reporter.is_answering

    def retire(self) -> None:
        """End as soon as nothing waits; nobody will write through this one any more."""
        self._is_retired = True
        self._receipts.hurry()
        self.wake()

    def forget(self) -> None:
        """In a child after a fork: there is no thread, and the lock is the parent's."""
        self._reader.release_lock()

    def stop(self, wait_seconds: float) -> None:
        """End after the batch under way; waits for that at most so long."""
        self._is_stopped = True
        self._signals.put(None)
        self._thread.join(wait_seconds)

    def _run(self) -> None:
        while not self._is_stopped:
            try:
                self._step()
                self._is_stopped |= self._is_retired and self._reader.is_empty()
            except Exception as error:  # a disk that fails, a spool that was deleted under us
                self._back_off(f"{type(error).__name__}: {error}", None)
            self._tell()
            self._wait()
        self._reader.release_lock()
        self._reporter.close()
        _RUNNING.discard(self)

    def _step(self) -> None:
        """Ship until nothing waits or the server has to be left alone."""
        self._is_signalled = False  # before reading: what is written from here on signals again
        self._pause_seconds = IDLE_SECONDS
        self._is_standby = not self._reader.take_lock()
        if self._is_standby:
            return
        while not self._is_stopped:
            batch = self._reader.next_batch()
            if not batch or not self._ship(batch):
                return
            self._tell(is_under_way=True)

    def _tell(self, *, is_under_way: bool = False) -> None:
        """Say what became of entries, to the server and in the log, where there is news."""
        with contextlib.suppress(Exception):  # a receipt is not worth a failure
            self._deliveries.warn()
            if not self._is_server_away:
                is_in_charge = self._reader.is_in_charge
                self._receipts.tell(is_in_charge=is_in_charge, is_under_way=is_under_way)

    def _ship(self, batch: Sequence[SpooledLine]) -> bool:
        """Settle a batch in order; False if the rest has to wait."""
        waiting = [batch]
        while waiting and not self._is_stopped:
            lines = waiting.pop()
            report = self._reporter.report([line.data for line in lines])
            if report.outcome is Outcome.LATER:
                self._back_off(report.problem, report.retry_after_seconds)
                return False
            self._failures = 0
            if report.outcome is Outcome.SPLIT and len(lines) > 1:
                middle = len(lines) // 2
                waiting += [lines[middle:], lines[:middle]]
            elif self._is_unanswered(report, lines):
                waiting += [[line] for line in reversed(lines)]
            else:
                self._settle(lines, report)
        return not waiting

    def _is_unanswered(self, report: Report, lines: Sequence[SpooledLine]) -> bool:
        """Entries a server forgot to speak of are asked about once more, each on its own."""
        return len(lines) > 1 and NO_ANSWER in report.verdicts

    def _settle(self, lines: Sequence[SpooledLine], report: Report) -> None:
        verdicts = report.verdicts or (report.problem,)
        for line, refusal in zip(lines, verdicts, strict=True):
            if refusal is None:
                self._deliveries.count_delivered()
            elif line.data:
                self._deliveries.drop(_loss(line, refusal))
        self._reader.acknowledge(lines[-1])

    def _back_off(self, problem: str, retry_after_seconds: float | None) -> None:
        if not self._failures:
            _log.info("LLM log entries wait in the spool: %.200s", problem)
        doubled = FIRST_PAUSE_SECONDS * 2 ** min(self._failures, 20)
        pause_seconds = min(doubled, LONGEST_PAUSE_SECONDS) * (0.8 + 0.4 * self._jitter())
        self._pause_seconds = max(pause_seconds, retry_after_seconds or 0.0)
        self._failures += 1
        self._total_failures += 1

    def _wait(self) -> None:
        """Until there is something new, or, after a failure, until the pause is over."""
        longest = HURRIED_PAUSE_SECONDS if self._is_hurried else self._pause_seconds
        wake_at = time.monotonic() + min(self._pause_seconds, longest)
        while not self._is_stopped:
            try:
                self._signals.get(timeout=max(0.0, wake_at - time.monotonic()))
            except queue.Empty:
                return
            if self._is_hurried:
                return
            if not self._failures:
                time.sleep(LINGER_SECONDS)
                return


def _loss(line: SpooledLine, refusal: str) -> str:
    return f"refused: {refusal}" if is_whole(line.data) else TORN


_RUNNING: set[Shipper] = set()
"""Kept alive until their spool is empty, even if their logger is forgotten."""


def _flush_at_exit() -> None:
    """The last entries usually arrive within milliseconds; what does not stays in the spool."""
    deadline = time.monotonic() + EXIT_FLUSH_SECONDS
    for shipper in list(_RUNNING):
        shipper.flush(deadline, is_patient=False, is_last=True)


def _forget_threads_of_the_parent() -> None:
    for shipper in _RUNNING:
        shipper.forget()
    _RUNNING.clear()


atexit.register(_flush_at_exit)
os.register_at_fork(after_in_child=_forget_threads_of_the_parent)
