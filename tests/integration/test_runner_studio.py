"""Two agents on a whole Studio: one asks, one answers with a model, and its calls are logged."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents_sdk import AgentConfig, AgentRunner, Event, EventContext, get_llm_logs
from agents_sdk.testing import ModelServer, Reply, ToolCall
from tests.integration.running_studio import RunningStudio, until
from tests.integration.studio_with_entries import wait_for_index


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningStudio]:
    monkeypatch.setenv("AGENTS_SDK_SPOOL_DIR", str(tmp_path / "spool"))
    monkeypatch.delenv("AGENTS_SDK_WORKSPACE", raising=False)
    with RunningStudio(tmp_path / "workspace", worker=None) as studio:
        wait_for_index(studio)
        yield studio


class Asker(AgentRunner):
    def __init__(self) -> None:
        super().__init__("asker", interval=0.05)
        self.answers: list[str] = []

    async def react(self, context: EventContext) -> None:
        self.answers.append(context.text)


class Answerer(AgentRunner):
    async def handle_event(self, event: Event) -> Any:
        return await self.run_agent(event)


def test_an_agent_answers_another_and_its_calls_are_answers_of_the_api(
    studio: RunningStudio, model_server: ModelServer
) -> None:
    model_server.script(
        Reply(None, tool_calls=(ToolCall("reply", '{"text": "Take an umbrella."}'),)),
        Reply("I told them."),
    )
    config = AgentConfig("Be brief.", "gpt-4o", "openai", model_server.openai_url, "key")
    asker, answerer = Asker(), Answerer("answerer", agent_config=config, interval=0.05)
    for agent in (asker, answerer):
        agent.start(url=studio.url)
    question = Event("agent.message", {"text": "Umbrella?"}, destination_id="answerer")
    assert asyncio.run(asker.send_event(question)).success
    until(lambda: asker.answers == ["Take an umbrella."], "the answer")
    until(lambda: len(get_llm_logs("answerer", base_url=studio.url)) == 2, "the calls")
    for agent in (asker, answerer):
        agent.stop()
    last, first = get_llm_logs("answerer", base_url=studio.url)
    assert first["trace_id"] == last["trace_id"]
    assert [call["name"] for call in first["tool_calls"]] == ["reply"]
    assert (last["completion"], last["provider"]) == ("I told them.", "openai")
    assert "Umbrella?" in first["messages"][1]["content"]
