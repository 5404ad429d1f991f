"""One entry by its id, whatever the id is."""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.integration.running_studio import Answer, RunningStudio
from tests.integration.studio_with_entries import append, entry, studio_with, wait_for_calls

LONG_ID = "run/" * 700 + "äöü?#%"
ENTRIES = [
    entry(1, agent_id="bot", provider="claude", custom={"z": 1, "a": [None, 1.5]}),
    entry(2, agent_id="team/a/b", log_id="x"),
    entry(3, agent_id="bot", log_id=LONG_ID),
    entry(4, agent_id="bot", log_id="line\nbreak"),
    entry(5, agent_id="bot", log_id="llm-logs"),
    entry(6, agent_id="bot", log_id="stats"),
    entry(7, agent_id="bot", log_id="a/llm-logs/b"),
    entry(8, agent_id="bot", log_id="same"),
    entry(9, agent_id="bot_2", log_id="same"),
    entry(10, agent_id="bot/llm-logs", log_id="nested"),
    entry(11, agent_id="x", log_id="y/llm-logs"),
    entry(12, agent_id="x2", log_id="llm-logs/y"),
]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    with studio_with(tmp_path_factory.mktemp("studio") / "workspace", *ENTRIES) as running:
        yield running


def of_agent(studio: RunningStudio, agent_id: str, log_id: str, safe: str = "") -> Answer:
    path = f"/api/agents/service/{quote(agent_id, safe)}/llm-logs/{quote(log_id, safe)}"
    return studio.request("GET", path)


def test_an_entry_is_served_bare_and_as_stored_keys_in_their_order(studio: RunningStudio) -> None:
    answer = of_agent(studio, "bot", "log-1")
    assert answer.status == 200
    assert json.loads(answer.body) == ENTRIES[0]
    assert list(answer.json) == list(ENTRIES[0])


@pytest.mark.parametrize("stored", ENTRIES, ids=lambda stored: repr(stored["log_id"])[:20])
@pytest.mark.parametrize("safe", ["", "/"], ids=["encoded", "bare slashes"])
def test_every_entry_is_found_under_its_agent(
    studio: RunningStudio, stored: dict[str, str], safe: str
) -> None:
    answer = of_agent(studio, stored["agent_id"], stored["log_id"], safe)
    assert answer.json == stored


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 7, 10])
def test_an_entry_is_found_by_its_id_alone(studio: RunningStudio, number: int) -> None:
    stored = ENTRIES[number - 1]
    answer = studio.request("GET", f"/api/llm-logs/{quote(stored['log_id'], safe='')}")
    assert answer.json == stored


def test_fixed_words_win_over_ids(studio: RunningStudio) -> None:
    assert studio.request("GET", "/api/llm-logs/stats").json["calls"] >= len(ENTRIES)
    assert of_agent(studio, "bot", "stats").json == ENTRIES[5]
    export = studio.request("GET", "/api/llm-logs/export")
    assert (export.status, export.json["success"]) == (404, False)


@pytest.mark.parametrize(
    "path",
    [
        "/api/llm-logs/nothing",
        "/api/agents/service/bot/llm-logs/nothing",
        "/api/agents/service/bot_2/llm-logs/log-1",
        "/api/agents/service/bo/llm-logs/log-1",
    ],
)
def test_what_is_not_there_is_404_in_the_words_of_the_contract(
    studio: RunningStudio, path: str
) -> None:
    answer = studio.request("GET", path)
    assert answer.status == 404
    assert answer.json == {"success": False, "error": "Log entry not found"}


def test_an_encoded_slash_never_parts_agent_and_log(studio: RunningStudio) -> None:
    listed = studio.request("GET", "/api/agents/service/x%2Fllm-logs%2fy/llm-logs")
    assert listed.json["agent_id"] == "x/llm-logs/y"
    assert listed.json["logs"] == []
    for path in (
        "/api/agents/service/x2%2Fllm-logs/llm-logs/y",
        "/api/agents/service/x/llm-logs/z%2Fllm-logs",
        "/studio/llm-logs/x2%2Fllm-logs/y",
    ):
        assert studio.request("GET", path).status == 404, path
    assert studio.request("GET", "/studio/llm-logs/x2/llm-logs%2Fy").status == 200


def test_an_id_of_several_agents_is_409_and_lists_them(studio: RunningStudio) -> None:
    answer = studio.request("GET", "/api/llm-logs/same")
    assert answer.status == 409
    assert answer.json == {
        "success": False,
        "error": ("2 agents have a log entry with this id; expected one of them as agent_id."),
        "agents": ["bot", "bot_2"],
    }
    chosen = studio.request("GET", "/api/llm-logs/same?agent_id=bot_2")
    assert chosen.json == ENTRIES[8]


@pytest.mark.parametrize("agent_id", ["..%2f..%2fetc", "%2fetc%2fpasswd", "*", "bot%00", "%ff"])
def test_an_agent_id_that_is_none_reaches_no_file(studio: RunningStudio, agent_id: str) -> None:
    assert studio.request("GET", f"/api/agents/service/{agent_id}/llm-logs").json["logs"] == []
    entry_answer = studio.request("GET", f"/api/agents/service/{agent_id}/llm-logs/log-1")
    assert entry_answer.status == 404


def test_an_entry_that_arrives_is_found_from_the_moment_it_is_listed(
    studio: RunningStudio,
) -> None:
    fresh = entry(700, agent_id="late", completion="an unmistakable zyzzyva")
    append(studio.workspace, fresh)
    wait_for_calls(studio, len(ENTRIES) + 1)
    found = studio.request("GET", "/api/llm-logs?search=ZYZZYVA").json
    assert [log["log_id"] for log in found["logs"]] == ["log-700"]
