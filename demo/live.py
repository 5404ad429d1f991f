"""The agents at work: each has its errands and pauses, all share one event loop and one bound."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from pathlib import Path
from random import Random

from agents_sdk.client import AgentClient
from agents_sdk.loggers.base import CallLogger
from agents_sdk.loggers.event import EventBasedLLMLogger
from agents_sdk.loggers.file import LLMCallLogger
from demo.calls import calls_of
from demo.clients import Clients
from demo.mishaps import USUAL, with_mishaps
from demo.modelserver import ModelServer
from demo.recording import announce, record
from demo.scene import Agent, Scene, in_own_sessions
from demo.workspace import logs_bytes, spool_folder

MAX_CALLS_AT_ONCE = 10
MAX_LOGS_BYTES = 2 * 2**30
"""At this size the agents rest until retention has made room."""
_SIZE_EVERY_SECONDS = 60.0
_FIRST_PAUSE_SECONDS = 2.5
_LONGEST_PAUSE_SECONDS = 60.0
_CLOSE_SECONDS = 4.0
_RUSH = 0.07
"""How often two errands of an agent follow each other without a pause."""


async def live(
    cast: Mapping[str, Agent], workspace: Path, studio_url: str, network_password: str
) -> None:
    """Everybody at work, until cancelled; then what waits is delivered, if a moment suffices."""
    with ModelServer() as models:
        clients = Clients(models)
        network = Network(cast, workspace, studio_url, network_password, clients)
        try:
            await network.run()
        finally:
            models.is_over.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await network.close()
                    await clients.close()


class Network:
    """The cast with its loggers and clients; `run` ends when it is cancelled."""

    def __init__(
        self,
        cast: Mapping[str, Agent],
        workspace: Path,
        studio_url: str,
        network_password: str,
        clients: Clients,
    ) -> None:
        self._cast = cast
        self._workspace = workspace
        self._clients = clients
        self._random = Random()
        self._places = asyncio.Semaphore(MAX_CALLS_AT_ONCE)
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._connections = {
            agent_id: AgentClient(
                agent_id,
                studio_url,
                password=network_password,
                metadata={"model": agent.model},
            )
            for agent_id, agent in cast.items()
            if agent.reports_over_http
        }
        self._loggers = {agent_id: self._logger_of(agent_id) for agent_id in cast}

    async def run(self) -> None:
        """Live until cancelled."""
        await asyncio.gather(*(one.connect() for one in self._connections.values()))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch_size())
            for agent in self._cast.values():
                if agent.scene is not None:
                    group.create_task(self._live(agent))

    async def close(self) -> None:
        """Deliver what is waiting, as far as a moment allows, and leave the server."""
        await asyncio.gather(*(one.disconnect() for one in self._connections.values()))
        for logger in self._loggers.values():
            if isinstance(logger, LLMCallLogger | EventBasedLLMLogger):
                await asyncio.to_thread(logger.close)

    def _logger_of(self, agent_id: str) -> CallLogger:
        client = self._connections.get(agent_id)
        if client is None:
            return LLMCallLogger(self._workspace, agent_id)
        return EventBasedLLMLogger(agent_id, client, spool_dir=spool_folder(self._workspace))

    async def _live(self, agent: Agent) -> None:
        assert agent.scene is not None
        await asyncio.sleep(_FIRST_PAUSE_SECONDS * self._random.random())
        if agent.opening is not None:
            await self._errand(agent.opening(self._random), mishaps=0)
        while True:
            await self._has_room.wait()
            await self._errand(agent.scene(self._random))
            if self._random.random() > _RUSH:
                pause = agent.pause_seconds * self._random.lognormvariate(0, 0.5)
                await asyncio.sleep(min(pause, _LONGEST_PAUSE_SECONDS))

    async def _errand(self, scene: Scene, mishaps: float = USUAL) -> None:
        await self._perform(in_own_sessions(scene, self._random), mishaps)

    async def _perform(self, scene: Scene, mishaps: float = USUAL) -> None:
        agent = self._cast[scene.agent_id]
        scene = with_mishaps(scene, agent, self._random, mishaps)
        for call in calls_of(scene, agent, self._random):
            async with self._places:
                logger = self._loggers[agent.agent_id]
                log_id = announce(logger, call)
                began = time.monotonic()
                outcome = await self._clients.make(call)
                record(logger, call, outcome, time.monotonic() - began, log_id=log_id)
            await asyncio.sleep(call.work_seconds)
        await asyncio.gather(*(self._perform(following, mishaps) for following in scene.then))

    async def _watch_size(self) -> None:
        while True:
            size_bytes = await asyncio.to_thread(logs_bytes, self._workspace)
            if size_bytes < MAX_LOGS_BYTES:
                self._has_room.set()
            elif self._has_room.is_set():
                self._has_room.clear()
                print(
                    f"The demo's log files have reached {size_bytes:,} bytes; the agents rest "
                    f"until they are under {MAX_LOGS_BYTES:,}; or delete the demo's workspace.",
                    flush=True,
                )
            await asyncio.sleep(_SIZE_EVERY_SECONDS)
