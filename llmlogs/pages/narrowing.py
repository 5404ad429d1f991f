"""Links that change one thing of a filter: chips that take a condition away, and spans.

Pure: in comes what was asked for, out go addresses of the list. A page asked for by such a link
begins at its newest call.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from llmlogs import display
from llmlogs.forms import as_text
from llmlogs.pages.asked import SPANS, Asked


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in force; `url` is the list without it. `iso` is set where `text` is a time."""

    label: str
    text: str
    url: str
    iso: str = ""
    instead: str = ""
    """What the list is without it, where "without" and the two would be no words."""


@dataclass(frozen=True, slots=True)
class Span:
    label: str
    url: str
    is_chosen: bool


def url_of(question: Asked, **extra: str | None) -> str:
    query = question.query(**extra)
    return f"{reverse('calls')}?{query}" if query else reverse("calls")


def chips(question: Asked) -> Iterator[Chip]:
    """Every condition in force, in the order of the form."""
    wanted = question.log_filter
    if wanted.search:
        yield Chip("Search", wanted.search, without(question, search=""))
    for agent_id in wanted.agent_ids:
        others = tuple(other for other in wanted.agent_ids if other != agent_id)
        yield Chip("Agent", display.visible(agent_id), without(question, agent_ids=others))
    for label, name in (("Model", "model"), ("Provider", "provider"), ("Session", "session_id")):
        value = getattr(wanted, name)
        if value is not None:
            yield Chip(label, display.visible(value), without(question, **{name: None}))
    if wanted.has_error is not None:
        shown, also = ("only", "without") if wanted.has_error else ("none", "with")
        url = without(question, has_error=None)
        yield Chip("Errors", shown, url, instead=f"also calls {also} errors")
    if wanted.min_latency_ms is not None:
        text = f"{as_text(wanted.min_latency_ms)} ms"
        yield Chip("Took at least", text, without(question, min_latency_ms=None))
    yield from _time_chips(question)


def _time_chips(question: Asked) -> Iterator[Chip]:
    wanted = question.log_filter
    if question.last:
        yield Chip("Last", SPANS[question.last][0], without(question, since=None))
        return
    for label, name, at in (("From", "since", wanted.since), ("To", "until", wanted.until)):
        if at is not None:
            text = f"{display.date(at)} {display.clock_time(at)} UTC"
            yield Chip(label, text, without(question, **{name: None}), display.iso_time(at))


def spans(question: Asked) -> Iterator[Span]:
    """The last quarter of an hour and so on; "All" is everything that is kept."""
    open_filter = replace(question.log_filter, since=None, until=None)
    for key, (label, _) in SPANS.items():
        yield Span(label, url_of(Asked(open_filter, None, {}, key)), question.last == key)
    is_open = question.log_filter == open_filter
    yield Span("All", url_of(Asked(open_filter, None, {})), is_open)


def without(question: Asked, **changes: Any) -> str:
    """The list with these conditions instead of its own; None takes one away."""
    last = "" if "since" in changes else question.last
    return url_of(Asked(replace(question.log_filter, **changes), None, {}, last))
