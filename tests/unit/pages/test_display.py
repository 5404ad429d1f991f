"""Values as people read them."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmlogs import address, believable, display, excerpts, forms, rows
from llmlogs.pages import asked, breakdown, marking, overview
from llmlogs.queries import histogram
from tests.unit.summaries import summary


@pytest.mark.parametrize(
    "module",
    [
        believable,
        display,
        address,
        asked,
        forms,
        excerpts,
        rows,
        breakdown,
        marking,
        overview,
        histogram,
    ],
    ids=lambda module: module.__name__,
)
def test_the_examples_in_the_documentation_are_true(module: object) -> None:
    results = doctest.testmod(module)  # type: ignore[arg-type]
    assert results.attempted > 0
    assert results.failed == 0


def test_an_unknown_latency_is_a_dash_and_a_known_zero_is_a_zero() -> None:
    unknown = display.row(summary(latency_ms=0, fields={"latency_ms": None}), 7)
    known = display.row(summary(latency_ms=0, fields={"latency_ms": 0}), 7)
    assert (unknown.latency, known.latency) == ("–", "0 ms")


@pytest.mark.parametrize("latency", [1e300, -5, "fast", True, [0]])
def test_a_latency_that_the_index_could_not_read_is_unknown(latency: object) -> None:
    unread = summary(latency_ms=0, fields={"latency_ms": latency})
    assert display.row(unread, 7).latency == rows.row(unread, 7, now=0).latency == "–"


def test_a_row_is_named_by_generation_and_sequence() -> None:
    assert display.row(summary(12), 7).key == "call-g7-12"


def test_a_row_links_to_its_call_whatever_the_ids_are() -> None:
    row = display.row(summary(agent_id="team/b?", log_id='"><script>'), 7)
    assert row.url == "/studio/llm-logs/team%2Fb%3F/%22%3E%3Cscript%3E"


@pytest.mark.parametrize("log_id", [".", ".."])
def test_an_id_that_browsers_take_out_of_a_path_goes_into_the_query(log_id: str) -> None:
    assert display.call_url("bot", log_id) == f"/studio/llm-logs/bot/?log_id={log_id}"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_timestamp_can_be_shown(timestamp: float) -> None:
    assert display.row(summary(timestamp=timestamp), 7).time


@given(st.none() | st.booleans() | st.text() | st.lists(st.text()))
def test_any_value_can_be_a_name(value: object) -> None:
    shown = display.name(value)
    assert 0 < len(shown) <= display.MAX_NAME_CHARS + 1
    assert "\n" not in shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("نموذج\u202eevil", "نموذج\\u202eevil"),
        ("gpt\u200b-4o", "gpt\\u200b-4o"),
        ("a\u2066b\u2069c\u200ed", "a\\u2066b\\u2069c\\u200ed"),
        ("\x1b[31mred\x00\x9f", "\\x1b[31mred\\x00\\x9f"),
        ("\u3164", "\\u3164"),
    ],
)
def test_what_nobody_can_see_in_a_name_is_written_out(given: str, shown: str) -> None:
    assert display.name(given) == display.visible(given) == shown


@pytest.mark.parametrize(
    "name", ["می\u200cخواهم", "क्\u200dष", "👩\u200d🚒", "❤\ufe0f", "日本語 \u060042"]
)
def test_names_of_every_script_and_emoji_stay_as_they_are(name: str) -> None:
    assert display.name(name) == display.visible(name) == name
