"""Sums and counts of a filter, exact.

A percentile is the nearest rank: of n known latencies in ascending order the one at place
ceil(p / 100 * n), counted from 1; so it is always a latency that occurred. Unknown tokens count as
nothing in sums, unknown latencies are left out of average and percentiles.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Count, IntegerField, Max, Min, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast

from llmlogs.models import Agent, IndexedEntry, ModelName, Provider
from llmlogs.queries.filters import LogFilter, oldest_kept, provider_names
from llmlogs.queries.reading import snapshot
from llmlogs.queries.search import select

PERCENTILES = (50, 95, 99)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """All entries of a filter together. Times are Unix seconds; None is unknown."""

    calls: int
    errors: int
    input_tokens: int
    output_tokens: int
    total_tokens: int
    latency_average_ms: float | None
    latency_p50_ms: float | None
    latency_p95_ms: float | None
    latency_p99_ms: float | None
    first_timestamp: float | None
    last_timestamp: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCount:
    """The entries of one agent, model or provider."""

    name: str
    calls: int
    errors: int
    input_tokens: int
    output_tokens: int
    total_tokens: int
    last_timestamp: float


GROUPS = ("agent_ref", "model_ref", "provider_ref")
"""Grouped by all three, rows come side by side from the index `entry_sums` and nothing is sorted;
the few groups are added up here. 25 ms for 100,000 entries, where grouping by one took 50."""
SUMS = {
    "calls": Count("*"),
    "errors": Count("id", filter=Q(has_error=True)),
    "input_sum": Sum("input_tokens"),
    "output_sum": Sum("output_tokens"),
    "total_sum": Sum("total_tokens"),
    "last": Max("timestamp"),
}
TIMES = {
    "first": Min("timestamp"),
    "timed": Count("latency_ms"),
    "latency_sum": Sum("latency_ms"),
}


_WHOLE_MS = Cast("latency_ms", IntegerField())


class Joined(Aggregate):
    """All values as one text with commas between: one row, where 100,000 rows would hand over the
    interpreter lock as often."""

    function = "group_concat"
    output_field = TextField()


def totals(log_filter: LogFilter, *, now: float | None = None) -> Totals:
    with snapshot():
        entries = select(log_filter, oldest_at=oldest_kept(now))
        groups = list(entries.values(*GROUPS).annotate(**SUMS, **TIMES).order_by())
        percentiles = _percentiles(entries)
    return Totals(**added_up(groups, percentiles))


def added_up(
    groups: Sequence[dict[str, Any]], percentiles: Sequence[float | None]
) -> dict[str, Any]:
    """The fields of `Totals` for rows of `SUMS` and `TIMES` together."""
    timed = added(groups, "timed")
    p50, p95, p99 = percentiles
    return {
        "calls": added(groups, "calls"),
        "errors": added(groups, "errors"),
        "input_tokens": added(groups, "input_sum"),
        "output_tokens": added(groups, "output_sum"),
        "total_tokens": added(groups, "total_sum"),
        "latency_average_ms": added(groups, "latency_sum") / timed if timed else None,
        "latency_p50_ms": p50,
        "latency_p95_ms": p95,
        "latency_p99_ms": p99,
        "first_timestamp": min((group["first"] for group in groups), default=None),
        "last_timestamp": max((group["last"] for group in groups), default=None),
    }


def agents(log_filter: LogFilter, *, now: float | None = None) -> tuple[NamedCount, ...]:
    """By agent, most calls first."""
    return _by_name(log_filter, "agent_ref", Agent, now)


def models(log_filter: LogFilter, *, now: float | None = None) -> tuple[NamedCount, ...]:
    """By model name, most calls first; entries without one are left out."""
    return _by_name(log_filter, "model_ref", ModelName, now)


def providers(log_filter: LogFilter, *, now: float | None = None) -> tuple[NamedCount, ...]:
    """By provider, most calls first; entries without one are left out.

    Names of one provider are counted together, since a filter on one finds the entries of all; they
    go by the name that most of these entries have.
    """
    by_provider: dict[frozenset[str], list[NamedCount]] = {}
    for count in _by_name(log_filter, "provider_ref", Provider, now):
        by_provider.setdefault(provider_names(count.name), []).append(count)
    return _ordered(map(_together, by_provider.values()))


def nearest_rank(percentile: int, count: int) -> int:
    """Place of a percentile among `count` ascending values, counted from 0."""
    return max(math.ceil(percentile * count / 100) - 1, 0)


def _percentiles(entries: QuerySet[IndexedEntry]) -> Sequence[float | None]:
    """Exact, though most latencies are read without their fractions.

    Python sorts whole numbers in a tenth of the time in which SQLite sorts rows; they tell in which
    millisecond the latency of a rank lies, and only those of that millisecond are sorted exactly.
    """
    known = entries.filter(latency_ms__isnull=False)
    joined = known.aggregate(joined=Joined(_WHOLE_MS))["joined"]
    if not joined:
        return (None,) * len(PERCENTILES)
    whole = sorted(map(int, joined.split(",")))
    ranks = (nearest_rank(percentile, len(whole)) for percentile in PERCENTILES)
    return [_at_rank(known, whole, rank) for rank in ranks]


def _at_rank(known: QuerySet[IndexedEntry], whole: list[int], rank: int) -> float | None:
    millisecond = whole[rank]
    there = known.alias(whole_ms=_WHOLE_MS).filter(whole_ms=millisecond).order_by("latency_ms")
    return there.values_list("latency_ms", flat=True)[rank - bisect_left(whole, millisecond)]


def added(groups: Iterable[dict[str, Any]], what: str) -> Any:
    """The sum over all groups; unknown counts as nothing."""
    return sum(group[what] or 0 for group in groups)


def _by_name(
    log_filter: LogFilter,
    field: str,
    table: type[Agent] | type[ModelName] | type[Provider],
    now: float | None,
) -> tuple[NamedCount, ...]:
    with snapshot():
        entries = select(log_filter, oldest_at=oldest_kept(now))
        groups = list(entries.values(*GROUPS).annotate(**SUMS).order_by())
        by_ref: dict[int | None, list[dict[str, Any]]] = {}
        for group in groups:
            by_ref.setdefault(group[field], []).append(group)
        refs = [ref for ref in by_ref if ref is not None]
        names = table.objects.filter(id__in=refs).values_list("id", "name")
        counts = [_named_count(name, by_ref[ref]) for ref, name in names]
    return _ordered(counts)


def _ordered(counts: Iterable[NamedCount]) -> tuple[NamedCount, ...]:
    return tuple(sorted(counts, key=lambda count: (-count.calls, count.name)))


def _together(counts: Sequence[NamedCount]) -> NamedCount:
    """Several counts as one, by the name of the first."""
    return NamedCount(
        name=counts[0].name,
        calls=sum(count.calls for count in counts),
        errors=sum(count.errors for count in counts),
        input_tokens=sum(count.input_tokens for count in counts),
        output_tokens=sum(count.output_tokens for count in counts),
        total_tokens=sum(count.total_tokens for count in counts),
        last_timestamp=max(count.last_timestamp for count in counts),
    )


def _named_count(name: str, groups: list[dict[str, Any]]) -> NamedCount:
    return NamedCount(
        name=name,
        calls=added(groups, "calls"),
        errors=added(groups, "errors"),
        input_tokens=added(groups, "input_sum"),
        output_tokens=added(groups, "output_sum"),
        total_tokens=added(groups, "total_sum"),
        last_timestamp=max(group["last"] for group in groups),
    )
