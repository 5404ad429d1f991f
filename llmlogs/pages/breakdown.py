"""The numbers of a filter one by one, `/studio/llm-logs/breakdown`: what each model, agent or
provider was asked, used, took and failed, and which of them stands out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from llmlogs import display
from llmlogs.pages import asked, narrowing
from llmlogs.pages.overview import error_rate
from llmlogs.pages.unavailable import needs_index
from llmlogs.queries.analytics import Totals, totals
from llmlogs.queries.breakdown import Field, Group, breakdown
from llmlogs.queries.reading import snapshot

GROUPS_SHOWN = 200
LEAST_PART = 3
"""Of the bar, in percent: one call beside thousands is still seen."""
FIELDS: tuple[Field, ...] = ("model", "agent", "provider")
COLUMNS = {
    "calls": ("Calls", "calls"),
    "errors": ("Errors", "errors"),
    "input": ("Tokens in", "input_tokens"),
    "output": ("Tokens out", "output_tokens"),
    "average": ("Average", "latency_average_ms"),
    "p50": ("p50", "latency_p50_ms"),
    "p95": ("p95", "latency_p95_ms"),
    "p99": ("p99", "latency_p99_ms"),
}
"""By their word in the address: what stands above them, and what of a group they show. A table is
sorted by one of them, largest first."""
_COUNTS = frozenset({"calls", "errors", "input", "output"})
_NAMED = {"model": "No model", "agent": "No agent", "provider": "No provider"}


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column, and the table sorted by it."""

    label: str
    url: str
    is_sorted: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A number; `exact` as the API has it. `part` is its share of the largest, in percent, where
    the table is sorted by it."""

    label: str
    shown: str
    exact: str
    note: str | None = None
    """The share of the calls, beside the number of errors."""
    is_problem: bool = False
    part: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One name and its numbers; `url` is the list of its calls, "" if no filter finds them."""

    name: str
    url: str
    cells: tuple[Cell, ...]


@require_GET
@gzip_page
@needs_index
def breakdown_page(request: HttpRequest) -> HttpResponse:
    question, by, sort = _question(request)
    with snapshot():
        groups = _sorted(breakdown(question.log_filter, by), sort)
        together = totals(question.log_filter)
    context = {
        "by": by,
        "tabs": [(field, url_of(question, field, sort), field == by) for field in FIELDS],
        "heads": tuple(_heads(question, by, sort)),
        "lines": tuple(_lines(question, by, sort, groups)),
        "total": _total(question, together),
        "left_out": max(len(groups) - GROUPS_SHOWN, 0),
        "chips": tuple(narrowing.chips(question)),
        "problems": tuple(question.problems.values()),
        "list_url": narrowing.url_of(question),
    }
    status = 400 if question.problems else 200
    return render(request, "llmlogs/breakdown.html", context, status=status)


def url_of(question: asked.Asked, by: Field, sort: str = "calls") -> str:
    """The page of these calls."""
    extra = {"by": by, "sort": None if sort == "calls" else sort}
    return f"{reverse('breakdown')}?{question.query(**extra)}"


def _question(request: HttpRequest) -> tuple[asked.Asked, Field, str]:
    """What is asked for; the default, with a sentence, for a field or column that there is not."""
    question = asked.read(request.GET)
    problems = dict(question.problems)
    given = {"by": request.GET.get("by") or "model", "sort": request.GET.get("sort") or "calls"}
    for name, known in (("by", FIELDS), ("sort", tuple(COLUMNS))):
        if given[name] not in known:
            shown = display.visible(given[name][:40])
            problems[name] = f"{name} is '{shown}'; expected one of {', '.join(known)}."
            given[name] = known[0]
    by = next(field for field in FIELDS if field == given["by"])
    return replace(question, problems=problems), by, given["sort"]


def _sorted(groups: Sequence[Group], sort: str) -> list[Group]:
    """Largest first, unknown last; equals as they come, which is by their calls."""
    return sorted(groups, key=lambda group: -_value(group, sort, otherwise=-1.0))


def _value(group: Group, column: str, otherwise: float) -> float:
    value = getattr(group, COLUMNS[column][1])
    return otherwise if value is None else float(value)


def _heads(question: asked.Asked, by: Field, sort: str) -> Iterator[Head]:
    for column, (label, _) in COLUMNS.items():
        yield Head(label, url_of(question, by, column), column == sort)


def _lines(question: asked.Asked, by: Field, sort: str, groups: Sequence[Group]) -> Iterator[Line]:
    most = max((_value(group, sort, otherwise=0.0) for group in groups), default=0.0)
    for group in groups[:GROUPS_SHOWN]:
        cells = tuple(_cell(group, column, most if column == sort else 0) for column in COLUMNS)
        if group.name is None:
            yield Line(_NAMED[by], "", cells)
        else:
            yield Line(display.name(group.name), _calls_of(question, by, group.name), cells)


def _total(question: asked.Asked, together: Totals) -> Line:
    """What the shares are of."""
    cells = tuple(_cell(together, column, most=0) for column in COLUMNS)
    return Line("All", narrowing.url_of(question), cells)


def _calls_of(question: asked.Asked, by: Field, name: str) -> str:
    only: dict[str, Any] = {"agent_ids": (name,)} if by == "agent" else {by: name}
    return narrowing.without(question, **only)


def _cell(group: Totals, column: str, most: float) -> Cell:
    label, field = COLUMNS[column]
    value = getattr(group, field)
    is_count = column in _COUNTS
    failed = column == "errors" and group.errors > 0
    return Cell(
        label=label,
        shown=display.count(value) if is_count else display.milliseconds(value),
        exact="" if value is None else str(value),
        note=_rate(group) if column == "errors" else None,
        is_problem=failed,
        part=_part(value or 0, most) if most > 0 else None,
    )


def _part(value: float, most: float) -> float:
    """The share that the bar shows.

    >>> [_part(value, 1_069) for value in (0, 1, 1_069)]
    [0.0, 3, 100.0]
    """
    return max(round(100 * value / most, 1), LEAST_PART if value else 0.0)


def _rate(group: Totals) -> str:
    return error_rate(group.errors, group.calls) if group.errors else ""
