"""OpenAI's own Agents SDK, over both of OpenAI's endpoints."""

from typing import Any

import pytest

from agents_sdk.testing import CapturingLogger, ModelServer, Reply
from tests.frameworks.calls import CALLING, QUESTION, TEXT, assert_tool_loop, weather

agents = pytest.importorskip("agents", reason="openai-agents is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(params=["OpenAIResponsesModel", "OpenAIChatCompletionsModel"])
def agent(request: pytest.FixtureRequest, model_server: ModelServer) -> Any:
    import openai

    agents.set_tracing_disabled(True)
    client = openai.AsyncOpenAI(base_url=model_server.openai_url, api_key="key")
    model = getattr(agents, request.param)("gpt-5", openai_client=client)
    model_server.script(CALLING, Reply(TEXT))
    return agents.Agent(
        name="forecaster",
        instructions="Be brief.",
        model=model,
        tools=[agents.function_tool(weather)],
    )


@pytest.mark.parametrize("is_stream", [False, True])
async def test_each_turn_is_one_entry(
    recorded: CapturingLogger, agent: Any, is_stream: bool
) -> None:
    if is_stream:
        running = agents.Runner.run_streamed(agent, QUESTION)
        async for _ in running.stream_events():
            pass
    else:
        running = await agents.Runner.run(agent, QUESTION)
    assert running.final_output == TEXT
    assert_tool_loop(recorded)
    assert recorded.entries[0]["messages"][0] == {"role": "system", "content": "Be brief."}
