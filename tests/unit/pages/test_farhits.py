"""The words around hits behind what a page shows of a text."""

from hypothesis import given
from hypothesis import strategies as st

from llmlogs import searchtext
from llmlogs.pages.farhits import BEFORE_CHARS, WINDOW_CHARS, Around, around_hits


def around(text: str, search: str, start: int = 0, most: int = 3, room: int = 10**6) -> Around:
    return around_hits(text, search, start=start, most=most, looked_at=room)


def texts(found: Around) -> list[str]:
    return ["".join(part.text for part in words) for words in found.excerpts]


def test_a_hit_is_shown_with_what_is_said_around_it() -> None:
    found = around("x" * 12_000 + " before the Needle, after." + "y" * 500, "needle", 12_000)
    (words,) = texts(found)
    assert "before the Needle, after." in words and words.startswith("…") and words.endswith("…")
    assert [part.text for part in found.excerpts[0] if part.is_hit] == ["Needle"]
    assert not found.is_more


def test_a_hit_before_the_hidden_part_is_none_but_one_across_its_edge_is() -> None:
    text = "needle" + "x" * 100 + "needle" + "x" * 100
    assert texts(around(text, "needle", 112)) == []
    assert len(texts(around(text, "needle", 109))) == 1


def test_a_hit_across_two_windows_is_found_once_with_its_words_before() -> None:
    text = "x" * (WINDOW_CHARS - 3) + "needle" + "y" * 1_000
    (words,) = texts(around(text, "needle"))
    assert words.startswith("…" + "x" * BEFORE_CHARS + "needle")


def test_many_hits_and_what_was_not_looked_at_are_said_to_be_more() -> None:
    assert around(("needle " + "x" * 500) * 9, "needle").is_more
    assert around("x" * 2_000 + "needle", "needle", room=1_000) == Around((), True, 1_000)


@given(
    st.text(alphabet="aß İKé\u0301ﬁx", max_size=40),
    st.text(alphabet="aßİKéﬁ", min_size=1, max_size=3),
)
def test_every_excerpt_has_the_hit_marked(text: str, search: str) -> None:
    query = searchtext.fold(search)
    found = around(text, search)
    assert bool(found.excerpts) == (query in searchtext.fold(text))
    assert all(any(part.is_hit for part in words) for words in found.excerpts)
