"""The logger of an agent that shares no folder with the Studio: by way of disk over the network."""

import asyncio
import contextlib
import logging
import os
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agents_sdk import config
from agents_sdk.announcement import MAX_ID_CHARS, call_started
from agents_sdk.client import AgentClient
from agents_sdk.delivery import DeliveryReport
from agents_sdk.loggers.announcer import Announcer
from agents_sdk.loggers.base import FLUSH_SECONDS, CallLogger, new_log_id
from agents_sdk.spool.reader import SpoolReader
from agents_sdk.spool.reporter import Reporter
from agents_sdk.spool.shipper import EXIT_FLUSH_SECONDS, Shipper
from agents_sdk.spool.writer import SpoolWriter, spool_folder

_log = logging.getLogger("agents_sdk")


class EventBasedLLMLogger(CallLogger):
    """Reports every call to a server as an event.

    When `log_call` returns, the entry lies in the spool on this machine's disk and survives the
    death of the process; a background thread brings it to the server, now or, if the server is
    away, later. What a process leaves behind is delivered by the next one of the same agent.

    Args:
        agent_id: Who makes the calls.
        client: The agent's connection; without one, a connection to `AGENTS_SDK_URL`. It need not
            be connected.
        spool_dir: `AGENTS_SDK_SPOOL_DIR`, else ~/.local/state/studio-llm-logs, if left out.
        spool_bytes: How much may wait; `AGENTS_SDK_SPOOL_BYTES`, else 1 GiB. When the spool is
            full, the newest entry is refused and counted.

    Raises:
        InvalidAgentId: no server takes entries of such an agent.
    """

    def __init__(
        self,
        agent_id: str | None = None,
        client: AgentClient | None = None,
        *,
        spool_dir: Path | str | None = None,
        spool_bytes: int | None = None,
        clock: Callable[[], float] = time.time,
        new_id: Callable[[], str] = new_log_id,
    ) -> None:
        settings = config.from_environment()
        super().__init__(
            settings.agent_id if agent_id is None else agent_id, clock=clock, new_id=new_id
        )
        self._client = client or AgentClient(self.agent_id, settings.url)
        folder = spool_folder(
            config.anchored(settings.spool_dir if spool_dir is None else spool_dir),
            self.agent_id,
            self._client.base_url,
        )
        limit_bytes = settings.spool_bytes if spool_bytes is None else spool_bytes
        self._writer = SpoolWriter(folder, limit_bytes=limit_bytes)
        self._reader = SpoolReader(folder)
        self._shipper: Shipper | None = None
        self._announcer: Announcer | None = None
        self._start_lock = threading.RLock()
        _LOGGERS.add(self)
        self._client.before_disconnect(_flush_of(self))
        if not self._reader.is_empty():
            self._running_shipper()

    def announce_call(
        self,
        model_name: str,
        provider: str,
        messages: list[dict[str, Any]],
        *,
        session_id: str | None = None,
        trace_id: str | None = None,
        stream: bool = False,
    ) -> str:
        """Say that a call begins, so that the Studio shows it running; as best this can be done.

        The server hears of it a moment later from a thread of its own, unless that would take
        waiting, memory or trying again: then it does not. Never raises, never waits.

        Returns:
            The log id of the call, for the `log_id=` of the `log_call` that ends it.
        """
        log_id = self._new_id()
        try:
            announcer = self._running_announcer()
            if announcer.is_open() and len(log_id) <= MAX_ID_CHARS:
                call = call_started(
                    log_id=log_id,
                    timestamp=self._clock(),
                    model_name=model_name,
                    provider=provider,
                    messages=messages,
                    session_id=session_id,
                    trace_id=trace_id,
                    is_stream=stream,
                )
                announcer.announce(call)
        except Exception as problem:  # a machine without room for another thread
            _log.debug("the start of a call is not announced: %r", problem)
        return log_id

    async def flush(self, timeout_seconds: float = FLUSH_SECONDS) -> bool:
        """Wait until the server has everything; False if that was not reached in time."""
        return await asyncio.to_thread(self.flush_sync, timeout_seconds)

    def flush_sync(self, timeout_seconds: float = FLUSH_SECONDS) -> bool:
        """`flush` without an event loop."""
        if self._reader.is_empty():
            return True
        deadline = time.monotonic() + timeout_seconds
        shipper = self._running_shipper()
        return shipper is not None and shipper.flush(deadline, is_patient=True)

    def close(self, timeout_seconds: float = EXIT_FLUSH_SECONDS) -> None:
        """Deliver what can be delivered at once and stop the thread; a later call starts it again.

        What remains waits in the spool for the next logger of this agent.
        """
        with self._start_lock:
            shipper, self._shipper = self._shipper, None
            announcer, self._announcer = self._announcer, None
        if announcer is not None:
            announcer.retire()
        if shipper is not None:
            deadline = time.monotonic() + timeout_seconds
            shipper.flush(deadline, is_patient=False, is_last=True)
            shipper.stop(max(0.0, deadline - time.monotonic()))
        self._writer.close()

    def delivery_report(self) -> DeliveryReport:
        return self._deliveries.report(waiting=self._reader.waiting_entries())

    def _over(self, log_id: str) -> None:
        announcer = self._announcer  # `close` in another thread may take it away
        if announcer is not None:
            announcer.over(log_id)

    def _write(self, line: bytes) -> None:
        self._writer.write(line)
        self._deliveries.count_written()
        shipper = self._running_shipper()
        if shipper is not None:
            shipper.wake()

    def _after_loss(self) -> None:
        """The server should hear of it, even if nothing was ever written."""
        self._running_shipper()

    def _running_shipper(self) -> Shipper | None:
        """None if no thread can be started just now: what is written waits for a later call."""
        shipper = self._shipper
        if shipper is not None:
            return shipper
        with self._start_lock:
            if self._shipper is None:
                with contextlib.suppress(RuntimeError):
                    self._shipper = self._start_shipper()
            return self._shipper

    def _start_shipper(self) -> Shipper:
        reader = SpoolReader(self._reader.folder)
        shipper = Shipper(reader, Reporter(self._client), self._deliveries)
        shipper.start()
        weakref.finalize(self, shipper.retire).atexit = False
        return shipper

    def _running_announcer(self) -> Announcer:
        announcer = self._announcer
        if announcer is not None:
            return announcer
        with self._start_lock:
            if self._announcer is None:
                announcer = Announcer(self._client)
                announcer.start()
                weakref.finalize(self, announcer.retire).atexit = False
                self._announcer = announcer
            return self._announcer

    def _forget(self) -> None:
        """In a child after a fork: the threads stayed with the parent."""
        self._start_lock = threading.RLock()
        self._shipper = None
        self._announcer = None


def _flush_of(logger: EventBasedLLMLogger) -> Callable[[], object]:
    """For a client, which may outlive its loggers: deliver what can be delivered at once."""
    known = weakref.ref(logger)

    def flush() -> None:
        living = known()
        if living is not None and living._shipper is not None:
            deadline = time.monotonic() + EXIT_FLUSH_SECONDS
            living._shipper.flush(deadline, is_patient=False, is_last=True)

    return flush


_LOGGERS: weakref.WeakSet[EventBasedLLMLogger] = weakref.WeakSet()


def _forget_threads_of_the_parent() -> None:
    for logger in list(_LOGGERS):
        logger._forget()


os.register_at_fork(after_in_child=_forget_threads_of_the_parent)
