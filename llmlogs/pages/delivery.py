"""What became of the agents' entries: the page, and the words about it above the list of calls."""

import logging
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from llmlogs import conf, display
from llmlogs.queries.delivery import AgentReport, agent_reports, delivery_troubles

logger = logging.getLogger(__name__)

AGENTS_SHOWN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time: how long ago, and exactly (a script tells it in the zone of the reader)."""

    ago: str
    exact: str
    iso: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One agent; every text is ready to be shown (and still to be escaped)."""

    agent: str
    calls_url: str
    processes: str
    written: str
    delivered: str
    waiting: str
    has_waiting: bool
    dropped: str
    reasons: tuple[tuple[str, str], ...]
    lost: Moment | None
    reported: Moment


@require_safe
@gzip_page
def delivery(request: HttpRequest) -> HttpResponse:
    now, settings = time.time(), conf.get()
    reports = agent_reports(settings.workspace, since=now - settings.retention_seconds)
    context = {
        "lines": tuple(_line(report, now) for report in reports[:AGENTS_SHOWN]),
        "left_out": max(len(reports) - AGENTS_SHOWN, 0),
        "days": f"{settings.retention_days:g}",
    }
    return render(request, "llmlogs/delivery.html", context)


def trouble(now: float) -> str:
    """The words for the line above the list; "" if there is nothing to say."""
    settings = conf.get()
    since = now - settings.retention_seconds
    try:
        found = delivery_troubles(settings.workspace, now=now, since=since)
    except DatabaseError as error:
        logger.error("The receipts of agents cannot be read: %s", error)
        return ""
    return _sentence(found.losing, found.waiting)


def _sentence(losing: int, waiting: int) -> str:
    """
    >>> _sentence(2, 0), _sentence(0, 3), _sentence(0, 0)
    ('2 agents dropped entries.', '3 agents have entries waiting.', '')
    >>> _sentence(1, 1)
    '1 agent dropped entries, 1 has some waiting.'
    """
    have = "has" if waiting == 1 else "have"
    if losing and waiting:
        lost = f"{display.counted(losing, 'agent')} dropped entries"
        return f"{lost}, {waiting:,} {have} some waiting."
    if losing:
        return f"{display.counted(losing, 'agent')} dropped entries."
    return f"{display.counted(waiting, 'agent')} {have} entries waiting." if waiting else ""


def _line(report: AgentReport, now: float) -> Line:
    reasons = tuple((display.count(entries), reason) for reason, entries in report.dropped)
    return Line(
        agent=display.name(report.agent_id),
        calls_url=f"{reverse('calls')}?{urlencode({'agent_id': report.agent_id})}",
        processes=f"{report.processes:,} processes" if report.processes > 1 else "",
        written=display.count(report.written),
        delivered=display.count(report.delivered),
        waiting=display.count(report.waiting),
        has_waiting=report.waiting > 0,
        dropped=display.count(report.dropped_entries),
        reasons=reasons,
        lost=None if report.lost_at is None else _moment(report.lost_at, now),
        reported=_moment(report.reported_at, now),
    )


def _moment(at: float, now: float) -> Moment:
    return Moment(
        ago=display.age(now - at),
        exact=f"{display.date(at)} {display.clock_time(at)} UTC",
        iso=display.iso_time(at),
    )
