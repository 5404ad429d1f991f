"""What the list page understands of its address."""

import pytest
from django.http import QueryDict

from llmlogs.pages import asked


@pytest.mark.parametrize(
    "text", ["2025-11-24T16:00", "2025-11-24T16:00:00", "2025-11-24T17:00:00%2B01:00", "1764000000"]
)
def test_a_time_may_be_a_date_in_utc_or_unix_seconds(text: str) -> None:
    question = asked.read(QueryDict(f"since={text}"))
    assert question.log_filter.since == 1_764_000_000
    assert question.problems == {}


def test_a_field_that_makes_no_sense_is_reported_and_the_others_count() -> None:
    question = asked.read(QueryDict("since=2025-13-01&min_latency_ms=-3&model=gpt-4o"))
    assert question.log_filter.model == "gpt-4o"
    assert question.log_filter.since is None
    assert question.problems == {
        "since": "From is '2025-13-01'; expected a date and time or Unix seconds.",
        "min_latency_ms": "Took at least is '-3'; expected a number of 0 or more.",
    }


@pytest.mark.parametrize(
    ("times", "told"),
    [
        (
            "since=2026-01-02T10:00&until=2026-01-01T10:00:00.25",
            "From is 2026-01-02 10:00:00 UTC, later than To, 2026-01-01 10:00:00.250 UTC; "
            "expected From to be the earlier.",
        ),
        (
            "since=1e15&until=1",
            "From is 1000000000000000, later than To, 1970-01-01 00:00:01 UTC; "
            "expected From to be the earlier.",
        ),
    ],
)
def test_a_time_that_ends_before_it_begins_is_explained(times: str, told: str) -> None:
    question = asked.read(QueryDict(times))
    assert question.problems == {"since": told}
    assert question.log_filter.since is not None
    assert question.log_filter.until is not None


def test_a_moment_is_a_time() -> None:
    assert asked.read(QueryDict("since=5&until=5")).problems == {}


def test_a_question_is_carried_on_as_the_fields_of_a_form() -> None:
    given = "agent_id=a%2Fb&agent_id=c&model=of%0Atwo+lines&has_error=false&last=1h"
    question = asked.read(QueryDict(given))
    assert question.pairs() == [
        ("agent_id", "a/b"),
        ("agent_id", "c"),
        ("model", "of\ntwo lines"),
        ("has_error", "false"),
        ("last", "1h"),
    ]


def test_a_date_field_shows_what_was_asked_for() -> None:
    assert asked.field_time(1_764_000_000) == "2025-11-24T16:00:00"
    assert asked.field_time(None) == asked.field_time(1e15) == ""
