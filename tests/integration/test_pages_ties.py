"""The page of a call leads to its other attempts and to the calls around it in its session."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import entry, studio_with

ASKED = [{"role": "user", "content": "How warm is it?"}]
FAILED = entry(1, log_id="try/1", messages=ASKED, error={"code": 529}, session_id="talk")
AGAIN = entry(5, log_id="try/2", messages=ASKED, session_id="talk")
LATER = entry(9, log_id="later", agent_id="planner", session_id="talk")
ALONE = entry(12, log_id="alone")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    workspace = tmp_path_factory.mktemp("ties") / "workspace"
    with studio_with(workspace, FAILED, AGAIN, LATER, ALONE) as running:
        yield running


def ties(studio: RunningStudio, address: str) -> dict[str, str]:
    html = studio.request("GET", f"/studio/llm-logs/{address}").body.decode()
    links = re.findall(r'<a class="tie[^"]*" href="([^"]+)"[^>]*>(.*?)</a>', html, re.DOTALL)
    return {re.sub(r"<[^>]+>", "", words).strip(): unescape(url) for url, words in links}


def test_attempts_lead_to_each_other_and_sessions_on(studio: RunningStudio) -> None:
    assert ties(studio, "bot/try%2F1") == {
        "Attempt failed; tried again →": "/studio/llm-logs/bot/try%2F2",
        "Next in session →": "/studio/llm-logs/bot/try%2F2",
    }
    assert ties(studio, "bot/try%2F2") == {
        "← Earlier attempt failed": "/studio/llm-logs/bot/try%2F1",
        "← Previous in session": "/studio/llm-logs/bot/try%2F1",
        "Next in session →": "/studio/llm-logs/planner/later",
    }
    assert ties(studio, "bot/alone") == {}


def test_the_filter_of_the_list_goes_along(studio: RunningStudio) -> None:
    found = ties(studio, "planner/later?list=agent_id%3Dplanner")
    assert found == {
        "← Previous in session": "/studio/llm-logs/bot/try%2F2?list=agent_id%3Dplanner"
    }


def test_beside_the_list_they_open_beside_it(studio: RunningStudio) -> None:
    found = ties(studio, "planner/later?part=panel")
    assert found == {"← Previous in session": "/studio/llm-logs?open=bot/try%252F2"}
