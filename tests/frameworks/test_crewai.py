"""CrewAI: an agent of one crew, its task and its tool."""

import os
from typing import Any

import pytest

from agents_sdk.testing import CapturingLogger, ModelServer, Reply
from tests.frameworks.calls import CALLING, TEXT, assert_tool_loop, weather

os.environ["CREWAI_DISABLE_TELEMETRY"] = os.environ["OTEL_SDK_DISABLED"] = "true"
crewai = pytest.importorskip("crewai", reason="crewai is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")


def test_each_turn_of_a_task_is_one_entry(
    recorded: CapturingLogger, model_server: ModelServer, tmp_path: Any, monkeypatch: Any
) -> None:
    from crewai.tools import tool

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    model_server.script(CALLING, Reply(TEXT))
    llm = crewai.LLM(model="openai/gpt-4o", base_url=model_server.openai_url, api_key="key")
    agent = crewai.Agent(
        role="forecaster", goal="tell", backstory="old", llm=llm, tools=[tool(weather)]
    )
    task = crewai.Task(description="The weather?", expected_output="a sentence", agent=agent)
    crew = crewai.Crew(agents=[agent], tasks=[task])
    assert TEXT in str(crew.kickoff())
    assert_tool_loop(recorded)
