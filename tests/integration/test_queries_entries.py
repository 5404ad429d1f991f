"""A whole entry comes back as the value that was written, however it is stored."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmlogs.queries.conversations import messages
from llmlogs.queries.entries import entry_json, find_entry, full_entries, list_entries
from llmlogs.queries.filters import LogFilter
from tests.factories import NOW, make_entry
from tests.queried_workspace import Workspace, opened_workspace

marker = st.just({"type": "ephemeral"})
parts = st.one_of(
    st.fixed_dictionaries({"type": st.just("text"), "text": st.text(max_size=5)}),
    st.fixed_dictionaries({"text": st.text(max_size=5), "cache_control": marker}),
    st.just({"cachePoint": {"type": "default"}}),
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
some_messages = st.one_of(
    st.fixed_dictionaries(
        {"role": st.sampled_from(("system", "user", "assistant")), "content": st.lists(parts)},
        optional={"cache_control": marker},
    ),
    json_values,
)
whole_entries = st.fixed_dictionaries(
    {"log_id": st.just("log-1"), "agent_id": st.just("bot")},
    optional={
        "messages": st.lists(some_messages, max_size=4) | json_values,
        "tools": st.lists(json_values, max_size=2) | json_values,
        "completion": json_values,
        "request": st.fixed_dictionaries({"messages": st.none(), "tools": st.none()}),
        'quoted "messages":null': st.none(),
        "other": json_values,
        "timestamp": st.just(NOW - 5),
    },
)


def same(left: Any, right: Any) -> bool:
    """Equal as JSON: True is not 1, and 1.0 is not 1."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(entry=whole_entries)
def test_any_entry_comes_back_as_it_was_written(index_access: None, entry: dict[str, Any]) -> None:
    with opened_workspace() as workspace:
        workspace.add(entry)
        (summary,) = list_entries(LogFilter(), limit=5, now=NOW + 100).entries
        stored = entry_json(summary.sequence)
        assert stored is not None
        served = json.loads(stored)
        assert same(served, entry)
        assert list(served) == list(entry)
        light = {key: value for key, value in entry.items() if key not in ("messages", "tools")}
        assert same(summary.fields, light)
        prompt = entry.get("messages")
        for start, stop in ((0, 100), (1, 3), (2, 2)):
            expected = prompt[start:stop] if isinstance(prompt, list) else []
            assert same(messages(summary.sequence, start, stop), expected)


def test_entries_that_share_messages_come_back_together(workspace: Workspace) -> None:
    history: list[dict[str, Any]] = [{"role": "system", "content": "You help."}]
    written = []
    for number in range(5):
        history = [*history, {"role": "user", "content": f"Turn {number}"}]
        written.append(make_entry(number, messages=history, tools=[{"name": "look"}]))
    workspace.add(*written)
    listed = list_entries(LogFilter(), limit=5, now=NOW).entries
    whole = full_entries([entry.sequence for entry in listed])
    assert [json.loads(whole[entry.sequence]) for entry in listed] == written[::-1]


def test_what_is_not_there_has_no_json(workspace: Workspace) -> None:
    workspace.add_entry()
    assert entry_json(999) is None
    assert full_entries([998, 999]) == {}


def test_an_id_that_several_agents_have_is_found_for_each(workspace: Workspace) -> None:
    workspace.add(*(make_entry(1, agent_id=agent) for agent in ("bot", "bot_2")))
    assert {entry.agent_id for entry in find_entry("log-1", now=NOW)} == {"bot", "bot_2"}
    assert [entry.agent_id for entry in find_entry("log-1", "bot_2", now=NOW)] == ["bot_2"]
    assert find_entry("log-1", "bot_3", now=NOW) == ()
    assert find_entry("log", now=NOW) == ()


def test_an_entry_too_old_is_not_found(workspace: Workspace) -> None:
    workspace.add_entry()
    assert find_entry("log-1", now=NOW + 8 * 86_400) == ()


def test_an_entry_without_an_id_is_listed_with_one_that_finds_it(workspace: Workspace) -> None:
    entry = make_entry(1)
    del entry["log_id"]
    workspace.add(entry)
    (listed,) = list_entries(LogFilter(), limit=5, now=NOW).entries
    assert listed.log_id
    assert find_entry(listed.log_id, now=NOW) == (listed,)
    assert json.loads(entry_json(listed.sequence) or b"") == entry


@pytest.mark.parametrize(
    ("changes", "latency_ms", "total_tokens"),
    [
        ({}, 101, 15),
        ({"latency_ms": 2.5, "total_tokens": 0}, 2.5, 0),
        ({"latency_ms": None, "total_tokens": None}, 0, 15),
        ({"latency_ms": "12", "total_tokens": "15", "input_tokens": None}, 0, 5),
        ({"latency_ms": True, "total_tokens": [], "output_tokens": {}}, 0, 10),
    ],
)
def test_latency_and_tokens_are_always_numbers_in_lists(
    workspace: Workspace, changes: dict[str, Any], latency_ms: float, total_tokens: int
) -> None:
    workspace.add_entry(**changes)
    (listed,) = list_entries(LogFilter(), limit=5, now=NOW).entries
    assert (listed.latency_ms, listed.total_tokens) == (latency_ms, total_tokens)
    assert type(listed.latency_ms) is type(latency_ms)


def test_a_summary_says_what_a_row_shows(workspace: Workspace) -> None:
    call = {"id": "c", "name": "look", "arguments": "{}"}
    question = [{"role": "user", "content": "q" * 200}]
    workspace.add_entry(messages=question, tool_calls=[call], error="broken", agent_id="天气/x")
    (listed,) = list_entries(LogFilter(), limit=5, now=NOW).entries
    assert listed.preview == "q" * 100 + "…"
    assert listed.has_error
    assert listed.has_tool_calls
    assert listed.agent_id == "天气/x"
    assert listed.timestamp == NOW - 999
