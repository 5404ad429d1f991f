"""Pages of the list: their order, where they end, and cursors that stay right."""

import json
from typing import Any

import pytest

from llmlogs.api import answers
from llmlogs.forms import Paging, View
from llmlogs.queries.entries import CursorExpired, EntryPage, InvalidCursor, list_entries
from llmlogs.queries.filters import LogFilter
from tests.factories import NOW
from tests.queried_workspace import Workspace


def page(limit: int, cursor: str | None = None, **options: Any) -> EntryPage:
    return list_entries(LogFilter(), limit=limit, cursor=cursor, now=NOW, **options)


def ids(some_page: EntryPage) -> list[str]:
    return [entry.log_id for entry in some_page.entries]


def walk(limit: int, log_filter: LogFilter | None = None) -> list[str]:
    """All pages from first to last."""
    seen: list[str] = []
    cursor = None
    while True:
        here = list_entries(log_filter or LogFilter(), limit=limit, cursor=cursor, now=NOW)
        seen += ids(here)
        assert here.has_more == (here.next_cursor is not None)
        assert len(seen) < 100, "the pages repeat themselves"
        if not here.has_more:
            return seen
        cursor = here.next_cursor


def test_entries_come_newest_first_and_ties_latest_arrival_first(workspace: Workspace) -> None:
    old = workspace.add_entry(timestamp=NOW - 30)
    tied = [workspace.add_entry(timestamp=NOW - 20) for _ in range(3)]
    new = workspace.add_entry(timestamp=NOW - 10)
    assert ids(page(50)) == [new, *reversed(tied), old]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("search", ["", "question", "nothing"])
def test_pages_together_are_the_list_without_gap_or_repeat(
    workspace: Workspace, limit: int, search: str
) -> None:
    for number in range(7):
        workspace.add_entry(timestamp=NOW - 20 + number // 3)
    log_filter = LogFilter(search=search)
    everything = [entry.log_id for entry in list_entries(log_filter, limit=50, now=NOW).entries]
    assert len(everything) == (0 if search == "nothing" else 7)
    assert walk(limit, log_filter) == everything


def test_a_cursor_stays_right_while_entries_arrive(workspace: Workspace) -> None:
    old = [workspace.add_entry(timestamp=NOW - 20) for _ in range(4)]
    first = page(2)
    workspace.add_entry(timestamp=NOW - 20)
    workspace.add_entry(timestamp=NOW - 10)
    late = workspace.add_entry(timestamp=NOW - 30)
    rest = page(50, first.next_cursor)
    assert ids(first) + ids(rest) == [*reversed(old), late]


def test_a_cursor_of_a_replaced_index_has_expired(workspace: Workspace) -> None:
    for _ in range(3):
        workspace.add_entry()
    cursor = page(1).next_cursor
    workspace.rebuild()
    with pytest.raises(CursorExpired, match="which was replaced by .* Start again without one"):
        page(1, cursor)
    assert len(page(50).entries) == 3


@pytest.mark.parametrize("text", ["", "nonsense", "ZzEvbmFuLzE", "…", "a" * 10_000, "\x00"])
def test_what_is_no_cursor_is_refused_with_its_beginning(workspace: Workspace, text: str) -> None:
    workspace.add_entry()
    with pytest.raises(InvalidCursor, match="expected the next_cursor of an earlier answer"):
        page(1, text)


def test_an_offset_leaves_out_the_newest(workspace: Workspace) -> None:
    log_ids = [workspace.add_entry() for _ in range(5)]
    assert ids(page(2, offset=1)) == [log_ids[3], log_ids[2]]
    assert ids(list_entries(LogFilter(search="question"), limit=2, offset=3, now=NOW)) == [
        log_ids[1],
        log_ids[0],
    ]


def test_a_page_ends_before_its_lines_exceed_the_bytes_but_has_one_entry(
    workspace: Workspace,
) -> None:
    for _ in range(3):
        workspace.add_entry(completion="x" * 1000)
    line_bytes = page(1).entries[0].line_bytes
    assert len(page(3, max_bytes=2 * line_bytes).entries) == 2
    small = page(3, max_bytes=1)
    assert len(small.entries) == 1
    assert small.has_more
    assert len(page(3, small.next_cursor).entries) == 2


def test_a_page_may_count_what_it_shows_instead_of_lines(workspace: Workspace) -> None:
    for _ in range(3):
        workspace.add_entry(completion="x" * 1000)
    assert len(page(3, max_bytes=10, weigh=lambda entry: 3).entries) == 3
    assert len(page(3, max_bytes=10, weigh=lambda entry: 5).entries) == 2


@pytest.mark.parametrize(
    ("view", "long_key", "listed"),
    [("full", "messages", 2), ("summary", "messages", 3), ("summary", "note", 2)],
)
def test_a_list_stops_at_the_bytes_of_the_answer(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, view: View, long_key: str, listed: int
) -> None:
    for _ in range(3):
        workspace.add_entry(**{long_key: [{"role": "user", "content": "x" * 20_000}]})
    monkeypatch.setattr(answers, "MAX_ANSWER_BYTES", 50_000)
    monkeypatch.setattr("llmlogs.queries.entries.oldest_kept", lambda _now: 0.0)
    answer = json.loads(answers.list_answer(LogFilter(), Paging(10, 0, None, view)))
    assert (len(answer["logs"]), answer["has_more"]) == (listed, listed < 3)


def test_an_empty_index_has_an_empty_page(workspace: Workspace) -> None:
    assert page(50) == EntryPage(entries=(), next_cursor=None, has_more=False)
