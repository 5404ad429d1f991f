"""The base class of agents: say how to react to an event, start it, and it lives on the network.

    class Helper(AgentRunner):
        async def handle_event(self, event):
            return await self.run_agent(event)

    agent = Helper(agent_id="helper", agent_config=AgentConfig("Be helpful.", "gpt-4o"))
    agent.start(network_host="localhost", network_port=8700)
    agent.wait_for_stop()

Every call to a model is reported to the network it is connected to.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from agents_sdk import config as environment
from agents_sdk.client import AgentClient
from agents_sdk.event import SYSTEM_AGENT_ID, Event, EventAnswer
from agents_sdk.orchestrator.actions import AgentTrajectory
from agents_sdk.orchestrator.loop import orchestrate_agent
from agents_sdk.orchestrator.model import provider_of
from agents_sdk.orchestrator.situation import EventContext, as_context
from agents_sdk.orchestrator.tools import AgentTool, as_tools, has_named
from agents_sdk.providers.model import ModelProvider
from agents_sdk.runner.config import AgentConfig
from agents_sdk.runner.declared import declared_tools, read_agent
from agents_sdk.runner.lifecycle import Lifecycle
from agents_sdk.runner.memory import Memory

BROADCAST = "agent:broadcast"
REPLY = "reply"

_log = logging.getLogger("agents_sdk")


class AgentRunner(Lifecycle):
    """Override `handle_event(event)` or `react(context)`; without either the config's triggers act.

    Args:
        agent_id: The name on the network; `AGENTS_SDK_AGENT_ID`, else `agent`, if left out.
        mod_names, mod_adapters: For agents written for OpenAgents; a Studio has no mods.
        agent_config: Instruction and model, for `run_agent`.
        client: A connection of your own; `start` makes one otherwise.
        interval: Seconds between two looks into the mailbox.
        ignored_sender_ids: Agents whose events are passed over.
        tools: What the model may call, beside the tools of the config.

    Raises:
        ValueError: what was given cannot be a tool, or two tools have one name.
    """

    def __init__(
        self,
        agent_id: str | None = None,
        mod_names: Iterable[str] | None = None,
        mod_adapters: Iterable[Any] | None = None,
        agent_config: AgentConfig | None = None,
        client: AgentClient | None = None,
        interval: float | None = 1,
        ignored_sender_ids: Iterable[str] | None = None,
        *,
        tools: Iterable[Any] = (),
    ) -> None:
        own_id = agent_id or (
            client.agent_id if client else environment.from_environment().agent_id
        )
        super().__init__(own_id, client, interval or 1)
        if mod_names or mod_adapters:
            _log.warning("agent %s: a Studio has no mods; they are left out", own_id)
        self._config = agent_config
        self._ignored = frozenset(ignored_sender_ids or ())
        self._memory = Memory()
        self._tools = as_tools(
            [*tools, *declared_tools(agent_config.tools if agent_config else ())]
        )
        if agent_config and agent_config.mcps:
            _log.warning("agent %s: MCP servers are not supported; they are left out", own_id)

    @classmethod
    def from_yaml(
        cls,
        yaml_path: Path | str,
        agent_id_override: str | None = None,
        connection_override: Mapping[str, Any] | None = None,
    ) -> Self:
        """The agent that a YAML (or JSON) file describes; docs/sdk.md shows one.

        Raises ValueError or OSError with what is wrong in the file.
        """
        declared = read_agent(Path(yaml_path), agent_id_override, connection_override)
        kind = declared.kind or cls
        agent: Self = kind(agent_id=declared.agent_id, agent_config=AgentConfig(**declared.config))
        agent.connection = declared.connection
        return agent

    async def handle_event(self, event: Event) -> Any:
        """React to an event. What it returns is for your own use."""
        return await self.run_agent(event)

    async def react(self, context: EventContext) -> Any:
        """React to an event with the threads around it; by the config's triggers, if not yours."""
        config = self.agent_config
        for trigger in config.triggers:
            if trigger.event == context.incoming_event.event_name:
                return await self.run_agent(context, instruction=trigger.instruction)
        return await self.run_agent(context) if config.react_to_all_messages else None

    async def setup(self) -> None:
        """Called once, connected, before the first event."""

    async def teardown(self) -> None:
        """Called once, still connected, after the last event."""

    async def run_agent(
        self,
        event_or_context: Any,
        instruction: str | None = None,
        max_iterations: int | None = None,
        disable_mcp: bool = False,
        disable_mods: bool = False,
    ) -> AgentTrajectory:
        """Let the model react, with the agent's tools and one to `reply` to the sender.

        `disable_mods` leaves `reply` out, as a tool of the agent's own of that name does;
        `disable_mcp` is accepted and changes nothing.
        """
        context = self._situation(event_or_context)
        tools = self.tools
        if not disable_mods and not has_named(tools, REPLY):
            tools.append(self._reply_tool(context))
        return await orchestrate_agent(
            context,
            self.agent_config,
            tools,
            instruction,
            max_iterations,
            agent_id=self.agent_id,
            agent_client=self.client,
        )

    async def run_llm(
        self,
        event_or_context: Any,
        instruction: str | None = None,
        max_iterations: int | None = None,
        disable_mcp: bool = False,
    ) -> AgentTrajectory:
        """Let the model answer without any tool; the answer is the trajectory's `response`."""
        return await orchestrate_agent(
            self._situation(event_or_context),
            self.agent_config,
            (),
            instruction,
            max_iterations,
            disable_finish_tool=True,
            use_llm_user_prompt=True,
            agent_id=self.agent_id,
            agent_client=self.client,
        )

    async def send_event(self, event: Event | Mapping[str, Any]) -> EventAnswer:
        """Send an event; one that names no receiver goes to all agents."""
        if isinstance(event, Event):
            to_all = event.target_agent_id == SYSTEM_AGENT_ID
            if to_all and not event.event_name.startswith("system."):
                event = replace(event, target_agent_id=BROADCAST, destination_id="")
            event = replace(event, source_id=event.source_id or self.agent_id)
            self._memory.add(event)
        return await self.client.send_event(event)

    def get_llm(self) -> ModelProvider:
        """The model itself, for calls of your own; close it in the end. It logs nothing."""
        return provider_of(self.agent_config)

    @property
    def agent_config(self) -> AgentConfig:
        if self._config is None:
            raise ValueError(
                f"agent {self.agent_id!r} has no agent_config; "
                "give AgentRunner(agent_config=AgentConfig(instruction, model_name))"
            )
        return self._config

    @property
    def tools(self) -> list[Any]:
        """What the model may call, beside our `reply` and `finish`."""
        return list(self._tools)

    async def receive(self, event: Event) -> None:
        """An event came: remember it, and react unless it is not for us."""
        if not self._memory.add(event) or self._is_passed_over(event):
            return
        await asyncio.sleep(self._config.reaction_delay_seconds() if self._config else 0)
        if type(self).handle_event is not AgentRunner.handle_event:
            await self.handle_event(event)
        elif self._config is not None or type(self).react is not AgentRunner.react:
            await self.react(self._memory.context_of(event))

    def _is_passed_over(self, event: Event) -> bool:
        is_own = event.source_id.removeprefix("agent:") == self.agent_id
        return is_own or event.event_name.startswith("system.") or event.source_id in self._ignored

    def _situation(self, given: Any) -> Any:
        return self._memory.context_of(given) if isinstance(given, Event) else as_context(given)

    def _reply_tool(self, context: Any) -> AgentTool:
        incoming = context.incoming_event

        async def reply(text: str) -> str:
            """Send a message to whoever sent the incoming message."""
            answer = await self.send_event(
                Event(
                    "agent.message",
                    {"text": text},
                    destination_id=incoming.source_id or BROADCAST,
                    thread_name=getattr(incoming, "thread_name", None),
                    response_to=incoming.event_id,
                )
            )
            return "sent" if answer.success else f"not sent: {answer.message}"

        return AgentTool.from_function(reply, REPLY)
