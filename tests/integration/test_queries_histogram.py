"""Calls and errors over time: every call in one step, errors beside, empty steps included."""

import pytest

from llmlogs.queries.filters import LogFilter
from llmlogs.queries.histogram import MAX_STEPS, STEPS_SECONDS, histogram, step_seconds
from tests.factories import NOW
from tests.queried_workspace import Workspace


def test_every_call_is_in_the_step_of_its_time(workspace: Workspace) -> None:
    for at, error in ((NOW - 600, None), (NOW - 599, "Timeout"), (NOW - 1, None)):
        workspace.add_entry(timestamp=at, error=error)
    drawn = histogram(LogFilter(), now=NOW)
    assert drawn.step_seconds == 10
    assert [(s.since, s.calls, s.errors) for s in drawn.steps if s.calls] == [
        (NOW - 600, 2, 1),
        (NOW - 10, 1, 0),
    ]
    assert drawn.since == NOW - 600
    assert drawn.until >= NOW


def test_the_filter_bounds_what_is_drawn(workspace: Workspace) -> None:
    for age in (10, 100, 1_000):
        workspace.add_entry(timestamp=NOW - age, error="Timeout" if age == 100 else None)
    failed = histogram(LogFilter(has_error=True), now=NOW)
    assert sum(step.calls for step in failed.steps) == 1
    exact = histogram(LogFilter(since=NOW - 200, until=NOW - 5), now=NOW)
    assert (exact.since, sum(step.calls for step in exact.steps)) == (NOW - 200, 2)


def test_nothing_to_draw_is_no_steps(workspace: Workspace) -> None:
    workspace.add_entry(timestamp=NOW - 10)
    assert histogram(LogFilter(search="nosuchword"), now=NOW).steps == ()


@pytest.mark.parametrize("seconds", [0, 59, 3_600, 86_400, 604_800, 10_000_000_000])
def test_there_are_never_too_many_steps(seconds: int) -> None:
    step = step_seconds(NOW, NOW + seconds)
    assert seconds / step <= MAX_STEPS
    assert step in STEPS_SECONDS or step > STEPS_SECONDS[-1]
