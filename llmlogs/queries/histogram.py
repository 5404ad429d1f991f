"""Calls and errors of a filter over time, in steps that people count in.

The time shown is the filter's own; where it is open, it begins with the oldest call that matches
and ends now. Steps are whole (1 s … 1 day), aligned to UTC, at most `MAX_STEPS` of them. Every call
of the filter within the time shown is in exactly one step.
"""

import math
import time
from dataclasses import dataclass

from django.db.models import Count, F, FloatField, IntegerField, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Cast

from llmlogs.models import IndexedEntry
from llmlogs.queries.filters import LogFilter, oldest_kept
from llmlogs.queries.reading import snapshot
from llmlogs.queries.search import select

MAX_STEPS = 120
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
STEPS_SECONDS = (
    *(1, 2, 5, 10, 15, 30),
    *(_MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE),
    *(_HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR),
    *(_DAY, 2 * _DAY, 7 * _DAY),
)
SHORTEST_SECONDS = 60.0
"""A single call is shown in the middle of a minute, not as a wall."""


@dataclass(frozen=True, slots=True)
class Step:
    """The calls from `since` (Unix seconds) on, for the histogram's `step_seconds`."""

    since: float
    calls: int
    errors: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """Steps in order, those without calls included; none if no call matches."""

    steps: tuple[Step, ...]
    step_seconds: int

    @property
    def since(self) -> float:
        return self.steps[0].since if self.steps else 0.0

    @property
    def until(self) -> float:
        return self.steps[-1].since + self.step_seconds if self.steps else 0.0


def histogram(log_filter: LogFilter, *, now: float | None = None) -> Histogram:
    moment = time.time() if now is None else now
    with snapshot():
        entries = select(log_filter, oldest_at=oldest_kept(now))
        span = _span(log_filter, entries, moment)
        if span is None:
            return Histogram((), 0)
        step = step_seconds(*span)
        first = math.floor(span[0] / step) * step
        counted = _counted(entries, first, step)
    places = range(math.floor((span[1] - first) / step) + 1)
    return Histogram(
        tuple(Step(first + place * step, *counted.get(place, (0, 0))) for place in places), step
    )


def step_seconds(since: float, until: float) -> int:
    """The shortest step of which few enough cover the time.

    >>> step_seconds(0, 60), step_seconds(0, 3_600), step_seconds(0, 7 * 86_400)
    (1, 60, 7200)
    """
    for step in STEPS_SECONDS:
        if math.floor(until / step) - math.floor(since / step) < MAX_STEPS:
            return step
    longest = STEPS_SECONDS[-1]
    return longest * math.ceil((until - since) / longest / (MAX_STEPS - 1))


def _span(
    log_filter: LogFilter, entries: QuerySet[IndexedEntry], now: float
) -> tuple[float, float] | None:
    if log_filter.since is not None and log_filter.until is not None:
        since, until = log_filter.since, log_filter.until
        return (since, until) if since <= until else None
    ends = entries.aggregate(oldest=Min("timestamp"), newest=Max("timestamp"))
    if ends["oldest"] is None:
        return None
    since = ends["oldest"] if log_filter.since is None else log_filter.since
    # A call may claim to be of tomorrow; what is listed is drawn.
    until = max(ends["newest"], now) if log_filter.until is None else log_filter.until
    missing = max(0.0, SHORTEST_SECONDS - (until - since))
    return since - missing / 2, until + missing / 2


def _counted(
    entries: QuerySet[IndexedEntry], first: float, step: int
) -> dict[int, tuple[int, int]]:
    place = Cast((F("timestamp") - Value(first, FloatField())) / float(step), IntegerField())
    rows = (
        entries.annotate(place=place)
        .values("place")
        .annotate(calls=Count("*"), errors=Count("id", filter=Q(has_error=True)))
        .order_by()
    )
    return {row["place"]: (row["calls"], row["errors"]) for row in rows}
