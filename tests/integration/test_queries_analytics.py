"""Sums are exact, percentiles are latencies that occurred."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmlogs.believable import MAX_LATENCY_MS, MAX_TOKENS
from llmlogs.listing import summary_item
from llmlogs.queries.analytics import agents, models, nearest_rank, providers, totals
from llmlogs.queries.breakdown import breakdown
from llmlogs.queries.entries import count_entries, list_entries
from llmlogs.queries.filters import LogFilter
from tests.factories import NOW, make_entry
from tests.queried_workspace import Workspace

EVERYTHING = LogFilter()


def add_calls(workspace: Workspace, *calls: dict[str, Any]) -> None:
    workspace.add(*(make_entry(number, **call) for number, call in enumerate(calls, 1)))


def test_totals_add_up_what_is_known(workspace: Workspace) -> None:
    add_calls(
        workspace,
        {"latency_ms": 100, "input_tokens": 1, "output_tokens": 2, "total_tokens": 3},
        {"latency_ms": 300, "input_tokens": 10, "output_tokens": 20, "total_tokens": None},
        {"latency_ms": None, "input_tokens": None, "output_tokens": None, "total_tokens": None},
        {"latency_ms": 50, "error": "broken", "total_tokens": 0},
    )
    sums = totals(EVERYTHING, now=NOW)
    assert (sums.calls, sums.errors) == (4, 1)
    assert (sums.input_tokens, sums.output_tokens, sums.total_tokens) == (21, 27, 33)
    assert sums.latency_average_ms == 150
    assert (sums.latency_p50_ms, sums.latency_p95_ms, sums.latency_p99_ms) == (100, 300, 300)
    assert (sums.first_timestamp, sums.last_timestamp) == (NOW - 999, NOW - 996)


def test_counts_beyond_belief_are_unknown_and_no_sum_of_others_can_overflow(
    workspace: Workspace,
) -> None:
    counts = ("input_tokens", "output_tokens", "total_tokens")
    absurd = dict.fromkeys(counts, 2**53)
    largest = dict.fromkeys(counts, MAX_TOKENS)
    add_calls(workspace, *[absurd] * 1_100, largest, largest, dict.fromkeys(counts, 7))
    sums = totals(EVERYTHING, now=NOW)
    assert (sums.calls, sums.input_tokens) == (1_103, 2 * MAX_TOKENS + 7)
    [bot] = agents(EVERYTHING, now=NOW)
    assert (bot.output_tokens, bot.total_tokens) == (2 * MAX_TOKENS + 7, 2 * MAX_TOKENS + 7)
    # Input and output are added up where there is no total: a billion entries fit.
    assert 2 * MAX_TOKENS * 1_000_000_000 < 2**63


ABSURD = [-1, -0.5, -(2**40), 2**70, 1e308, -1e308, math.nan, math.inf, True, "12", "", [3], {}]


@pytest.mark.parametrize("value", ABSURD, ids=repr)
def test_what_no_call_can_have_used_or_taken_is_unknown_to_sums_and_stays_in_the_entry(
    workspace: Workspace, value: Any
) -> None:
    numbers = ("latency_ms", "input_tokens", "output_tokens", "total_tokens")
    sane = {"latency_ms": 100, "input_tokens": 1, "output_tokens": 2, "total_tokens": 3}
    add_calls(workspace, sane, dict.fromkeys(numbers, value), sane | {"total_tokens": value})
    sums = totals(EVERYTHING, now=NOW)
    assert (sums.calls, sums.input_tokens, sums.output_tokens, sums.total_tokens) == (3, 2, 4, 6)
    assert (sums.latency_average_ms, sums.latency_p50_ms, sums.latency_p99_ms) == (100, 100, 100)
    shown = [
        summary_item(summary) for summary in list_entries(EVERYTHING, limit=9, now=NOW).entries
    ]
    assert sum(item["total_tokens"] for item in shown) == sums.total_tokens
    assert sorted(item["latency_ms"] for item in shown) == [0, 100, 100]
    is_served_as_null = value in (math.inf, -math.inf) or value != value
    kept = [None if is_served_as_null else value] * 2
    assert [item["output_tokens"] for item in shown] == [2, kept[0], 2]
    (row,) = breakdown(EVERYTHING, "agent", now=NOW)
    assert (row.input_tokens, row.output_tokens, row.total_tokens) == (2, 4, 6)


def test_a_latency_of_more_than_a_week_is_a_mistake(workspace: Workspace) -> None:
    """Such as the time of day in the place of a duration."""
    add_calls(workspace, {"latency_ms": MAX_LATENCY_MS}, {"latency_ms": NOW})
    assert totals(EVERYTHING, now=NOW).latency_average_ms == MAX_LATENCY_MS
    assert count_entries(LogFilter(min_latency_ms=1), now=NOW) == 1


def test_totals_of_nothing_are_zero_and_unknown(workspace: Workspace) -> None:
    sums = totals(EVERYTHING, now=NOW)
    assert (sums.calls, sums.total_tokens) == (0, 0)
    assert sums.latency_average_ms is None
    assert sums.latency_p50_ms is None
    assert sums.last_timestamp is None


@pytest.mark.parametrize("count", [1, 2, 3, 19, 20, 21, 100, 101])
def test_percentiles_are_nearest_ranks(workspace: Workspace, count: int) -> None:
    latencies = [(37 * number) % 101 for number in range(1, count + 1)]
    add_calls(workspace, *({"latency_ms": latency} for latency in latencies))
    sums = totals(EVERYTHING, now=NOW)
    ascending = sorted(latencies)
    expected = [ascending[math.ceil(share * count) - 1] for share in (0.5, 0.95, 0.99)]
    assert [sums.latency_p50_ms, sums.latency_p95_ms, sums.latency_p99_ms] == expected


def test_a_percentile_is_exact_within_a_millisecond(workspace: Workspace) -> None:
    latencies = [1.75, 1.25, 1.5, 0.25, 0, 1.5, 2, 5e8, 7.000000001, 7.000000002]
    add_calls(workspace, *({"latency_ms": latency} for latency in latencies))
    sums = totals(EVERYTHING, now=NOW)
    assert (sums.latency_p50_ms, sums.latency_p95_ms, sums.latency_p99_ms) == (1.5, 5e8, 5e8)
    latest = totals(LogFilter(min_latency_ms=7, until=NOW - 980), now=NOW)
    assert latest.latency_p50_ms == 7.000000002


@given(percentile=st.integers(1, 100), count=st.integers(1, 10_000))
def test_at_least_the_percentage_lies_at_or_below_the_nearest_rank_and_no_lower_one_will_do(
    percentile: int, count: int
) -> None:
    rank = nearest_rank(percentile, count)
    assert 100 * (rank + 1) >= percentile * count
    assert 100 * rank < percentile * count


def test_names_come_with_their_sums_most_calls_first(workspace: Workspace) -> None:
    add_calls(
        workspace,
        {"agent_id": "bot", "model_name": "small", "provider": "openai"},
        {"agent_id": "bot", "model_name": "large", "provider": "openai", "error": "broken"},
        {"agent_id": "天气", "model_name": "large", "provider": None, "input_tokens": 100},
        {"agent_id": "bot", "model_name": None, "provider": "claude"},
    )
    assert [(row.name, row.calls, row.errors) for row in agents(EVERYTHING, now=NOW)] == [
        ("bot", 3, 1),
        ("天气", 1, 0),
    ]
    large, small = models(EVERYTHING, now=NOW)
    assert (large.name, large.calls, large.errors) == ("large", 2, 1)
    assert (large.input_tokens, large.output_tokens, large.total_tokens) == (110, 10, 30)
    assert large.last_timestamp == NOW - 997
    assert (small.name, small.calls) == ("small", 1)
    assert [row.name for row in providers(EVERYTHING, now=NOW)] == ["openai", "claude"]


def test_a_provider_is_counted_as_its_filter_finds_it(workspace: Workspace) -> None:
    names = ("claude", "anthropic", "claude", "Anthropic", "gemini", "openai", "openai")
    add_calls(workspace, *({"provider": name, "error": "broken"} for name in names))
    counted = [(row.name, row.calls, row.errors) for row in providers(EVERYTHING, now=NOW)]
    assert counted == [("claude", 3, 3), ("openai", 2, 2), ("Anthropic", 1, 1), ("gemini", 1, 1)]
    for name, calls, _ in counted:
        assert totals(LogFilter(provider=name), now=NOW).calls == calls


@pytest.mark.parametrize(
    "log_filter",
    [
        LogFilter(agent_ids=("bot",)),
        LogFilter(model="large"),
        LogFilter(search="broken"),
        LogFilter(has_error=True),
        LogFilter(since=NOW - 998, until=NOW - 997),
    ],
)
def test_sums_are_those_of_the_filter(workspace: Workspace, log_filter: LogFilter) -> None:
    add_calls(
        workspace,
        {"agent_id": "other", "model_name": "small"},
        {"agent_id": "bot", "model_name": "large", "error": "broken"},
        {"agent_id": "bot", "model_name": "large", "error": "broken"},
        {"agent_id": "other", "model_name": "small"},
    )
    assert totals(log_filter, now=NOW).calls == 2
    assert [(row.name, row.calls) for row in agents(log_filter, now=NOW)] == [("bot", 2)]
    assert [(row.name, row.calls) for row in models(log_filter, now=NOW)] == [("large", 2)]
