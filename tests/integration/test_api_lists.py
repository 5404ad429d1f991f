"""Lists over HTTP: the examples of the contract, as scripts of users write them."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from agents_sdk.entry import KEYS
from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import entry, studio_with

AGENT = "/api/agents/service/{}/llm-logs"
NO_COUNTS = {"output_tokens": None, "total_tokens": None}
CALLS = [entry(number) for number in range(1, 41)]
ODD = [
    entry(41, model_name="claude-x", provider="claude", latency_ms=7000, error="RateLimit: 429"),
    entry(42, messages=[{"role": "user", "content": "WEATHER in Köln?"}], total_tokens=None),
    entry(43, agent_id="bot_2", session_id="s-1", tool_calls=[{"id": "1", "name": "look"}]),
    entry(44, agent_id="team/天气", latency_ms=None, input_tokens=None, **NO_COUNTS),
    {"agent_id": "bot_2", "timestamp": entry(45)["timestamp"], "log_id": "bare"},
]
ALL = CALLS + ODD


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    with studio_with(tmp_path_factory.mktemp("studio") / "workspace", *ALL) as running:
        yield running


def get(studio: RunningStudio, path: str) -> Any:
    answer = studio.request("GET", path)
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == "application/json"
    return answer.json


def ids(answer: dict[str, Any]) -> list[str]:
    return [log["log_id"] for log in answer["logs"]]


def test_an_agents_list_is_whole_and_newest_first(studio: RunningStudio) -> None:
    answer = get(studio, AGENT.format("bot") + "?limit=10")
    assert answer["agent_id"] == "bot"
    assert answer["total_count"] == 42
    assert answer["has_more"] is True
    assert ids(answer) == [f"log-{number}" for number in range(42, 32, -1)]
    log = answer["logs"][2]
    assert {key: log[key] for key in KEYS} == CALLS[39]
    assert (log["preview"], log["has_tool_calls"]) == ("Question 40?", False)


def test_a_limit_above_the_largest_is_no_error(studio: RunningStudio) -> None:
    assert len(get(studio, AGENT.format("bot") + "?limit=100000")["logs"]) == 42


def test_a_limit_of_zero_counts_only(studio: RunningStudio) -> None:
    answer = get(studio, "/api/llm-logs?limit=0")
    assert (answer["logs"], answer["total_count"]) == ([], 45)
    assert (answer["has_more"], answer["next_cursor"]) == (False, None)


def test_the_list_of_all_agents_is_a_summary_unless_asked_otherwise(
    studio: RunningStudio,
) -> None:
    short = get(studio, "/api/llm-logs?limit=1")["logs"][0]
    assert not {"messages", "tools", "completion"} & set(short)
    assert "messages" in get(studio, "/api/llm-logs?limit=1&view=full")["logs"][0]
    assert "messages" not in get(studio, AGENT.format("bot") + "?view=summary")["logs"][0]


def test_an_unknown_agent_has_an_empty_list(studio: RunningStudio) -> None:
    assert get(studio, AGENT.format("nobody")) == {
        "agent_id": "nobody",
        "logs": [],
        "total_count": 0,
        "has_more": False,
        "next_cursor": None,
    }


@pytest.mark.parametrize("agent_id", ["team/天气", quote("team/天气"), quote("team/天气", safe="")])
def test_an_agent_id_with_a_slash_is_found_encoded_or_not(
    studio: RunningStudio, agent_id: str
) -> None:
    raw = agent_id if agent_id.isascii() else quote(agent_id)
    assert ids(get(studio, AGENT.format(raw))) == ["log-44"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("model=claude-x", ["log-41"]),
        ("provider=anthropic", ["log-41"]),
        ("has_error=true", ["log-41"]),
        ("min_latency_ms=5000", ["log-41"]),
        ("search=weather", ["log-42"]),
        ("search=" + quote("KÖLN"), ["log-42"]),
        ("session_id=s-1", ["log-43"]),
        ("agent_id=bot_2&agent_id=team/" + quote("天气"), ["bare", "log-44", "log-43"]),
        (f"since={ODD[3]['timestamp']}&until={ODD[3]['timestamp']}", ["log-44"]),
        ("has_error=true&model=gpt-4o", []),
    ],
)
def test_each_filter_selects(studio: RunningStudio, query: str, expected: list[str]) -> None:
    answer = get(studio, f"/api/llm-logs?{query}")
    assert ids(answer) == expected
    assert answer["total_count"] == len(expected)


def test_scripts_may_add_and_compare_without_asking(studio: RunningStudio) -> None:
    logs = get(studio, "/api/llm-logs?limit=500")["logs"]
    assert sum(log.get("total_tokens", 0) for log in logs) == 15 * 43
    assert [log["log_id"] for log in logs if log["latency_ms"] > 5000] == ["log-41"]
    assert all(set(KEYS) - {"messages", "tools", "completion"} <= set(log) for log in logs)


def test_cursors_walk_every_entry_once(studio: RunningStudio) -> None:
    seen: list[str] = []
    cursor = ""
    for _ in range(20):
        answer = get(studio, f"/api/llm-logs?limit=7{cursor}")
        seen += ids(answer)
        if not answer["has_more"]:
            assert answer["next_cursor"] is None
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert sorted(seen) == sorted(log["log_id"] for log in ALL)
    assert len(seen) == len(set(seen))


def test_offset_passes_over_entries(studio: RunningStudio) -> None:
    assert ids(get(studio, AGENT.format("bot") + "?offset=40")) == ["log-2", "log-1"]


def test_totals_and_names_count_the_filter(studio: RunningStudio) -> None:
    totals = get(studio, "/api/llm-logs/stats?agent_id=bot")
    assert (totals["calls"], totals["errors"], totals["total_tokens"]) == (42, 1, 15 * 42)
    assert totals["latency_p50_ms"] is not None
    agents = get(studio, "/api/llm-logs/agents")["agents"]
    assert {agent["name"]: agent["calls"] for agent in agents} == {
        "bot": 42,
        "bot_2": 2,
        "team/天气": 1,
    }
    models = get(studio, "/api/llm-logs/models?has_error=true")["models"]
    assert [(model["name"], model["calls"]) for model in models] == [("claude-x", 1)]
