"""Entries in the order of their arrival: what the live feed asks, again and again.

In: a position in the index. Out: the entries behind it that satisfy a filter.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from llmlogs.models import IndexedEntry
from llmlogs.queries.cursors import CursorExpired, InvalidCursor
from llmlogs.queries.filters import LogFilter, oldest_kept
from llmlogs.queries.reading import position, snapshot
from llmlogs.queries.search import containing
from llmlogs.queries.summaries import EntrySummary, summaries

_POSITION = re.compile(r"g(\d{1,18})-(\d{1,18})")
_LOOKED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class FeedPosition:
    """The sequence of an entry in one generation of the index; written `g7-50123`."""

    generation: int
    sequence: int

    def __str__(self) -> str:
        return f"g{self.generation}-{self.sequence}"

    @classmethod
    def parse(cls, text: str) -> "FeedPosition":
        match = _POSITION.fullmatch(text)
        if match is None:
            raise InvalidCursor(
                f"The position '{text[:60]}' is unknown; expected one like g7-50123. "
                "Start again without one."
            )
        return cls(int(match[1]), int(match[2]))


def last_sequence() -> FeedPosition:
    """Where the index ends now."""
    here = position()
    return FeedPosition(here.generation, here.sequence)


def entries_after(
    log_filter: LogFilter, after: FeedPosition, limit: int, *, now: float | None = None
) -> tuple[EntrySummary, ...]:
    """The first `limit` entries behind a position, by sequence. Raises CursorExpired for a position
    of another generation."""
    with snapshot():
        generation = position().generation
        if after.generation != generation:
            raise CursorExpired(after.generation, generation)
        found: list[int] = []
        last = after.sequence
        while len(found) < limit:
            chunk = _ids_after(log_filter, last, max(limit, _LOOKED_AT_ONCE), oldest_kept(now))
            found += _searched(log_filter, chunk)
            if len(chunk) < max(limit, _LOOKED_AT_ONCE):
                break
            last = chunk[-1]
        return summaries(found[:limit])


def matching_sequences(
    log_filter: LogFilter, sequences: Collection[int], *, now: float | None = None
) -> frozenset[int]:
    """Which of these entries satisfy a filter; for a feed that reads once for all subscribers."""
    with snapshot():
        entries = IndexedEntry.objects.filter(id__in=list(sequences))
        chosen = log_filter.apply(entries, oldest_at=oldest_kept(now), is_narrowed=True)
        return frozenset(_searched(log_filter, list(chosen.values_list("id", flat=True))))


def _ids_after(log_filter: LogFilter, sequence: int, limit: int, oldest_at: float) -> list[int]:
    entries = IndexedEntry.objects.filter(id__gt=sequence)
    chosen = log_filter.apply(entries, oldest_at=oldest_at, is_narrowed=True)
    return list(chosen.order_by("id").values_list("id", flat=True)[:limit])


def _searched(log_filter: LogFilter, sequences: list[int]) -> list[int]:
    query = log_filter.folded_search
    if not query or not sequences:
        return sequences
    found = containing(sequences, query)
    return [sequence for sequence in sequences if sequence in found]
