"""What an entry's `error` says, whatever an agent has put there."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_sdk.cli.call import call_text
from agents_sdk.cli.output import Paint
from agents_sdk.cli.rows import row
from agents_sdk.errorfield import error_text, is_error
from tests.factories import make_entry

PLAIN = Paint(is_on=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("message", "code", "x")), inner, max_size=3)
    ),
    max_leaves=6,
)
SAID = [
    ("Overloaded", "Overloaded"),
    ({"message": "Slow down.", "code": 429}, "Slow down."),
    ({"error": {"message": "No such model.", "type": "not_found"}}, "No such model."),
    ({"code": 429}, "429"),
    ({"why": "unknown"}, '{"why":"unknown"}'),
    ({"message": "", "code": "E12"}, "E12"),
    (["x"], '["x"]'),
    (True, "true"),
    (503, "503"),
]
SUCCEEDED: list[Any] = [None, "", [], {}, False, 0]


@pytest.mark.parametrize(("error", "text"), SAID)
def test_an_error_of_any_type_says_what_went_wrong(error: Any, text: str) -> None:
    assert (is_error(error), error_text(error)) == (True, text)


@pytest.mark.parametrize("error", SUCCEEDED, ids=json.dumps)
def test_what_is_empty_or_denies_it_is_no_error(error: Any) -> None:
    assert (is_error(error), error_text(error)) == (False, "")


@given(JSON)
def test_every_error_has_words(error: Any) -> None:
    assert bool(error_text(error)) == is_error(error)


def test_an_error_nested_too_deep_to_be_written_has_words() -> None:
    deep: Any = "x"
    for _ in range(5_000):
        deep = [deep]
    assert error_text(deep) and error_text({"message": deep})


@pytest.mark.parametrize(("error", "text"), SAID)
def test_the_commands_show_every_error(error: Any, text: str) -> None:
    entry = make_entry(error=error)
    assert f"✗ {text}" in row(entry, 200, PLAIN)
    assert any(line.strip(" ─") == "error" for line in call_text(entry, PLAIN))


@pytest.mark.parametrize("error", SUCCEEDED, ids=json.dumps)
def test_the_commands_show_no_error_where_there_is_none(error: Any) -> None:
    entry = make_entry(error=error)
    assert "✗" not in row(entry, 200, PLAIN)
    assert not any(line.strip(" ─") == "error" for line in call_text(entry, PLAIN))
