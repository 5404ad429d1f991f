"""Which messages stand open and which are folded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmlogs.pages.callview.stretches import Segment, segments, unfolded


@pytest.mark.parametrize(
    ("count", "new_from", "asked", "expected"),
    [
        (0, 0, None, []),
        (3, 0, None, [(0, 3, "open")]),
        (17, 14, None, [(0, 14, "folded"), (14, 17, "open")]),
        (14, 14, None, [(0, 14, "folded")]),
        (2000, 0, None, [(0, 2, "open"), (2, 1982, "folded"), (1982, 2000, "open")]),
        (17, 14, (0, 50), [(0, 14, "open"), (14, 17, "open")]),
        (
            200,
            190,
            (50, 100),
            [(0, 50, "folded"), (50, 100, "open"), (100, 190, "folded"), (190, 200, "open")],
        ),
    ],
)
def test_new_messages_stand_open_and_history_is_folded(
    count: int,
    new_from: int,
    asked: tuple[int, int] | None,
    expected: list[tuple[int, int, str]],
) -> None:
    found = segments(count, new_from, () if asked is None else (asked,))
    assert [(s.start, s.stop, "folded" if s.is_folded else "open") for s in found] == expected


def test_a_fold_opens_a_page_at_a_time_from_either_end() -> None:
    assert unfolded(0, 14, is_from_end=False) == [Segment(0, 14, False)]
    assert unfolded(0, 80, is_from_end=False) == [Segment(0, 50, False), Segment(50, 80, True)]
    assert unfolded(0, 80, is_from_end=True) == [
        Segment(0, 30, True),
        Segment(30, 80, False, is_from_end=True),
    ]
    assert unfolded(9, 3, is_from_end=False) == []


@given(
    st.integers(0, 300),
    st.integers(0, 300),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=4),
)
def test_every_message_is_in_exactly_one_segment(
    count: int, new_from: int, asked: list[tuple[int, int]]
) -> None:
    new_from = min(new_from, count)
    found = segments(count, new_from, asked)
    assert [n for s in found for n in range(s.start, s.stop)] == list(range(count))
    assert not any(s.start < new_from < s.stop for s in found)
