"""The words of a row: labelled, bounded, with the hits marked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmlogs import excerpts, searchtext

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.text(), values),
)


def marked(text: str, search: str) -> str:
    found = excerpts.excerpt("user", text, search)
    return "".join(f"[{s.text}]" if s.is_hit else s.text for s in found.segments)


@pytest.mark.parametrize(
    ("text", "search", "expected"),
    [
        ("How warm is it?", "WARM", "How [warm] is it?"),
        ("Die Straße nach KÖLN", "strasse", "Die [Straße] nach KÖLN"),
        ("ein Weg nach KÖLN", "köln", "ein Weg nach [KÖLN]"),
        ("aaaa", "aa", "[aa][aa]"),
        ("ﬁne", "f", "[ﬁ]ne"),
        ("nothing here", "zebra", "nothing here"),
    ],
)
def test_hits_are_marked_as_search_finds_them(text: str, search: str, expected: str) -> None:
    assert marked(text, search) == expected


def test_a_hit_far_in_is_brought_into_view() -> None:
    shown = excerpts.excerpt("user", "x " * 500 + "needle " + "y " * 500, "needle")
    assert shown.has_hit
    assert shown.text.startswith("…") and shown.text.endswith("…")
    assert "needle" in shown.text
    assert len(shown.text) <= excerpts.MAX_CHARS + 2


@pytest.mark.parametrize(
    ("text", "search", "narrow"),
    [
        ("Plan three days in Lisbon with a kettle.", "kettle", "[with a ]kettle"),
        ("A kettle boils.", "kettle", "[A ]kettle"),
        ("word " * 200 + "and a kettle", "kettle", "[word and a ]kettle"),
        ("Tell me " + "of all the kettles there are", "of all the kettles there are", "[]of all"),
        ("无" * 40 + "壶", "壶", "[" + "无" * 12 + "]壶"),
    ],
)
def test_a_narrow_row_shows_few_words_before_the_hit(text: str, search: str, narrow: str) -> None:
    shown = excerpts.excerpt("user", text, search).segments
    first = next(place for place, part in enumerate(shown) if part.is_hit)
    before = "".join(part.text for part in shown[:first] if not part.is_lead)
    assert f"[{before}]{shown[first].text}".startswith(narrow)
    assert len(before) <= excerpts.NARROW_LEAD_CHARS


@given(st.text(), st.text(max_size=5))
def test_marking_neither_loses_nor_invents_words(text: str, search: str) -> None:
    shown = excerpts.excerpt("user", text, search)
    inner = shown.text.strip("…")
    assert inner in excerpts.one_line(text)
    if searchtext.fold(search) and shown.has_hit:
        assert any(segment.is_hit for segment in shown.segments)


@given(JSON)
def test_any_value_gives_a_bounded_line(value: Any) -> None:
    fields = {"completion": value, "tool_calls": value, "error": value, "reasoning": value}
    for shown in (excerpts.of_message(value), excerpts.of_answer(fields)):
        assert len(shown.text) <= excerpts.MAX_CHARS + 2
        assert "\n" not in shown.text
        shown.text.encode()


@pytest.mark.parametrize(
    ("fields", "label", "text"),
    [
        ({"error": "Timeout\n  at line 3", "completion": "half"}, "error", "Timeout"),
        ({"error": {"code": 429}}, "error", "429"),
        ({"error": ["x"], "completion": "half"}, "error", '["x"]'),
        ({"error": False, "completion": "whole"}, "answer", "whole"),
        (
            {"tool_calls": [{"name": "look", "arguments": '{"in": "Köln"}'}]},
            "calls",
            "look(in=Köln)",
        ),
        ({"tool_calls": [{"function": {"name": "go", "arguments": "?"}}]}, "calls", "go(?)"),
        ({"completion": "It is 18 °C."}, "answer", "It is 18 °C."),
        ({}, "answer", ""),
    ],
)  # fmt: skip
def test_the_answer_of_a_call_in_one_line(fields: dict[str, Any], label: str, text: str) -> None:
    shown = excerpts.of_answer(fields)
    assert (shown.label, shown.text) == (label, text)


def test_a_hit_in_what_was_thought_is_shown_though_the_answer_has_none() -> None:
    fields = {"completion": "42", "reasoning": "Because of a unique reason."}
    found = excerpts.own_hit(fields, "unique")
    assert found and (found.label, found.has_hit) == ("reasoning", True)
    assert excerpts.own_hit(fields, "zebra") is None


def test_a_hit_in_the_second_line_of_an_error_is_found() -> None:
    found = excerpts.own_hit({"error": "RateLimit: 429\nretry after lunch"}, "lunch")
    assert found and found.label == "error"


def test_a_call_that_came_back_with_nothing_has_an_empty_answer() -> None:
    shown = excerpts.of_answer({})
    assert (shown.label, shown.text) == ("answer", "")
