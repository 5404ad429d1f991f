"""Nothing that others wrote acts on a terminal or hides from the eye."""

import doctest
import json
import unicodedata
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_sdk.cli import feed, figures, moments, safetext
from agents_sdk.cli.safetext import fitted, one_line, padded, safe_json, visible, width

ACTING = [
    "\x1b[2J",  # clears the screen
    "\x1b]52;c;ZXZpbA==\x07",  # sets the clipboard
    "\x9b31m",  # the same family in one character
    "\r",  # writes over the line
    "\x08",
    "\x7f",
    "\u202e",  # turns the reading direction
    "\u2066",
    "\ufeff",
    "\U000e0041",  # a letter that nobody sees and a model reads
]
TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)


@pytest.mark.parametrize("module", [feed, figures, safetext], ids=lambda module: module.__name__)
def test_the_examples_in_the_documentation_are_true(module: ModuleType) -> None:
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0


@pytest.mark.parametrize("acting", ACTING, ids=ascii)
def test_a_character_that_acts_is_written_out(acting: str) -> None:
    shown = visible(f"before{acting}after")
    assert shown.startswith("before\\")
    assert shown.endswith("after")
    assert acting[0] not in shown


@given(TEXTS)
def test_what_is_shown_holds_nothing_unseen(text: str) -> None:
    for line in visible(text).split("\n"):
        unseen = [c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
        assert set(unseen) <= {"\u200c", "\u200d"}
    assert "\n" not in one_line(text)


@given(TEXTS, st.integers(0, 30))
def test_a_cell_has_exactly_its_columns(text: str, columns: int) -> None:
    line = one_line(text)
    assert width(fitted(line, columns)) <= columns
    assert width(padded(line, columns)) == columns
    assert width(padded(line, columns, is_right=True)) == columns


@pytest.mark.parametrize(
    ("text", "columns"),
    [("Köln", 4), ("東京", 4), ("שלום", 4), ("مرحبا", 5), ("🙂", 2), ("e\u0301", 1), ("각", 2)],
)
def test_the_width_of_scripts(text: str, columns: int) -> None:
    assert width(text) == columns


def test_marks_without_width_cannot_pile_up() -> None:
    assert len(fitted("a" + "\u0301" * 100_000, 20)) <= 20 * safetext.MAX_CHARS_PER_COLUMN + 1


def test_an_emoji_that_is_cut_leaves_no_joiner() -> None:
    assert fitted("👩\u200d👩\u200d👧 family", 5) == "👩\u200d👩…"


@given(TEXTS)
def test_safe_json_says_the_same_and_holds_nothing_unseen(text: str) -> None:
    safe = safe_json(json.dumps({text: text}, ensure_ascii=False))
    assert json.loads(safe) == {text: text}
    assert "\x9b" not in safe
    assert "\u202e" not in safe


@pytest.mark.parametrize("acting", ACTING, ids=ascii)
def test_safe_json_escapes_what_acts(acting: str) -> None:
    assert acting[0] not in safe_json(json.dumps(acting, ensure_ascii=False))


def test_a_time_that_no_calendar_has_is_unknown() -> None:
    for odd in (1e300, -1e300, float("nan"), float("inf"), None, "1", True):
        assert moments.short_time(odd) == moments.exact_time(odd) == moments.UNKNOWN
