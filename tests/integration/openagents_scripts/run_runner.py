"""Runs under an unmodified openagents 0.8.0: an AgentRunner that waits for one event, answers it
with run_agent against the server named by OPENAI_BASE_URL, and stops.

Usage: run_runner.py HOST PORT AGENT_ID
"""

import asyncio
import sys

from openagents.agents.runner import AgentRunner
from openagents.models.agent_config import AgentConfig
from openagents.models.event_context import EventContext


class WeatherAgent(AgentRunner):
    reacted: asyncio.Event

    async def react(self, context: EventContext) -> None:
        print("REACTING TO", context.incoming_event.event_name, flush=True)
        await self.run_agent(context, instruction="Answer the question.")
        self.reacted.set()


async def main(host: str, port: int, agent_id: str) -> None:
    config = AgentConfig(instruction="Be terse.", model_name="gpt-4o-mini", provider="openai")
    runner = WeatherAgent(agent_id=agent_id, agent_config=config)
    runner.reacted = asyncio.Event()
    await runner.async_start(network_host=host, network_port=port)
    print("RUNNING", flush=True)
    await asyncio.wait_for(runner.reacted.wait(), 60)
    await runner.async_stop()
    print("DONE", flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
