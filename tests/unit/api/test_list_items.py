"""What an entry in a list always has."""

from typing import Any

import pytest

from agents_sdk.entry import KEYS
from llmlogs.listing import full_item, summary_item
from tests.unit.summaries import summary


def test_a_list_has_all_fourteen_keys_whatever_was_stored() -> None:
    item = full_item(summary(fields={}), {})
    assert set(KEYS) < set(item)
    assert (item["log_id"], item["agent_id"]) == ("log-1", "bot")
    assert len(KEYS) == 14


def test_a_summary_leaves_out_messages_tools_and_completion() -> None:
    item = summary_item(summary(fields={"completion": "x", "custom": [1]}))
    assert not {"messages", "tools", "completion"} & set(item)
    assert item["custom"] == [1]


@pytest.mark.parametrize("stored", [None, "many", [], True])
def test_tokens_and_latency_are_numbers_whatever_was_stored(stored: Any) -> None:
    entry = {"total_tokens": stored, "latency_ms": stored}
    item = full_item(summary(total_tokens=7, latency_ms=0, fields=entry), entry)
    assert (item["total_tokens"], item["latency_ms"]) == (7, 0)


def test_what_is_stored_is_served_unchanged() -> None:
    entry = {"agent_id": "Other", "provider": "claude", "tool_calls": [{"arguments": "{ }"}]}
    item = full_item(summary(fields=entry), entry)
    assert {key: item[key] for key in entry} == entry


def test_a_line_without_usable_ids_shows_those_it_was_given() -> None:
    entry = {"log_id": 17, "agent_id": ""}
    item = summary_item(summary(log_id="~h", agent_id="bot", fields=entry))
    assert (item["log_id"], item["agent_id"]) == ("~h", "bot")
