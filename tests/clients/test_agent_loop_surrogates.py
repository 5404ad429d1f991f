"""Half characters, which JSON can escape and UTF-8 cannot carry, in what a model says."""

from dataclasses import replace
from typing import Any

import pytest

from agents_sdk import AgentConfig, orchestrate_agent
from agents_sdk.orchestrator.model import provider_of
from agents_sdk.testing import ModelServer, Reply, ToolCall
from tests.clients.test_agent_loop import SCRIPT, TOOLS, Entries, config, entries

__all__ = ["config", "entries"]  # fixtures

HALF = "\ud83d"
SAYS_HALVES = Reply(
    f"Let me {HALF}look.",
    tool_calls=(
        ToolCall("weather", '{"city": "K\\ud83dln"}', "call_a"),
        ToolCall(f"wea{HALF}ther", f'{{"city": "{HALF}"}}', "call_b"),
        ToolCall("weather", f'"{HALF}"', "call_c"),
        ToolCall("weather", f'{{"c{HALF}": 1}}', "call_d"),
    ),
)


@pytest.mark.parametrize("is_stream", [False, True])
async def test_what_a_model_said_in_half_characters_goes_back_in_whole_ones(
    config: AgentConfig, model_server: ModelServer, entries: Entries, is_stream: bool
) -> None:
    config.stream = is_stream
    first = SAYS_HALVES
    if config.provider in ("gemini", "bedrock", "claude"):  # their arguments are objects
        first = replace(first, tool_calls=(*first.tool_calls[:2], first.tool_calls[3]))
    if config.provider == "claude" and is_stream:  # such a call is refused by the client itself
        first = replace(first, tool_calls=(ToolCall(f"wea{HALF}ther", "{}"),))
    model_server.script(first, SCRIPT[1], SCRIPT[2])
    trajectory = await orchestrate_agent("Rain?", config, TOOLS, agent_id="bot")
    assert trajectory.response == "It rains in Köln and in Bonn."
    assert len(model_server.requests) == len(entries()) == 3
    said = str(model_server.requests[2].body)
    assert "Let me \ufffd" in said and HALF not in said  # Gemini's pieces stay pieces


async def test_half_characters_in_what_is_asked_are_no_obstacle(
    config: AgentConfig, model_server: ModelServer, entries: Entries
) -> None:
    config.instruction = f"Be {HALF}brief."
    model_server.script(Reply("Yes."))
    trajectory = await orchestrate_agent(f"R{HALF}in?", config, TOOLS, f"{HALF}!", agent_id="bot")
    assert trajectory.response == "Yes."
    assert "R\ufffdin?" in str(model_server.requests[0].body)


async def test_a_conversation_of_your_own_may_hold_half_characters(
    config: AgentConfig, model_server: ModelServer
) -> None:
    call = {"id": "a", "function": {"name": "weather", "arguments": '{"city": "\\ud83d"}'}}
    conversation: list[dict[str, Any]] = [
        {"role": "user", "content": f"R{HALF}in?"},
        {"role": "assistant", "content": f"{HALF}", "tool_calls": [call | {"type": "function"}]},
        {"role": "tool", "tool_call_id": "a", "name": "weather", "content": HALF},
    ]
    model = provider_of(config)
    said = await model.chat_completion(conversation)
    await model.close()
    assert said["content"] == "It rains in Köln today."
