"""What compatible APIs say beside a tool call goes back with it, to those who take it."""

from dataclasses import replace
from typing import Any

import pytest

from agents_sdk import AgentConfig, orchestrate_agent
from agents_sdk.providers import create_model_provider
from agents_sdk.testing import ModelServer, Reply, ToolCall
from tests.clients.test_agent_loop import SCRIPT, TOOLS, agent, assistant_messages, need

SIGNED = {"extra_content": {"google": {"thought_signature": "EjQKMgEM"}}}
SIGNED_BY_VERTEX = {"extra_content": {"vertex": {"thought_signature": "AY89a18I"}}}
DETAILS = [{"type": "reasoning.encrypted", "data": "zz", "index": 0}]

pytestmark = pytest.mark.parametrize("is_stream", [False, True])


@pytest.fixture(autouse=True)
def openai_is_here() -> None:
    need("openai")


def config_for(provider: str, model_server: ModelServer, *, is_stream: bool) -> AgentConfig:
    config = agent(provider, model_server.openai_url)
    config.stream = is_stream
    return config


async def run(config: AgentConfig) -> str:
    trajectory = await orchestrate_agent("Rain?", config, TOOLS, agent_id="bot")
    assert trajectory.error is None
    return trajectory.response


def signed_script(*, is_whole: bool) -> tuple[Reply, ...]:
    """Of calls made at once only the first has a signature."""
    first, second, last = SCRIPT
    calls = (*first.tool_calls, *second.tool_calls)
    extras = (SIGNED, SIGNED_BY_VERTEX, {})
    looks, asks, breaks = (
        replace(call, extra=extra, is_whole=is_whole)
        for call, extra in zip(calls, extras, strict=True)
    )
    return replace(first, tool_calls=(looks,)), replace(second, tool_calls=(asks, breaks)), last


@pytest.mark.parametrize("is_whole", [False, True], ids=["in pieces", "whole, without an index"])
async def test_a_signature_of_thoughts_comes_back_on_its_own_tool_call(
    model_server: ModelServer, is_stream: bool, is_whole: bool
) -> None:
    config = config_for("custom", model_server, is_stream=is_stream)
    model_server.script(*signed_script(is_whole=is_whole))
    assert await run(config) == "It rains in Köln and in Bonn."
    first, second = assistant_messages(model_server)
    assert first["tool_calls"] == [SIGNED | called("call_a", "weather", '{"city": "Köln"}')]
    assert second["tool_calls"] == [
        SIGNED_BY_VERTEX | called("call_b", "weather", '{"city": "Bonn"}'),
        called("call_c", "broken", '{"city": "Bonn"}'),
    ]


def called(call_id: str, name: str, arguments: str) -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"id": call_id, "type": "function", "function": function}


@pytest.mark.parametrize(
    ("provider", "said", "back"),
    [
        ("custom", {"reasoning": "Rain is likely."}, {"reasoning": "Rain is likely."}),
        ("openai", {"reasoning": "Rain is likely."}, {"reasoning": "Rain is likely."}),
        ("together", {"reasoning": "Rain is likely."}, {"reasoning": "Rain is likely."}),
        ("openrouter", {"reasoning": "Rain is likely."}, {"reasoning": "Rain is likely."}),
        (
            "openrouter",
            {"reasoning": "Rain.", "reasoning_details": DETAILS},
            {"reasoning_details": DETAILS},
        ),
        ("groq", {"reasoning": "Rain is likely."}, {}),
        ("custom", {"reasoning": ""}, {}),
    ],
    ids=[
        "Ollama",
        "Ollama by openai",
        "Ollama by its model",
        "OpenRouter",
        "OpenRouter's details",
        "Groq",
        "no thought",
    ],
)
async def test_reasoning_goes_back_to_those_who_take_it(
    model_server: ModelServer,
    is_stream: bool,
    provider: str,
    said: dict[str, Any],
    back: dict[str, Any],
) -> None:
    first, second, last = SCRIPT
    model_server.script(replace(first, extra=said), second, last)
    assert await run(config_for(provider, model_server, is_stream=is_stream))
    message, _ = assistant_messages(model_server)
    assert {key: message[key] for key in message if key.startswith("reasoning")} == back


@pytest.mark.parametrize(
    "path", ["/v1beta/openai/", "/v1/projects/p/locations/l/endpoints/openapi"]
)
async def test_gemini_at_a_compatible_address_is_asked_in_that_address_s_words(
    model_server: ModelServer, is_stream: bool, path: str
) -> None:
    model_server.script(
        Reply(None, tool_calls=(ToolCall("weather", '{"city": "Bonn"}'),)), SCRIPT[2]
    )
    model = create_model_provider(
        "gemini", "gemini-3-pro", model_server.url + path, "key", stream=is_stream
    )
    said = await model.chat_completion([{"role": "user", "content": "Rain?"}])
    await model.close()
    assert model.name == "gemini"
    assert said["tool_calls"][0]["name"] == "weather"
    assert model_server.requests[0].path == path.rstrip("/") + "/chat/completions"
