"""Texts become blocks: fenced code apart, long ones folded, very long ones cut."""

from hypothesis import given
from hypothesis import strategies as st

from llmlogs.pages.callview.pieces import (
    LEAD_CHARS,
    LEAD_LINES,
    MAX_TEXT_CHARS,
    Block,
    fenced,
    folded,
    text_piece,
)


def test_fenced_code_becomes_blocks_with_their_language() -> None:
    text = "Before\n\n```python\nx = 1\n\ny = 2\n```\nBetween\n~~~\n```\n~~~\nAfter"
    assert list(fenced(text)) == [
        Block("words", "Before"),
        Block("code", "x = 1\n\ny = 2", "python"),
        Block("words", "Between"),
        Block("code", "```"),
        Block("words", "After"),
    ]


def test_an_open_fence_reaches_to_the_end() -> None:
    assert list(fenced("```\nx = 1\n")) == [Block("code", "x = 1")]


def test_words_keep_their_white_space() -> None:
    assert list(fenced("  a\n\n\tb ` ```no``` ")) == [Block("words", "  a\n\n\tb ` ```no``` ")]


def test_a_long_text_is_folded_at_the_end_of_a_line() -> None:
    text = "\n".join(f"line {number}" for number in range(200))
    lead, rest = folded(fenced(text))
    assert lead[0].text.count("\n") == LEAD_LINES - 1
    assert rest[0].text.startswith(f"line {LEAD_LINES}\n")


def test_a_long_line_is_folded_where_it_has_to_be() -> None:
    lead, rest = folded([Block("words", "x" * 5000)])
    assert [len(lead[0].text), len(rest[0].text)] == [LEAD_CHARS, 5000 - LEAD_CHARS]


def test_a_short_rest_is_not_folded() -> None:
    text = "x" * (LEAD_CHARS + 10)
    lead, rest = folded([Block("words", text)])
    assert "".join(block.text for block in lead).replace("\n", "") == text
    assert rest == ()


def test_what_is_cut_says_by_how_much_and_where_it_goes_on() -> None:
    piece = text_piece("text", "x" * (MAX_TEXT_CHARS + 5), "/completion")
    assert (piece.total_chars, piece.cut_chars, piece.cut_from) == (MAX_TEXT_CHARS, 5, 12_000)
    assert piece.path == "/completion"


@given(st.text(alphabet="a`~\n \t", max_size=300))
def test_no_word_is_lost_between_the_fences(text: str) -> None:
    shown = "".join(block.text + block.label for block in fenced(text))
    assert shown.count("a") == text.count("a")


@given(st.lists(st.text(alphabet="ab\n", max_size=3000), max_size=6))
def test_folding_loses_nothing(texts: list[str]) -> None:
    lead, rest = folded([Block("words", text) for text in texts])
    shown = "".join(block.text for block in (*lead, *rest))
    assert shown.replace("\n", "") == "".join(texts).replace("\n", "")
