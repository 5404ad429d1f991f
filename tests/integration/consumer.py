"""A program of a user, as a type checker and every promised Python see it. Not a test itself.

Run in a fresh environment that has the SDK and nothing else; checked with `mypy --strict`.
"""

import asyncio
import sys
from typing import assert_type

import agents_sdk
from agents_sdk import (
    AgentAction,
    AgentClient,
    AgentConfig,
    AgentRunner,
    AgentTool,
    AgentTrajectory,
    DeliveryReport,
    Event,
    EventAnswer,
    EventBasedLLMLogger,
    LLMCallLogger,
    ServerUnreachable,
    extract_token_usage,
    get_llm_logs,
    orchestrate_agent,
)
from agents_sdk.testing import CapturingLogger, FrozenClock, Reply, ToolCall

MESSAGES = [{"role": "user", "content": "Weather in Köln?"}]
RESPONSE = {"content": "Rain.", "tool_calls": None, "usage": {"prompt_tokens": 12}}


class Helper(AgentRunner):
    async def handle_event(self, event: Event) -> AgentTrajectory:
        trajectory = await self.run_agent(event)
        assert_type(trajectory, AgentTrajectory)
        assert_type(trajectory.actions, list[AgentAction])
        return trajectory


def weather(city: str) -> str:
    """The weather in a city."""
    return f"It rains in {city}."


async def log_both_ways(workspace: str) -> DeliveryReport:
    logger = LLMCallLogger(workspace, "consumer")
    log_id = await logger.log_call("gpt-4o", "openai", MESSAGES, None, RESPONSE, 812.5)
    assert_type(log_id, str)
    failed_id = logger.log_call_sync("gpt-4o", "openai", MESSAGES, None, None, 9, error="x", n=1)
    assert_type(failed_id, str)
    return logger.delivery_report()


def report(spool_dir: str) -> DeliveryReport:
    client = AgentClient("consumer", "http://127.0.0.1:1")
    logger = EventBasedLLMLogger("consumer", client, spool_dir=spool_dir)
    with agents_sdk.session("s", team="support"), agents_sdk.trace() as trace_id:
        assert_type(trace_id, str)
        logger.log_call_sync("gpt-4o", "openai", MESSAGES, None, RESPONSE, 1)
    logger.close(0)
    return logger.delivery_report()


def remember() -> list[dict[str, object]]:
    logger = CapturingLogger("consumer")
    assert_type(agents_sdk.instrument(logger=logger), CapturingLogger)
    agents_sdk.uninstrument()
    logger.log_call_sync("gpt-4o", "openai", MESSAGES, None, RESPONSE, FrozenClock(1.0)())
    return list(logger.entries)


def instrumented(folder: str) -> DeliveryReport:
    logger = agents_sdk.instrument("instrumented", workspace=folder)
    agents_sdk.uninstrument()
    assert logger.flush_sync()
    logger.close()
    return logger.delivery_report()


async def ask(client: AgentClient) -> None:
    assert_type(await client.send_event(Event("greeting", source_id="consumer")), EventAnswer)
    config = AgentConfig("Be brief.", "gpt-4o", api_key="any", temperature=0)
    tool = AgentTool("weather", "The weather.", weather, {"type": "object"})
    trajectory = await orchestrate_agent("Umbrella?", config, [weather, tool])
    assert_type(trajectory.error, str | None)
    Reply(None, tool_calls=(ToolCall("weather", "{}"),))


def main(folder: str) -> None:
    written = asyncio.run(log_both_ways(folder))
    waiting = report(f"{folder}/spool")
    assert (written.written, waiting.written, len(remember())) == (2, 1, 1)
    assert instrumented(folder).written == 0
    assert extract_token_usage("openai", RESPONSE)["input_tokens"] == 12
    try:
        get_llm_logs("consumer", base_url="http://127.0.0.1:1", limit=1)
    except ServerUnreachable as error:
        print(error)


if __name__ == "__main__":
    main(sys.argv[1])
