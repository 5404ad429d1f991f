"""The list of calls, `/studio/llm-logs`, and the small parts of it that arrive on their own."""

import json
import time
from dataclasses import dataclass, replace

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from llmlogs import conf, health, runningrows
from llmlogs.forms import as_text, query_string
from llmlogs.pages import asked, delivery, menus, narrowing
from llmlogs.pages.panel import panel_context
from llmlogs.pages.unavailable import needs_index
from llmlogs.queries.entries import CursorExpired, EntryPage, InvalidCursor, list_entries
from llmlogs.queries.feed import FeedPosition, last_sequence
from llmlogs.queries.news import News, news
from llmlogs.queries.running import selected, still_running
from llmlogs.queries.state import index_state, rejected_lines
from llmlogs.rows import Row, row, threads
from llmlogs.running import BOARD, RunningCall

REJECTED_SHOWN = 100
_FIELDS = frozenset({"search", "min_latency_ms", "since", "until"})


@require_safe
@gzip_page
@needs_index
def call_list(request: HttpRequest) -> HttpResponse:
    """The newest calls of a filter, or those before a cursor."""
    question, shown = _answered(asked.read(request.GET))
    overview, query = reverse("overview"), question.query()
    context = {
        "rows": shown.rows(question.log_filter.search),
        **_running_context(question, shown),
        "is_newest": question.cursor is None,
        "newest_url": narrowing.url_of(question),
        "older_url": _older_url(question, shown.page),
        "overview_url": f"{overview}?{query}" if query else overview,
        "span_seconds": asked.SPANS[question.last][1] if question.last else 0,
        "feed_url": _feed_url(question, shown.position),
        "folder_literal": json.dumps(str(conf.get().workspace), ensure_ascii=False),
        **_form_context(question),
        **_state_context(),
        **panel_context(request),
    }
    return render(request, "llmlogs/calls.html", context, status=400 if question.problems else 200)


@require_safe
@needs_index
def state(request: HttpRequest) -> HttpResponse:
    """The line that says how far the index is."""
    return render(request, "llmlogs/_state.html", _state_context())


@require_safe
@needs_index
def rejected(request: HttpRequest) -> HttpResponse:
    """Lines of the log files that are no entries, with file and offset."""
    lines = rejected_lines(REJECTED_SHOWN)
    return render(request, "llmlogs/rejected.html", {"lines": lines, "shown": REJECTED_SHOWN})


@dataclass(frozen=True, slots=True)
class _Shown:
    """Rows and feed position of one moment: the feed begins exactly where the rows end."""

    position: FeedPosition
    page: EntryPage
    told: dict[int, News]
    running: tuple[RunningCall, ...]

    def rows(self, search: str) -> list[Row]:
        colours, now = threads(self.page.entries, self.told), time.time()
        return [
            row(
                entry,
                self.position.generation,
                now=now,
                news=self.told.get(entry.sequence),
                search=search,
                thread=colours[entry.sequence],
            )
            for entry in self.page.entries
        ]


def _answered(question: asked.Asked) -> tuple[asked.Asked, _Shown]:
    """The rows asked for; the newest, with a sentence, if the cursor leads nowhere."""
    try:
        return question, _snapshot(question)
    except InvalidCursor as unknown:
        gone = f"{str(unknown).partition(';')[0]}; these are the newest calls."
    except CursorExpired:
        gone = (
            "This page of the list is gone, because the index was rebuilt; "
            "these are the newest calls."
        )
    newest = replace(question, cursor=None, problems={**question.problems, "cursor": gone})
    return newest, _snapshot(newest)


def _snapshot(question: asked.Asked) -> _Shown:
    wanted = question.log_filter
    with transaction.atomic(using="index"):
        page = list_entries(wanted, limit=asked.PAGE_SIZE, cursor=question.cursor)
        told = news([entry.sequence for entry in page.entries], search=wanted.search)
        return _Shown(last_sequence(), page, told, still_running(BOARD))


def _running_context(question: asked.Asked, shown: _Shown) -> dict[str, object]:
    """Calls that have not ended; shown where the feed tells of their end."""
    now, is_live = time.time(), bool(_feed_url(question, shown.position))
    calls = selected(shown.running, question.log_filter) if is_live else ()
    chosen = runningrows.shown(calls, now)
    return {
        "running": [runningrows.running_row(call, now) for call in chosen.calls],
        "running_told": chosen.told,
        "now": now,
    }


def _form_context(question: asked.Asked) -> dict[str, object]:
    return {
        "filter": question.log_filter,
        "carried": [pair for pair in question.pairs() if not _has_field(*pair)],
        "since": "" if question.last else asked.field_time(question.log_filter.since),
        "until": asked.field_time(question.log_filter.until),
        "exact_since": "" if question.last else as_text(question.log_filter.since),
        "exact_until": as_text(question.log_filter.until),
        "min_latency_ms": as_text(question.log_filter.min_latency_ms),
        "is_filtered": bool(question.query()),
        "problems": tuple(question.problems.values()),
        "chips": tuple(narrowing.chips(question)),
        "spans": tuple(narrowing.spans(question)),
        "menus": tuple(menus.menus(question)),
    }


def _has_field(name: str, value: str) -> bool:
    """Whether a parameter of the list has a field of its own in the form."""
    return name in _FIELDS or (name, value) == ("has_error", "true")


def _feed_url(question: asked.Asked, position: FeedPosition) -> str:
    """Where new rows come from; nothing on older pages, where they would not belong."""
    if question.cursor is not None or question.log_filter.until is not None:
        return ""
    return f"{reverse('feed')}?{query_string(question.log_filter, after=str(position))}"


def _older_url(question: asked.Asked, page: EntryPage) -> str:
    if not page.has_more or page.next_cursor is None:
        return ""
    return narrowing.url_of(question, cursor=page.next_cursor)


def _state_context() -> dict[str, object]:
    report, now = index_state(), time.time()
    told = {"delivery": delivery.trouble(now)}
    if report is None:
        return {"state": None, **told}
    return {"state": health.health(report, now), **told}
