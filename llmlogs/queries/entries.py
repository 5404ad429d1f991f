"""Lists of entries, newest first, and whole entries.

Nothing older than the retention is given, counted by the effective timestamp from `now` (Unix
seconds; None asks the clock). Raises `llmlogs.indexdb.base.IndexMissing` if there is no index.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q

from llmlogs.indexdb.keys import text_key
from llmlogs.indexdb.packing import unpack_entry
from llmlogs.models import Agent, IndexedEntry
from llmlogs.queries.assemble import assemble
from llmlogs.queries.cursors import Cursor, CursorExpired, InvalidCursor
from llmlogs.queries.filters import LogFilter, oldest_kept
from llmlogs.queries.prompts import Paths, message_json
from llmlogs.queries.reading import fetch, id_list, position, snapshot
from llmlogs.queries.search import newest, select
from llmlogs.queries.summaries import EntrySummary, summaries

__all__ = [
    "CursorExpired",
    "EntryPage",
    "EntrySummary",
    "InvalidCursor",
    "count_entries",
    "entry_json",
    "find_entry",
    "full_entries",
    "list_entries",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """A piece of a list. `next_cursor` is given where `has_more`."""

    entries: tuple[EntrySummary, ...]
    next_cursor: str | None
    has_more: bool


_STORED = """
    SELECT entry.id, system_ref, node_ref, tools_ref, json, is_prompt_taken, is_tools_taken, markers
    FROM entry CROSS JOIN entry_body ON entry_body.id = entry.id
    WHERE entry.id IN (SELECT value FROM json_each(%s))"""


def list_entries(
    log_filter: LogFilter,
    *,
    limit: int,
    cursor: str | None = None,
    offset: int = 0,
    max_bytes: int | None = None,
    weigh: Callable[[EntrySummary], int] | None = None,
    now: float | None = None,
) -> EntryPage:
    """One page by timestamp descending, then sequence descending.

    The page ends after `limit` entries, or before they exceed `max_bytes` together (it has at least
    one); `weigh` says how many bytes of an entry are shown, where it is less than its whole line.
    Raises InvalidCursor, and CursorExpired for a cursor of another generation.
    """
    with snapshot():
        generation = position().generation
        after = Q() if cursor is None else _behind(Cursor.decode(cursor), generation)
        ids = newest(
            log_filter, oldest_at=oldest_kept(now), after=after, offset=offset, limit=limit + 1
        )
        rows = _within(summaries(ids[:limit]), max_bytes, weigh)
    # Nothing follows a page of no entries: there is no place to go on from.
    has_more = 0 < len(rows) < len(ids)
    next_cursor = None
    if has_more:
        last = rows[-1]
        next_cursor = Cursor(generation, last.timestamp, last.sequence).encode()
    return EntryPage(entries=rows, next_cursor=next_cursor, has_more=has_more)


def count_entries(log_filter: LogFilter, *, now: float | None = None) -> int:
    """How many entries the filter selects, exactly."""
    with snapshot():
        return select(log_filter, oldest_at=oldest_kept(now)).count()


def find_entry(
    log_id: str, agent_id: str | None = None, *, now: float | None = None
) -> tuple[EntrySummary, ...]:
    """All entries with this id: one per agent, newest first."""
    entries = IndexedEntry.objects.filter(log_key=text_key(log_id), timestamp__gte=oldest_kept(now))
    if agent_id is not None:
        entries = entries.filter(agent_ref__in=Agent.objects.filter(key=text_key(agent_id)))
    with snapshot():
        ordered = entries.order_by("-timestamp", "-id").values_list("id", flat=True)
        return summaries(list(ordered))


def entry_json(sequence: int) -> bytes | None:
    """The whole entry as stored, as one JSON object; None if there is no such entry."""
    return full_entries([sequence]).get(sequence)


def full_entries(sequences: Iterable[int]) -> dict[int, bytes]:
    """Whole entries as JSON by sequence; those that are not there are left out."""
    with snapshot():
        rows = fetch(_STORED, (id_list(sequences),))
        paths = Paths(row[2] for row in rows)
        prompts = {row[0]: paths.messages(row[1], row[2]) for row in rows}
        refs = {ref for prompt in prompts.values() for ref in prompt}
        contents = message_json(refs | {row[3] for row in rows if row[3] is not None})
    return {
        sequence: assemble(
            unpack_entry(body),
            messages=[contents[ref] for ref in prompts[sequence]] if has_prompt else None,
            tools=contents[tools] if has_tools else None,
            markers=markers,
        )
        for sequence, _, _, tools, body, has_prompt, has_tools, markers in rows
    }


def _behind(cursor: Cursor, generation: int) -> Q:
    if cursor.generation != generation:
        raise CursorExpired(cursor.generation, generation)
    return Q(timestamp__lte=cursor.timestamp) & (
        Q(timestamp__lt=cursor.timestamp) | Q(id__lt=cursor.sequence)
    )


def _within(
    rows: tuple[EntrySummary, ...],
    max_bytes: int | None,
    weigh: Callable[[EntrySummary], int] | None,
) -> tuple[EntrySummary, ...]:
    # Nothing is shown of an entry that is not in its line: most pages need no weighing.
    if max_bytes is None or sum(row.line_bytes for row in rows) <= max_bytes:
        return rows
    total_bytes = 0
    for count, row in enumerate(rows):
        total_bytes += weigh(row) if weigh else row.line_bytes
        if total_bytes > max_bytes and count:
            return rows[:count]
    return rows
