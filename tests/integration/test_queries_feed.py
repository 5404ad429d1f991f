"""The feed reads by order of arrival and knows when its position is of another index."""

import pytest

from llmlogs.queries.cursors import CursorExpired, InvalidCursor
from llmlogs.queries.feed import FeedPosition, entries_after, last_sequence
from llmlogs.queries.filters import LogFilter
from tests.factories import NOW
from tests.queried_workspace import Workspace


def fed(after: FeedPosition, limit: int = 50, search: str = "") -> list[str]:
    rows = entries_after(LogFilter(search=search), after, limit, now=NOW)
    return [entry.log_id for entry in rows]


def test_entries_behind_a_position_come_in_the_order_of_arrival(workspace: Workspace) -> None:
    workspace.add_entry()
    start = last_sequence()
    assert fed(start) == []
    late = workspace.add_entry(timestamp=NOW - 5000)
    new = workspace.add_entry(timestamp=NOW - 1)
    assert fed(start) == [late, new]
    assert fed(start, limit=1) == [late]
    assert fed(last_sequence()) == []


def test_the_search_of_a_subscriber_is_applied(workspace: Workspace) -> None:
    start = last_sequence()
    hits = []
    for number in range(4):
        workspace.add_entry()
        hits.append(workspace.add_entry(completion=f"needle {number}"))
    assert fed(start, search="NEEDLE") == hits
    assert fed(start, limit=3, search="needle") == hits[:3]


def test_a_position_of_a_replaced_index_has_expired(workspace: Workspace) -> None:
    workspace.add_entry()
    before = last_sequence()
    workspace.rebuild()
    assert last_sequence().generation > before.generation
    with pytest.raises(CursorExpired):
        fed(before)


def test_a_position_is_written_and_read_again() -> None:
    position = FeedPosition(generation=7, sequence=50123)
    assert str(position) == "g7-50123"
    assert FeedPosition.parse("g7-50123") == position


@pytest.mark.parametrize(
    "text", ["", "7-1", "g7", "g7-", "g-1", "g7-1 ", "g7-1x", "g7-" + "1" * 99]
)
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor, match="expected one like g7-50123"):
        FeedPosition.parse(text)
