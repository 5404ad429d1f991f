"""Which plan answers a search.

In: a filter. Out: a queryset of exactly the entries that satisfy it (`select`), or the first of
them in the list's order (`newest`). Without a search, both come from the filter alone.
"""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from llmlogs.models import IndexedEntry
from llmlogs.queries.filters import LogFilter
from llmlogs.queries.reading import id_list, position
from llmlogs.queries.search.marks import Memory
from llmlogs.queries.search.rare import rare_entries
from llmlogs.queries.search.recent import REFERENCES, EntryRefs, Reader
from llmlogs.queries.search.tree import PromptTree
from llmlogs.searchtext import SEPARATOR

FIRST_CHUNK = 100
MAX_LOOKED_AT = 1_500
MAX_LOOKED_AT_BYTES = 64_000_000
"""Entries, and their lines, that are looked at before the whole tree is marked instead (50 ms)."""
LIST_ORDER = ("-timestamp", "-id")

# What the process remembers between requests; it may be lost at any time.
_memory = Memory(PromptTree())


def select(log_filter: LogFilter, *, oldest_at: float) -> QuerySet[IndexedEntry]:
    """All entries of the filter, search included."""
    query = log_filter.folded_search
    entries = IndexedEntry.objects.all()
    if not query:
        return log_filter.apply(entries, oldest_at=oldest_at)
    if SEPARATOR in query:
        return entries.none()
    rare = rare_entries(query)
    return (
        _of_rare(log_filter, rare, oldest_at)
        if rare is not None
        else _of_marked(log_filter, query, oldest_at)
    )


def newest(
    log_filter: LogFilter, *, oldest_at: float, after: Q, offset: int, limit: int
) -> list[int]:
    """Ids of the newest entries that also satisfy `after`, without the first `offset` of them."""
    query = log_filter.folded_search
    if not query or SEPARATOR in query:
        return _first(select(log_filter, oldest_at=oldest_at).filter(after), offset, limit)
    rare = rare_entries(query)
    if rare is not None:
        return _first(_of_rare(log_filter, rare, oldest_at).filter(after), offset, limit)
    if _memory.known(position(), query) is None:
        entries = log_filter.apply(IndexedEntry.objects.all(), oldest_at=oldest_at).filter(after)
        found = _look_at_recent(entries, query, offset + limit)
        if found is not None:
            return found[offset:]
    return _first(_of_marked(log_filter, query, oldest_at).filter(after), offset, limit)


def forget() -> None:
    """Drop what earlier searches left, so that a measurement is not helped by the one before."""
    _memory.forget()


def _of_rare(log_filter: LogFilter, ids: list[int], oldest_at: float) -> QuerySet[IndexedEntry]:
    chosen = RawSQL("SELECT value FROM json_each(%s)", (id_list(ids),))
    entries = IndexedEntry.objects.filter(id__in=chosen)
    return log_filter.apply(entries, oldest_at=oldest_at, is_narrowed=True)


def _of_marked(log_filter: LogFilter, query: str, oldest_at: float) -> QuerySet[IndexedEntry]:
    marks = _memory.marks(position(), query)
    entries = log_filter.apply(IndexedEntry.objects.all(), oldest_at=oldest_at)
    return entries.filter(marks.condition())


def _first(entries: QuerySet[IndexedEntry], offset: int, limit: int) -> list[int]:
    ordered = entries.order_by(*LIST_ORDER).values_list("id", flat=True)
    return list(ordered[offset : offset + limit])


def _look_at_recent(entries: QuerySet[IndexedEntry], query: str, wanted: int) -> list[int] | None:
    """The first entries that contain the query, or None if too few of the newest do."""
    reader = Reader(query)
    found: list[int] = []
    for chunk, is_last in _chunks(entries, max(FIRST_CHUNK, wanted)):
        found += reader.matching(chunk)
        if is_last or len(found) >= wanted:
            return found[:wanted]
    return None


def _chunks(entries: QuerySet[IndexedEntry], size: int) -> Iterator[tuple[list[EntryRefs], bool]]:
    """Entries newest first in growing chunks up to the bound, and whether none follow."""
    ordered = entries.order_by(*LIST_ORDER).values_list(*REFERENCES, "line_bytes")
    start = looked_at_bytes = 0
    while start + size <= MAX_LOOKED_AT:
        chunk = list(ordered[start : start + size])
        looked_at_bytes += sum(row[-1] for row in chunk)
        if looked_at_bytes > MAX_LOOKED_AT_BYTES:
            return
        yield [row[:-1] for row in chunk], len(chunk) < size
        start, size = start + size, 2 * size
