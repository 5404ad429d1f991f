"""Running calls as rows of the list, and which of them a filter selects."""

from dataclasses import replace
from typing import Any

import pytest

from llmlogs.queries.filters import LogFilter
from llmlogs.queries.running import selected
from llmlogs.rows import row, row_key
from llmlogs.running import RunningCall
from llmlogs.runningrows import MAX_LOST_ROWS, MAX_ROWS, running_row, shown
from tests.unit.summaries import summary

NOW = 1_764_000_000.0
BEGAN = NOW - 30


def call(log_id: str = "1", **more: Any) -> RunningCall:
    values = {"model_name": "gpt-4o", "provider": "claude", "session_id": "s", **more}
    return RunningCall(agent_id="bot", log_id=log_id, **{"started_at": BEGAN, **values})


@pytest.mark.parametrize(
    ("log_filter", "is_selected"),
    [
        (LogFilter(), True),
        (LogFilter(agent_ids=("other", "bot")), True),
        (LogFilter(agent_ids=("other",)), False),
        (LogFilter(model="gpt-4o"), True),
        (LogFilter(model="gpt-4"), False),
        (LogFilter(provider="anthropic"), True),
        (LogFilter(provider="openai"), False),
        (LogFilter(session_id="s"), True),
        (LogFilter(session_id="t"), False),
        (LogFilter(since=BEGAN), True),
        (LogFilter(since=BEGAN + 1), False),
        (LogFilter(until=BEGAN), True),
        (LogFilter(until=BEGAN - 1), False),
        (LogFilter(has_error=False), False),
        (LogFilter(has_error=True), False),
        (LogFilter(search="gpt"), False),
        (LogFilter(min_latency_ms=0), False),
    ],
    ids=repr,
)
def test_a_filter_selects_what_can_be_judged_already(
    log_filter: LogFilter, is_selected: bool
) -> None:
    assert bool(selected([call()], log_filter)) is is_selected


def test_a_row_has_the_key_of_the_row_of_the_finished_call() -> None:
    ended = summary(agent_id="team/bot", log_id="7d1f")
    finished = row(ended, 7, now=NOW)
    began = RunningCall(agent_id="team/bot", log_id="7d1f", started_at=BEGAN)
    assert running_row(began, NOW).key == finished.key == row_key("team/bot", "7d1f")
    assert row_key("team", "bot7d1f") != row_key("teambot", "7d1f")


def test_a_row_says_who_asks_whom_what_and_since_when() -> None:
    found = running_row(call(preview="  Umbrella\n today?", role="user"), NOW)
    assert (found.agent, found.model, found.provider) == ("bot", "gpt-4o", "claude")
    assert (found.said.label, found.said.text) == ("user", "Umbrella today?")
    assert (found.clock, found.ago, found.started_at) == ("15:59:30", "30 s", BEGAN)
    assert not found.is_lost


def test_the_living_come_first_newest_on_top() -> None:
    lost = call("lost", is_deserted=True, started_at=NOW)
    calls = [call("1"), call("2", started_at=BEGAN + 1), lost]
    found = shown(calls, NOW)
    assert [one.log_id for one in found.calls] == ["2", "1", "lost"]
    assert found.told == "2 running, 1 no end"
    assert shown([], NOW).told == ""


def test_of_more_than_fit_those_are_shown_that_have_run_longest() -> None:
    calls = [call(str(n), started_at=BEGAN + n / 10) for n in range(MAX_ROWS + 10)]
    dead = [call(f"dead-{n}", is_deserted=True) for n in range(MAX_LOST_ROWS + 4)]
    found = shown([*calls, *dead], NOW)
    assert [one.log_id for one in found.calls[:MAX_ROWS]] == [
        str(n) for n in reversed(range(MAX_ROWS))
    ]
    assert len(found.calls) == MAX_ROWS + MAX_LOST_ROWS
    assert (found.running, found.lost) == (MAX_ROWS + 10, MAX_LOST_ROWS + 4)


def test_the_many_calls_of_one_agent_hide_nobody_elses() -> None:
    flood = [call(str(number), started_at=BEGAN + number / 100) for number in range(50)]
    others = [replace(call("1", started_at=BEGAN + 1), agent_id=name) for name in ("amy", "bo")]
    found = shown([*flood, *others], NOW).calls
    assert len(found) == MAX_ROWS
    assert {one.agent_id for one in found} == {"bot", "amy", "bo"}
    starts = [one.started_at for one in found]
    assert starts == sorted(starts, reverse=True)
