"""What the numbers of a filter are made of: a group for each name, exact, nothing left out."""

from dataclasses import fields

from llmlogs.queries.analytics import totals
from llmlogs.queries.breakdown import Group, breakdown
from llmlogs.queries.filters import LogFilter
from tests.factories import NOW, make_entry
from tests.queried_workspace import Workspace

EVERYTHING = LogFilter()
SUMMED = ("calls", "errors", "input_tokens", "output_tokens", "total_tokens")


def fill(workspace: Workspace) -> None:
    workspace.add(
        make_entry(1, agent_id="a", model_name="slow", provider="claude", latency_ms=1000),
        make_entry(2, agent_id="a", model_name="fast", provider="anthropic", latency_ms=10.125),
        make_entry(3, agent_id="b", model_name="fast", provider="anthropic", latency_ms=20.25),
        make_entry(4, agent_id="b", model_name="fast", provider="openai", latency_ms=None),
        make_entry(5, agent_id="b", model_name=None, provider=None, error="broken", latency_ms=5),
        make_entry(6, agent_id="c", model_name="fast", provider="openai", latency_ms=30.5),
    )


def test_groups_of_every_field_add_up_to_the_totals(workspace: Workspace) -> None:
    fill(workspace)
    sums = totals(EVERYTHING, now=NOW)
    for by in ("agent", "model", "provider"):
        groups = breakdown(EVERYTHING, by, now=NOW)
        for what in SUMMED:
            assert sum(getattr(group, what) for group in groups) == getattr(sums, what), (by, what)
        last = max(group.last_timestamp for group in groups)
        assert last == sums.last_timestamp


def test_each_group_has_the_numbers_of_a_filter_on_its_name(workspace: Workspace) -> None:
    fill(workspace)
    filters = {"agent": "agent_ids", "model": "model", "provider": "provider"}
    compared = 0
    for by, condition in filters.items():
        for group in breakdown(EVERYTHING, by, now=NOW):
            if group.name is None:
                continue
            value = (group.name,) if by == "agent" else group.name
            alone = totals(LogFilter(**{condition: value}), now=NOW)
            for what in (field.name for field in fields(Group)):
                if what != "name":
                    assert getattr(group, what) == getattr(alone, what), (by, group.name, what)
            compared += 1
    assert compared == 3 + 2 + 2


def test_names_of_one_provider_are_one_group_and_no_name_is_one_too(workspace: Workspace) -> None:
    fill(workspace)
    by_provider = breakdown(EVERYTHING, "provider", now=NOW)
    assert [(group.name, group.calls) for group in by_provider] == [
        ("anthropic", 3),
        ("openai", 2),
        (None, 1),
    ]
    by_model = breakdown(EVERYTHING, "model", now=NOW)
    assert [(group.name, group.calls) for group in by_model] == [
        ("fast", 4),
        (None, 1),
        ("slow", 1),
    ]


def test_a_filter_holds_for_the_groups(workspace: Workspace) -> None:
    fill(workspace)
    groups = breakdown(LogFilter(model="fast", min_latency_ms=15), "agent", now=NOW)
    assert [(group.name, group.latency_p50_ms) for group in groups] == [("b", 20.25), ("c", 30.5)]
    assert breakdown(LogFilter(model="none such"), "agent", now=NOW) == ()


def test_latencies_nobody_knows_stay_unknown(workspace: Workspace) -> None:
    workspace.add(make_entry(1, latency_ms=None))
    [group] = breakdown(EVERYTHING, "agent", now=NOW)
    assert group.latency_average_ms is None
    assert (group.latency_p50_ms, group.latency_p95_ms, group.latency_p99_ms) == (None, None, None)
