"""The life of an agent: connect, look into the mailbox again and again, leave properly.

`async_start` lives on the caller's event loop; `start` gives the agent a thread with a loop of its
own, so that programs without one can go on. Either way an event that goes wrong is named in the
log and the next one is handled; SIGINT and SIGTERM end `wait_for_stop` with a proper goodbye.
"""

import asyncio
import atexit
import concurrent.futures
import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from agents_sdk.client import POLL_WAIT_SECONDS, AgentClient
from agents_sdk.errors import ServerUnreachable
from agents_sdk.event import Event
from agents_sdk.failing import is_only_its_own
from agents_sdk.files.names import check_agent_id
from agents_sdk.runner.address import connected_client
from agents_sdk.runner.signals import StopSignals

STOP_SECONDS = 20.0
"""A stop waits so long for teardown and goodbye."""

_log = logging.getLogger("agents_sdk")


class Lifecycle(ABC):
    """What a runner does between `start` and `stop`."""

    def __init__(self, agent_id: str, client: AgentClient | None, interval: float) -> None:
        check_agent_id(agent_id)
        self.agent_id = agent_id
        self.connection: Mapping[str, Any] = {}
        self._client = client
        self._interval = interval
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._poll: asyncio.Future[list[Event]] | None = None
        self._thread: threading.Thread | None = None
        self._signals = StopSignals(self._ask_to_stop)
        self._start_lock = threading.Lock()
        self._is_starting = False

    @abstractmethod
    async def receive(self, event: Event) -> None:
        """Handle one event."""

    @abstractmethod
    async def setup(self) -> None: ...

    @abstractmethod
    async def teardown(self) -> None: ...

    @property
    def client(self) -> AgentClient:
        """The agent's connection."""
        if self._client is None:
            self._client = AgentClient(self.agent_id)
        return self._client

    @property
    def is_running(self) -> bool:
        return self._task is not None and not self._task.done()

    async def async_start(self, url: str | None = None, **connection: Any) -> None:
        """Connect and begin to react, on this event loop. The arguments are those of `start`."""
        with self._sole_start():
            await self._begin(url, connection)

    async def _begin(self, url: str | None, connection: Mapping[str, Any]) -> None:
        wanted = {**self.connection, "url": url, **connection}
        self._client = connected_client(self.agent_id, self._client, wanted)
        if not await self._client.connect():
            raise ServerUnreachable(
                f"agent {self.agent_id!r} could not connect to {self._client.base_url}; "
                "expected a Studio there (the log says what came back)"
            )
        try:
            await self.setup()
        except BaseException:
            await self._leave()
            raise
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._live(), name=f"agent {self.agent_id}")
        await asyncio.sleep(0)  # a task that is cancelled before it began would never leave

    @contextmanager
    def _sole_start(self) -> Iterator[None]:
        """A start under way; raises RuntimeError if the agent runs, or somebody else starts it."""
        with self._start_lock:
            if self._is_starting:
                raise RuntimeError(f"agent {self.agent_id!r} is being started already")
            if self.is_running:
                raise RuntimeError(f"agent {self.agent_id!r} runs already; stop it first")
            self._is_starting = True
        try:
            yield
        finally:
            self._is_starting = False

    async def async_stop(self) -> None:
        """Stop reacting, tear down, leave the network. Call it on the loop of `async_start`."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=STOP_SECONDS)

    async def async_wait_for_stop(self) -> None:
        """Wait until the agent has stopped; SIGINT and SIGTERM stop it."""
        if self._task is None:
            return
        with self._signals:
            await asyncio.wait([self._task])

    def start(
        self,
        url: str | None = None,
        network_host: str | None = None,
        network_port: int | None = None,
        network_id: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        password_hash: str | None = None,
        *,
        password: str = "",
        **unknown: Any,
    ) -> None:
        """Connect and begin to react, in a thread; returns as soon as the agent is connected.

        Args:
            url: The Studio, `http://host:port`; wins over host and port.
            network_host, network_port: The Studio; `AGENTS_SDK_URL` if nothing is given.
            network_id: Accepted for agents written for OpenAgents; a Studio is one network.
            metadata: What others may know of this agent.
            password_hash, password: The network's password, as sha256 or in clear.
            **unknown: Settings of OpenAgents' TLS; named in a warning.

        Raises:
            ServerUnreachable: nobody answers there, or the registration is refused.
            RuntimeError: the agent runs already, or is being started; it goes on.
        """
        given = {"network_host": network_host, "network_port": network_port, **unknown}
        given |= {"network_id": network_id, "metadata": metadata}
        given |= {"password_hash": password_hash, "password": password}
        connection = {name: value for name, value in given.items() if value}
        with self._sole_start():
            self._start_thread(url, connection)
        atexit.register(self.stop)

    def _start_thread(self, url: str | None, connection: Mapping[str, Any]) -> None:
        """Begin in a thread; returns, or raises, when the agent is connected or cannot be."""
        started: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._thread = threading.Thread(
            target=self._live_in_thread,
            args=(started, url, connection),
            name=f"agent {self.agent_id}",
            daemon=True,  # a program that does not wait for its agent ends
        )
        self._signals.take()
        self._thread.start()
        try:
            started.result()
        except BaseException:
            self._signals.give_back()
            raise

    def wait_for_stop(self) -> None:
        """Wait until the agent has stopped: by `stop`, SIGINT or SIGTERM."""
        try:
            if self._thread is not None:
                self._thread.join()
        except KeyboardInterrupt:
            self.stop()
        finally:
            self._signals.give_back()

    def stop(self) -> None:
        """Stop an agent that `start` started. From its own handlers it returns at once."""
        atexit.unregister(self.stop)
        self._ask_to_stop()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(STOP_SECONDS)
            self._signals.give_back()

    def _ask_to_stop(self) -> None:
        loop, task = self._loop, self._task
        if loop is not None and task is not None and not loop.is_closed():
            loop.call_soon_threadsafe(task.cancel)

    def _live_in_thread(
        self,
        started: "concurrent.futures.Future[None]",
        url: str | None,
        connection: Mapping[str, Any],
    ) -> None:
        async def whole_life() -> None:
            try:
                await self._begin(url, connection)
            except BaseException as error:
                started.set_exception(error)
                return
            started.set_result(None)
            if self._task is not None:
                await asyncio.wait([self._task])

        asyncio.run(whole_life())

    async def _live(self) -> None:
        try:
            while True:
                self._poll = asyncio.ensure_future(self.client.poll())  # a thread: not cancelled
                events = await asyncio.shield(self._poll)
                for event in events:
                    await self._receive(event)
                if not events:
                    await asyncio.sleep(self._interval)
        except (Exception, asyncio.CancelledError) as error:
            if is_only_its_own(error):
                _log.exception("agent %s stops because its loop failed", self.agent_id)
            else:
                _log.info("agent %s stops", self.agent_id)
        finally:
            await self._leave()

    async def _receive(self, event: Event) -> None:
        """Whatever a handler raises of its own ends it alone, `sys.exit()` included."""
        try:
            await self.receive(event)
        except BaseException as error:
            if not is_only_its_own(error):
                raise
            _log.exception(
                "agent %s failed at event %.100r with %s and goes on; stop() ends it",
                *(self.agent_id, event.event_name, type(error).__name__),
            )

    async def _leave(self) -> None:
        try:
            await self.teardown()
        except (Exception, asyncio.CancelledError, SystemExit):  # a goodbye is said all the same
            _log.exception("agent %s failed to tear down", self.agent_id)
        if self._poll is not None:
            await asyncio.wait([self._poll], timeout=POLL_WAIT_SECONDS)
        try:
            await self.client.disconnect()
        except RuntimeError:  # Python is ending and starts no more threads
            self.client.disconnect_sync()
