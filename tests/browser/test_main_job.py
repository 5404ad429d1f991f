"""The main job, on real input: agents with the `openai` client, both loggers, a live page."""

import json
import os
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from agents_sdk.testing import OpenAIServer, Reply, ToolCall
from tests.browser.test_live_list import PATIENCE_MS, open_list
from tests.integration.running_studio import CHECKOUT, RunningStudio

SCRIPT = CHECKOUT / "tests" / "integration" / "agent_scripts" / "weather_agent.py"


@pytest.mark.parametrize("how", ["file", "event"])
def test_calls_of_an_openai_agent_arrive_in_the_open_page(
    how: str, page: Page, studio: RunningStudio
) -> None:
    open_list(page)
    with OpenAIServer(
        Reply(None, tool_calls=(ToolCall("get_weather", '{"city": "Köln"}', "call_köln"),)),
        Reply("Bring an umbrella: 14 °C and rain.", delay_seconds=0.05),
    ) as model:
        target = str(studio.workspace) if how == "file" else studio.url
        done = subprocess.run(
            [sys.executable, str(SCRIPT), how, target, f"{how}/agent", model.base_url],
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    first, second = json.loads(done.stdout)
    expect(page.locator("#rows .call", has_text=f"{how}/agent")).to_have_count(
        2, timeout=PATIENCE_MS
    )

    asked, streamed = (
        studio.request("GET", f"/api/agents/service/{how}/agent/llm-logs/{log_id}").json
        for log_id in (first, second)
    )
    assert asked["tool_calls"] == [
        {"id": "call_köln", "name": "get_weather", "arguments": '{"city": "Köln"}'}
    ]
    assert asked["messages"][0]["content"] == f"Weather in Köln? asks {how}/agent"
    assert streamed["completion"] == "Bring an umbrella: 14 °C and rain."
    assert streamed["messages"][2]["content"] == "14 °C, rain"
    assert streamed["total_tokens"] == streamed["input_tokens"] + streamed["output_tokens"] > 0
    assert streamed["time_to_first_token_ms"] >= 50
    for call in (asked, streamed):
        assert call["latency_ms"] > 0
        assert call["error"] is None
    found = studio.request("GET", "/api/llm-logs?search=umbrella&limit=500").json
    assert [log["log_id"] for log in found["logs"]] == [second]
