"""One parse of the query string for API, pages and live feed."""

from dataclasses import fields

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from llmlogs.forms import (
    FILTER_PARAMETERS,
    MAX_AGENTS,
    MAX_LIMIT,
    MAX_NUMBER,
    MAX_OFFSET,
    InvalidParameters,
    parse_filter,
    parse_paging,
    query_string,
)
from llmlogs.queries.filters import LogFilter

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
NUMBER = st.floats(0, 1e12, allow_nan=False).map(lambda number: round(number, 3))


def problems(query: str) -> dict[str, str]:
    with pytest.raises(InvalidParameters) as caught:
        parse_filter(QueryDict(query))
        parse_paging(QueryDict(query), default_view="full")
    return caught.value.fields


def test_every_parameter_of_the_contract_reaches_the_filter() -> None:
    query = (
        "agent_id=bot&agent_id=team/b&model=gpt-4o&provider=openai&since=1.5&until=2000000000"
        "&has_error=true&search=weather&min_latency_ms=5000&session_id=s"
    )
    assert parse_filter(QueryDict(query)) == LogFilter(
        agent_ids=("bot", "team/b"),
        model="gpt-4o",
        provider="openai",
        since=1.5,
        until=2_000_000_000,
        has_error=True,
        search="weather",
        min_latency_ms=5000,
        session_id="s",
    )


def test_the_table_of_parameters_names_every_field_of_the_filter() -> None:
    names = [parameter.name for parameter in FILTER_PARAMETERS]
    assert names == [field.name.replace("agent_ids", "agent_id") for field in fields(LogFilter)]


def test_absent_and_empty_parameters_are_not_given() -> None:
    query = "agent_id=&model=&since=&has_error=&search=&min_latency_ms=&session_id=&unknown=1"
    assert parse_filter(QueryDict(query)) == LogFilter()


def test_an_agent_in_the_address_stands_instead_of_the_parameter() -> None:
    assert parse_filter(QueryDict("agent_id=other"), agent_ids=("bot",)).agent_ids == ("bot",)


@pytest.mark.parametrize(
    "value", ["nan", "inf", "-1", "-0.5", "abc", "1e400", "1_000", "٣", "0x10"]
)
@pytest.mark.parametrize("name", ["since", "until", "min_latency_ms"])
def test_a_number_that_is_none_is_named_with_its_value(name: str, value: str) -> None:
    assert problems(f"{name}={value}") == {
        name: f"{name} is '{value}'; expected a number of 0 or more."
    }


@pytest.mark.parametrize("value", ["-1", "1.5", "nan", "ten", "²", "1e3", "+1"])
def test_a_limit_is_a_whole_number(value: str) -> None:
    query = QueryDict(mutable=True)
    query["limit"] = value
    with pytest.raises(InvalidParameters) as caught:
        parse_paging(query, default_view="full")
    assert caught.value.fields == {
        "limit": f"limit is '{value}'; expected a whole number of 0 or more."
    }


@pytest.mark.parametrize(("given_limit", "limit"), [("10", 10), ("500", 500), ("501", 500)])
def test_a_limit_above_the_largest_is_the_largest(given_limit: str, limit: int) -> None:
    assert parse_paging(QueryDict(f"limit={given_limit}"), default_view="full").limit == limit


@pytest.mark.parametrize("digits", [10, 19, 30, 31, 10_000])
def test_a_number_too_large_to_matter_is_the_largest_that_does(digits: int) -> None:
    largest = "9" * digits
    paging = parse_paging(QueryDict(f"limit={largest}&offset={largest}"), default_view="full")
    assert (paging.limit, paging.offset) == (MAX_LIMIT, MAX_OFFSET)


@pytest.mark.parametrize("value", ["1e15", "1e18", "1e300", "9" * 30])
def test_a_time_or_latency_beyond_all_others_is_a_filter_like_any(value: str) -> None:
    log_filter = parse_filter(QueryDict(f"since={value}&until={value}&min_latency_ms={value}"))
    assert log_filter == LogFilter(since=MAX_NUMBER, until=MAX_NUMBER, min_latency_ms=MAX_NUMBER)


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("1", True), ("False", False), ("0", False), ("no", False)]
)
def test_booleans_have_a_few_spellings(text: str, value: bool) -> None:
    assert parse_filter(QueryDict(f"has_error={text}")).has_error is value


def test_other_booleans_and_views_are_refused() -> None:
    assert problems("has_error=maybe") == {
        "has_error": "has_error is 'maybe'; expected true or false."
    }
    assert problems("view=half") == {"view": "view is 'half'; expected full or summary."}


def test_everything_that_is_wrong_is_reported_at_once() -> None:
    assert set(problems("since=x&until=y&has_error=z")) == {"since", "until", "has_error"}


def test_texts_and_agents_are_bounded() -> None:
    assert "4,001 characters; expected at most 4,000" in problems("search=" + "a" * 4001)["search"]
    many = "&".join(f"agent_id={number}" for number in range(MAX_AGENTS + 1))
    assert "expected at most 100" in problems(many)["agent_id"]


def test_a_message_shows_only_the_beginning_of_a_long_value() -> None:
    assert len(problems("since=" + "x" * 3000)["since"]) < 200


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_query_string_is_parsed_or_refused_with_sentences(query: str) -> None:
    try:
        parse_filter(QueryDict(query))
        parse_paging(QueryDict(query), default_view="full")
    except InvalidParameters as error:
        assert error.fields
        assert str(error)


@given(
    st.builds(
        LogFilter,
        agent_ids=st.lists(TEXT.filter(bool), max_size=3, unique=True).map(tuple),
        model=st.none() | TEXT.filter(bool),
        since=st.none() | NUMBER,
        has_error=st.none() | st.booleans(),
        search=TEXT,
        min_latency_ms=st.none() | NUMBER,
    )
)
def test_a_filter_written_as_a_query_string_is_read_as_the_same(log_filter: LogFilter) -> None:
    assert parse_filter(QueryDict(query_string(log_filter))) == log_filter
