"""The numbers of a filter one by one: for each agent, model or provider what `totals` says of all.

Counts and sums of the groups add up to those of `totals`: entries without a model or provider are a
group too, without a name.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from llmlogs.models import Agent, ModelName, Provider
from llmlogs.queries.analytics import (
    GROUPS,
    PERCENTILES,
    SUMS,
    TIMES,
    Totals,
    added,
    added_up,
    nearest_rank,
)
from llmlogs.queries.filters import LogFilter, oldest_kept, provider_names
from llmlogs.queries.reading import snapshot
from llmlogs.queries.search import select

Field = Literal["agent", "model", "provider"]

_TABLES: dict[Field, type[Agent] | type[ModelName] | type[Provider]] = {
    "agent": Agent,
    "model": ModelName,
    "provider": Provider,
}

Ref = int | None
Sums = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Totals):
    """The entries of one name; those of all names of a provider go by the one most of them have.

    `name` None: they have none.
    """

    name: str | None


def breakdown(log_filter: LogFilter, by: Field, *, now: float | None = None) -> tuple[Group, ...]:
    """By agent, model or provider, most calls first."""
    field = f"{by}_ref"
    with snapshot():
        entries = select(log_filter, oldest_at=oldest_kept(now))
        sums: dict[Ref, list[Sums]] = defaultdict(list)
        for row in entries.values(*GROUPS).annotate(**SUMS, **TIMES).order_by():
            sums[row[field]].append(row)
        # Exact to the last digit, so the latencies themselves; SQLite has no percentile.
        latencies: dict[Ref, list[float]] = defaultdict(list)
        known = entries.filter(latency_ms__isnull=False).order_by()
        for ref, latency_ms in known.values_list(field, "latency_ms"):
            latencies[ref].append(latency_ms)
        named = _TABLES[by].objects.filter(id__in=[ref for ref in sums if ref is not None])
        names: dict[Ref, str] = dict(named.values_list("id", "name"))
    together = _together(names, sums) if by == "provider" else ([ref] for ref in sums)
    groups = [_group(names.get(refs[0]), refs, sums, latencies) for refs in together]
    return tuple(sorted(groups, key=lambda group: (-group.calls, group.name or "")))


def _together(names: dict[Ref, str], sums: dict[Ref, list[Sums]]) -> Iterator[list[Ref]]:
    """The refs of each provider, its name with most calls first."""
    by_provider: dict[frozenset[str], list[Ref]] = defaultdict(list)
    for ref in sorted(sums, key=lambda ref: (-added(sums[ref], "calls"), names.get(ref, ""))):
        known = names.get(ref)
        by_provider[frozenset() if known is None else provider_names(known)].append(ref)
    yield from by_provider.values()


def _group(
    name: str | None,
    refs: Iterable[Ref],
    sums: dict[Ref, list[Sums]],
    latencies: dict[Ref, list[float]],
) -> Group:
    rows = [row for ref in refs for row in sums[ref]]
    ascending = sorted(latency for ref in refs for latency in latencies.get(ref, ()))
    percentiles = [
        ascending[nearest_rank(percentile, len(ascending))] if ascending else None
        for percentile in PERCENTILES
    ]
    return Group(name=name, **added_up(rows, percentiles))
