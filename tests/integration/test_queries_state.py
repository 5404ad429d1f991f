"""The index says where it stands, and readers say so when there is none."""

import pytest
from django.db import connections

from llmlogs.indexdb.base import IndexMissing
from llmlogs.queries.entries import list_entries
from llmlogs.queries.filters import LogFilter
from llmlogs.queries.state import index_state, rejected_lines
from tests.factories import NOW, write_lines
from tests.queried_workspace import Workspace


def test_the_state_counts_what_was_read(workspace: Workspace) -> None:
    workspace.add_entry(timestamp=NOW - 500)
    workspace.add_entry(timestamp=NOW - 400)
    report = index_state()
    assert report is not None
    assert report.is_complete
    assert report.lag_bytes == 0
    size = (workspace.settings.logs_folder / "bot.jsonl").stat().st_size
    assert report.total_bytes == size
    assert report.oldest_timestamp == NOW - 500
    assert report.heartbeat_at is not None and report.heartbeat_at >= NOW
    assert (report.rejected_lines, report.repaired_lines) == (0, 0)
    assert report.logs_folder_error == ""


def test_rejected_lines_are_named_with_file_and_offset(workspace: Workspace) -> None:
    workspace.add_entry()
    path = workspace.settings.logs_folder / "bot.jsonl"
    offset = path.stat().st_size
    write_lines(path, b"{broken\n", b"[1]\n")
    workspace.add_entry()
    last, first = rejected_lines(10)
    assert (first.file_name, first.offset, first.excerpt) == ("bot.jsonl", offset, "{broken")
    assert first.reason == "not JSON"
    assert last.reason == "not a JSON object"
    assert rejected_lines(1) == (last,)
    report = index_state()
    assert report is not None and report.rejected_lines == 2


def test_without_an_index_there_is_no_state_and_lists_say_what_to_do(
    workspace: Workspace,
) -> None:
    connections["index"].close()
    (workspace.settings.index_folder / "CURRENT").unlink()
    assert index_state() is None
    with pytest.raises(IndexMissing, match="The worker makes it; is it running?"):
        list_entries(LogFilter(), limit=1, now=NOW)
