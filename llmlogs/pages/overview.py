"""Numbers and histogram of a filter: above the list, where they arrive on their own.

Asked for by htmx they are a part of the list page; by a browser (without scripts) a page of their
own. The numbers are those of `/api/llm-logs/stats`, each with its exact value beside the short one.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from llmlogs import display
from llmlogs.pages import asked
from llmlogs.pages.unavailable import needs_index
from llmlogs.queries import analytics
from llmlogs.queries.analytics import NamedCount, Totals
from llmlogs.queries.histogram import Histogram, Step, histogram
from llmlogs.queries.reading import snapshot

CHART_HEIGHT = 100
LEAST_HEIGHT = 3
"""A single call among thousands is still seen, and so is what did not fail beside what did."""
LEAST_RATE = 0.001
"""A smaller share of errors would be shown as none."""
MODELS_NAMED = 3
_BY = ("model", "agent", "provider")


@dataclass(frozen=True, slots=True)
class Number:
    """`exact` is the value as the API has it, for scripts and for the pointer."""

    label: str
    shown: str
    exact: str
    note: str = ""
    is_problem: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A step of the histogram: places and heights in units of the drawing."""

    x: int
    height: int
    error_height: int
    url: str
    title: str
    since: float
    calls: int
    errors: int


@require_safe
@gzip_page
@needs_index
def overview(request: HttpRequest) -> HttpResponse:
    question = asked.read(request.GET)
    with snapshot():
        totals = analytics.totals(question.log_filter)
        models = analytics.models(question.log_filter)
        drawn = histogram(question.log_filter)
    is_part = request.headers.get("HX-Request") == "true"
    context = {
        "numbers": tuple(_numbers(totals, models)),
        "bars": tuple(bars(drawn, question)),
        "step_seconds": drawn.step_seconds,
        "step": display.short_age(drawn.step_seconds),
        "most": max((step.calls for step in drawn.steps), default=0),
        "ends": _ends(drawn),
        "range_url": _url(question, since=None, until=None),
        "list_url": _plain_url(question),
        "breakdowns": [(by, f"{reverse('breakdown')}?{question.query(by=by)}") for by in _BY],
    }
    name = "llmlogs/_overview.html" if is_part else "llmlogs/overview.html"
    response = render(request, name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _numbers(totals: Totals, models: tuple[NamedCount, ...]) -> Iterator[Number]:
    yield Number("Calls", display.count(totals.calls), str(totals.calls))
    yield Number(
        "Errors",
        display.count(totals.errors),
        str(totals.errors),
        error_rate(totals.errors, totals.calls),
        is_problem=totals.errors > 0,
    )
    for label, value in (("Tokens in", totals.input_tokens), ("Tokens out", totals.output_tokens)):
        yield Number(label, display.count(value), str(value))
    named = ", ".join(display.name(model.name) for model in models[:MODELS_NAMED])
    more = f" and {len(models) - MODELS_NAMED} more" if len(models) > MODELS_NAMED else ""
    yield Number("Models", display.count(len(models)), str(len(models)), named + more)
    for label, latency in (
        ("Average", totals.latency_average_ms),
        ("p50", totals.latency_p50_ms),
        ("p95", totals.latency_p95_ms),
        ("p99", totals.latency_p99_ms),
    ):
        exact = "" if latency is None else str(latency)
        yield Number(label, display.milliseconds(latency), exact)


def error_rate(errors: int, calls: int) -> str:
    """
    >>> error_rate(3, 120), error_rate(3, 6_137), error_rate(0, 5), error_rate(0, 0)
    ('2.5%', '<0.1%', '0.0%', '')
    """
    if not calls:
        return ""
    rate = errors / calls
    return f"<{LEAST_RATE:.1%}" if 0 < rate < LEAST_RATE else f"{rate:.1%}"


def bars(drawn: Histogram, question: asked.Asked) -> Iterator[Bar]:
    """Every step in its place; those with calls lead to their time."""
    most = max((step.calls for step in drawn.steps), default=0)
    for place, step in enumerate(drawn.steps):
        until = step.since + drawn.step_seconds
        height, error_height = _heights(step, most)
        yield Bar(
            x=place * 10,
            height=height,
            error_height=error_height,
            url=_url(question, since=step.since, until=_just_before(until)) if step.calls else "",
            title=_title(step, until),
            since=step.since,
            calls=step.calls,
            errors=step.errors,
        )


def _heights(step: Step, most: int) -> tuple[int, int]:
    """Of all calls and of those that failed, in units of the drawing; any that are, are seen."""
    calls, failed = _height(step.calls, most), _height(step.errors, most)
    if not failed or step.calls == step.errors:
        return calls, failed
    calls = max(calls, 2 * LEAST_HEIGHT)
    return calls, min(failed, calls - LEAST_HEIGHT)


def _height(count: int, most: int) -> int:
    return max(round(CHART_HEIGHT * count / most), LEAST_HEIGHT) if count else 0


def _just_before(moment: float) -> float:
    """The last time of a step: `until` is inclusive, and the next step begins at `moment`."""
    return math.nextafter(moment, 0)


def _title(step: Step, until: float) -> str:
    times = f"{display.clock_time(step.since)} – {display.clock_time(until)} UTC"
    failed = f", {display.counted(step.errors, 'error')}" if step.errors else ""
    return f"{display.date(step.since)} {times}: {display.counted(step.calls, 'call')}{failed}"


def _ends(drawn: Histogram) -> tuple[tuple[str, str], ...]:
    """Three places of the axis: the time for scripts, the time for people."""
    places = (drawn.since, (drawn.since + drawn.until) / 2, drawn.until) if drawn.steps else ()
    return tuple(
        (display.iso_time(at), f"{display.date(at)[:6]} {display.clock_time(at)[:5]}")
        for at in places
    )


def _url(question: asked.Asked, *, since: float | None, until: float | None) -> str:
    narrowed = replace(question.log_filter, since=since, until=until)
    return _with_query(asked.Asked(narrowed, None, {}).query())


def _plain_url(question: asked.Asked) -> str:
    return _with_query(question.query())


def _with_query(query: str) -> str:
    return f"{reverse('calls')}?{query}" if query else reverse("calls")
