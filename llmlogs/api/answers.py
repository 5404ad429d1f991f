"""The bodies of list answers: from a filter and a paging to JSON bytes."""

from typing import Any

from agents_sdk.codec import dumps, loads
from llmlogs.forms import Paging
from llmlogs.listing import full_item, summary_item
from llmlogs.queries.entries import (
    EntryPage,
    EntrySummary,
    count_entries,
    full_entries,
    list_entries,
)
from llmlogs.queries.filters import LogFilter

MAX_ANSWER_BYTES = 32_000_000
"""A list stops here with `has_more`, so that no answer fills the memory of server or client."""


def list_answer(log_filter: LogFilter, paging: Paging, **first: Any) -> bytes:
    """`{logs, total_count, has_more, next_cursor}`, with `first` before them."""
    page = _page(log_filter, paging)
    return dumps(
        {
            **first,
            "logs": _items(page.entries, paging),
            "total_count": count_entries(log_filter),
            "has_more": page.has_more,
            "next_cursor": page.next_cursor,
        }
    )


def _page(log_filter: LogFilter, paging: Paging) -> EntryPage:
    return list_entries(
        log_filter,
        limit=paging.limit,
        cursor=paging.cursor,
        offset=paging.offset,
        max_bytes=MAX_ANSWER_BYTES,
        weigh=_summary_bytes if paging.view == "summary" else None,
    )


def _summary_bytes(entry: EntrySummary) -> int:
    return len(dumps(summary_item(entry)))


def _items(entries: tuple[EntrySummary, ...], paging: Paging) -> list[dict[str, Any]]:
    if paging.view == "summary":
        return [summary_item(entry) for entry in entries]
    whole = full_entries([entry.sequence for entry in entries])
    # An entry may leave the index between the two questions; then it is left out here too.
    return [
        full_item(entry, loads(whole[entry.sequence]))
        for entry in entries
        if entry.sequence in whole
    ]
