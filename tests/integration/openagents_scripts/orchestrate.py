"""Runs under an unmodified openagents 0.8.0: orchestrate_agent with a tool, then with a model that
fails, both against the server named by OPENAI_BASE_URL.

Usage: orchestrate.py HOST PORT AGENT_ID
"""

import asyncio
import sys

from openagents.agents.orchestrator import orchestrate_agent
from openagents.core.client import AgentClient
from openagents.models.agent_config import AgentConfig
from openagents.models.event import Event
from openagents.models.event_context import EventContext
from openagents.models.tool import AgentTool


def weather_tool() -> AgentTool:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    return AgentTool(
        name="weather",
        description="Tells the weather of a city",
        input_schema=schema,
        func=lambda city: f"It rains in {city}.",
    )


async def main(host: str, port: int, agent_id: str) -> None:
    client = AgentClient(agent_id)
    print("CONNECTED", await client.connect(network_host=host, network_port=port), flush=True)
    question = Event(
        event_name="agent.message", source_id="human", payload={"content": {"text": "Weather?"}}
    )
    context = EventContext(incoming_event=question, event_threads={}, incoming_thread_id="t")
    for model in ("gpt-4o-mini", "gpt-broken"):
        try:
            await orchestrate_agent(
                context,
                AgentConfig(instruction="Be terse.", model_name=model, provider="openai"),
                [weather_tool()],
                agent_id=agent_id,
                agent_client=client,
            )
        except Exception as error:
            print("MODEL FAILED", type(error).__name__, flush=True)
    await client.disconnect()
    print("DONE", flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
