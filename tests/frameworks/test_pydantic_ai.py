"""Pydantic AI, which calls OpenAI through its own client."""

from typing import Any

import pytest

from agents_sdk.testing import CapturingLogger, ModelServer, Reply
from tests.frameworks.calls import CALLING, QUESTION, TEXT, assert_tool_loop, weather

pytest.importorskip("pydantic_ai", reason="pydantic-ai is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(params=["OpenAIChatModel", "OpenAIResponsesModel"])
def agent(request: pytest.FixtureRequest, model_server: ModelServer) -> Any:
    from pydantic_ai import Agent
    from pydantic_ai.models import openai
    from pydantic_ai.providers.openai import OpenAIProvider

    provider = OpenAIProvider(base_url=model_server.openai_url, api_key="key")
    agent = Agent(getattr(openai, request.param)("gpt-4o", provider=provider))
    agent.tool_plain(weather)
    model_server.script(CALLING, Reply(TEXT))
    return agent


@pytest.mark.parametrize("how", ["run", "run_stream"])
async def test_each_turn_is_one_entry(recorded: CapturingLogger, agent: Any, how: str) -> None:
    if how == "run":
        assert (await agent.run(QUESTION)).output == TEXT
    else:
        async with agent.run_stream(QUESTION) as running:
            assert await running.get_output() == TEXT
    assert_tool_loop(recorded)
