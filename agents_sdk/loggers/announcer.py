"""Tells a server that calls begin: at once if that is easy, else not at all.

Whoever makes the call only leaves a small object; a thread of its own sends what was left, so that
an announcement never waits behind a backlog of entries. Nothing here is worth keeping: what does
not fit, what became old, and what a server did not take is dropped.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from agents_sdk.announcement import STARTED_EVENT
from agents_sdk.client import AgentClient
from agents_sdk.codec import dumps
from agents_sdk.event import event_body
from agents_sdk.wire import Answer, Wire

MAX_WAITING = 256
"""Under 400 bytes each as a rule, 3 KB at most."""
LINGER_SECONDS = 0.1
"""A call that is over by then is not announced: nobody could have seen it run."""
STALE_SECONDS = 5.0
TIMEOUT_SECONDS = 2.0
FIRST_PAUSE_SECONDS = 1.0
"""After a server that did not answer; doubling to the longest."""
REFUSED_PAUSE_SECONDS = 60.0
"""After one that said no, most likely because it does not know the event; doubling as well."""
LONGEST_PAUSE_SECONDS = 600.0

_log = logging.getLogger("agents_sdk")

Waiting = tuple[float, dict[str, Any]]
"""When it was announced (monotonic), and the `call` object."""


class Announcer:
    """One agent's announcements at one server.

    `announce` and `over` may be called from anywhere, a finalizer included: they take no lock.
    """

    def __init__(
        self, client: AgentClient, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._monotonic = monotonic
        self._wire = Wire(client.base_url, timeout_seconds=TIMEOUT_SECONDS)
        self._signals: queue.SimpleQueue[bool] = queue.SimpleQueue()
        """Whether to go on."""
        self._waiting: dict[str, Waiting] = {}
        self._is_idle = True
        self._quiet_until = float("-inf")
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name="agents-sdk-announcer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def is_open(self) -> bool:
        """Whether an announcement would be sent: there is room, and the server listens."""
        return len(self._waiting) < MAX_WAITING and self._monotonic() >= self._quiet_until

    def announce(self, call: dict[str, Any]) -> None:
        """Leave it for the thread, which is woken only where it does not look by itself: a thread
        that wakes takes turns with the caller, which costs it more than the rest of its call."""
        self._waiting[call["log_id"]] = (self._monotonic(), call)
        if self._is_idle:
            self._is_idle = False
            self._signals.put(True)

    def over(self, log_id: str) -> None:
        """The call has its entry; if its start was not told yet, it need not be."""
        self._waiting.pop(log_id, None)

    def retire(self) -> None:
        """End; what still waits is dropped."""
        self._quiet_until = float("inf")
        self._signals.put(False)

    def _run(self) -> None:
        goes_on = True
        while goes_on:
            goes_on = self._signals.get()
            while self._waiting:
                try:
                    self._tell_oldest()
                except Exception as error:
                    self._be_quiet(FIRST_PAUSE_SECONDS, f"{type(error).__name__}: {error}")
            self._is_idle = True
            if self._waiting:  # left before anybody could see that
                self._is_idle = False
                self._signals.put(goes_on)
        self._wire.close()

    def _tell_oldest(self) -> None:
        """Send one announcement, once its call has lasted for a moment.

        Of an agent that said goodbye nothing is told: that would bring it back.
        """
        try:
            log_id, waiting = next(iter(self._waiting.items()))
        except (StopIteration, RuntimeError):  # over in this moment; or another began in it
            return
        age_seconds = self._monotonic() - waiting[0]
        if age_seconds < LINGER_SECONDS:
            time.sleep(LINGER_SECONDS - age_seconds)
        is_awaited = self._waiting.pop(log_id, None) is not None and not self._client.has_left
        if not is_awaited or age_seconds > STALE_SECONDS or self._monotonic() < self._quiet_until:
            return
        answer = self._send(waiting[1])
        if answer.is_success:
            self._failures = 0
        elif answer.status is None:
            self._be_quiet(FIRST_PAUSE_SECONDS, answer.message)
        else:
            self._be_quiet(REFUSED_PAUSE_SECONDS, answer.message)

    def _send(self, call: dict[str, Any]) -> Answer:
        client = self._client
        if not client.is_connected:
            registration = client.register(self._wire)
            if not registration.is_success:
                return registration
        payload = {"agent_id": client.agent_id, "call": call}
        event = {"event_name": STARTED_EVENT, "payload": payload}
        body = event_body(event, client.agent_id, client.secret)
        return self._wire.post("/api/send_event", dumps(body))

    def _be_quiet(self, first_seconds: float, problem: str) -> None:
        pause_seconds = min(first_seconds * 2 ** min(self._failures, 20), LONGEST_PAUSE_SECONDS)
        self._failures += 1
        self._quiet_until = max(self._quiet_until, self._monotonic() + pause_seconds)
        _log.debug("starts of calls are not announced for %.0f s: %.200s", pause_seconds, problem)
