"""An agent's connection to a server: register, send events, poll for events, leave.

Every request is made in a thread, so an event loop never waits; each method has a twin `…_sync`
for programs without one. A server that is down or refuses is an answer (`False`, an `EventAnswer`
without success) and never an exception: the agent's own work goes on.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from agents_sdk import config
from agents_sdk.codec import encode_line
from agents_sdk.event import Event, EventAnswer, event_body, event_of
from agents_sdk.fields import field
from agents_sdk.files.names import check_agent_id
from agents_sdk.underway import UnderWay
from agents_sdk.urls import address_of_host, parse_url
from agents_sdk.wire import Answer, Wire

TIMEOUT_SECONDS = 10.0
POLL_WAIT_SECONDS = 2.0
"""A goodbye waits so long for a poll that is under way."""

_log = logging.getLogger("agents_sdk")


class AgentClient:
    """One agent at one server.

    Args:
        agent_id: Who speaks.
        base_url: The server; `AGENTS_SDK_URL`, else http://localhost:8700, if left out.
        password: The network's password, for a server that is reachable from other machines.
        password_hash: Its sha256 in hex, where the password itself is not at hand.
        metadata: What other agents may know of this one.

    Raises:
        InvalidAgentId, InvalidUrl: for values no server could take.
    """

    def __init__(
        self,
        agent_id: str,
        base_url: str | None = None,
        *,
        password: str = "",
        password_hash: str = "",
        metadata: Mapping[str, Any] | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        check_agent_id(agent_id)
        self.agent_id = agent_id
        given_url = base_url or config.from_environment().url
        parse_url(given_url)
        self.base_url = given_url.rstrip("/")
        self.timeout_seconds = timeout_seconds
        self.secret = ""
        self.is_connected = False
        self.has_left = False
        """Whether the agent said goodbye, and nobody should bring it back without being asked."""
        if password:
            password_hash = hashlib.sha256(password.encode()).hexdigest()
        self._password_hash = password_hash
        self._metadata = dict(metadata or {})
        self._polls = UnderWay()
        self._before_disconnect: list[Callable[[], object]] = []

    async def connect(
        self, network_host: str | None = None, network_port: int | None = None
    ) -> bool:
        """Find the server and register; False, and a warning that says why, if that failed.

        A host or port moves the client there first.
        """
        if network_host or network_port:
            self.base_url = address_of_host(network_host, network_port)
        return await asyncio.to_thread(self.connect_sync)

    async def disconnect(self) -> bool:
        """Deliver what is waiting, as far as a moment allows, and leave the server."""
        return await asyncio.to_thread(self.disconnect_sync)

    async def send_event(self, event: Event | Mapping[str, Any]) -> EventAnswer:
        """Send an event to another agent or to the server."""
        return await asyncio.to_thread(self.send_event_sync, event)

    async def poll(self) -> list[Event]:
        """The events that waited for this agent; empty if there were none or no answer."""
        return await asyncio.to_thread(self.poll_sync)

    def connect_sync(self) -> bool:
        """`connect` without an event loop."""
        health = self._get("/api/health")
        if health.status != 200 or field(health.body, "success") is False:
            return self._failed("find", health)
        with self._wire() as wire:
            answer = self.register(wire)
        return answer.is_success or self._failed("register at", answer)

    def disconnect_sync(self) -> bool:
        """`disconnect` without an event loop."""
        for callback in self._before_disconnect:
            callback()
        self.is_connected, self.has_left = False, True  # first: polls from now on bring nobody back
        self._polls.wait(POLL_WAIT_SECONDS)
        self.is_connected, self.has_left = False, True  # one that was under way may have
        answer = self._post("/api/unregister", self._signed({"agent_id": self.agent_id}))
        return answer.status == 200 or self._failed("leave", answer)

    def send_event_sync(self, event: Event | Mapping[str, Any]) -> EventAnswer:
        """`send_event` without an event loop."""
        answer = self._post("/api/send_event", event_body(event, self.agent_id, self.secret))
        return EventAnswer(answer.is_success, _message(answer), field(answer.body, "data"))

    def poll_sync(self) -> list[Event]:
        """`poll` without an event loop."""
        with self._polls.one_more():
            answer = self._poll()
        messages = field(answer.body, "messages")
        if not isinstance(messages, list):
            return []
        return [event_of(message) for message in messages if isinstance(message, dict)]

    def _poll(self) -> Answer:
        query = urlencode(self._signed({"agent_id": self.agent_id}))
        answer = self._get(f"/api/poll?{query}")
        if self.is_connected and answer.status == 200 and not answer.is_success:
            with self._wire() as wire:  # a server that forgot us, and would never have mail again
                self.register(wire)
        return answer

    def register(self, wire: Wire) -> Answer:
        """Ask for a registration over a connection of the caller's; keeps the secret."""
        body = {
            "agent_id": self.agent_id,
            "metadata": self._metadata,
            "password_hash": self._password_hash,
        }
        answer = wire.post("/api/register", encode_line(body))
        if answer.is_success:
            secret = field(answer.body, "secret")
            self.secret = secret if isinstance(secret, str) else ""
            self.is_connected, self.has_left = True, False
        return answer

    def before_disconnect(self, callback: Callable[[], object]) -> None:
        """Have something done before the agent leaves, such as a flush."""
        self._before_disconnect.append(callback)

    def _signed(self, fields: dict[str, str]) -> dict[str, str]:
        return {**fields, "secret": self.secret} if self.secret else fields

    def _wire(self) -> Wire:
        """A connection of its own for each request: any thread may ask at any time."""
        return Wire(self.base_url, timeout_seconds=self.timeout_seconds)

    def _get(self, path: str) -> Answer:
        with self._wire() as wire:
            return wire.get(path)

    def _post(self, path: str, body: dict[str, Any]) -> Answer:
        with self._wire() as wire:
            return wire.post(path, encode_line(body))

    def _failed(self, what: str, answer: Answer) -> bool:
        _log.warning(
            "agent %s could not %s %s: %.200s", self.agent_id, what, self.base_url, answer.message
        )
        return False


def _message(answer: Answer) -> str:
    text = field(answer.body, "message")
    return text if answer.is_success and isinstance(text, str) else answer.message
