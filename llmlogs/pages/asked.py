"""What a page was asked for: the query string of the list, with dates as people type them.

Everything but the dates is read by `llmlogs.forms`, so that a link from the page into the API or
the feed means the same. A date field of a browser gives `2026-11-24T10:30`, meant as UTC here.
`last=1h` is a time that moves along; an exact time wins over it.
"""

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict

from llmlogs.forms import InvalidParameters, as_text, parse_filter, parse_paging, query_string
from llmlogs.queries.filters import LogFilter

PAGE_SIZE = 50
_TIMES = ("since", "until")
SPANS = {
    "15m": ("15 min", 900),
    "1h": ("1 h", 3_600),
    "24h": ("24 h", 86_400),
    "7d": ("7 d", 604_800),
}
"""Spans of time up to now, by their value in the address: how they are called, seconds."""
_LABELS = {
    "search": "Search",
    "agent_id": "Agent",
    "model": "Model",
    "provider": "Provider",
    "session_id": "Session",
    "has_error": "Errors only",
    "min_latency_ms": "Took at least",
    "since": "From",
    "until": "To",
}
"""What the page calls its fields; the API tells of them by name."""
_WHOLE_SECONDS = 60
"""A span begins at a whole minute, so that readers of the same span share one feed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A list page's question; `problems` has a sentence for each field that makes no sense."""

    log_filter: LogFilter
    cursor: str | None
    problems: dict[str, str]
    last: str = ""
    """The key of `SPANS` from which `since` comes, if it does."""

    def query(self, **extra: str | None) -> str:
        """The query string that asks the same of a page, with further parameters."""
        if not self.last:
            return query_string(self.log_filter, **extra)
        plain = query_string(replace(self.log_filter, since=None), **extra)
        return "&".join(filter(None, (plain, urlencode({"last": self.last}))))

    def pairs(self) -> list[tuple[str, str]]:
        """The same as names and values, as the hidden fields of a form carry it on."""
        return parse_qsl(self.query())


def read(given: QueryDict, now: float | None = None) -> Asked:
    """Never raises: a field that makes no sense is left out and reported."""
    values = with_unix_times(given)
    problems: dict[str, str] = {}
    last = values.get("last") or ""
    if last and last not in SPANS:
        problems["last"] = f"last is '{last[:40]}'; expected one of {', '.join(SPANS)}."
    is_exact = bool(values.get("since") or values.get("until"))
    last = "" if is_exact or last not in SPANS else last
    if last:
        values["since"] = str(span_start(last, time.time() if now is None else now))
    while True:
        try:
            log_filter = parse_filter(values)
            cursor = parse_paging(values, default_view="summary").cursor
            return Asked(log_filter, cursor, problems | _contradiction(log_filter), last)
        except InvalidParameters as error:
            problems |= {name: _labelled(name, told) for name, told in error.fields.items()}
            for name in error.fields:
                del values[name]


def span_start(last: str, now: float) -> int:
    """The whole minute at which a span begins.

    >>> span_start("1h", 7_259)
    3600
    """
    return int(now // _WHOLE_SECONDS) * _WHOLE_SECONDS - SPANS[last][1]


def with_unix_times(given: QueryDict) -> QueryDict:
    """The same values, dates as Unix seconds; what is no date stays for the parse to refuse."""
    values = given.copy()
    for name in _TIMES:
        moment = _moment(values.get(name) or "")
        if moment is not None:
            values[name] = f"{moment.timestamp():.3f}"
    return values


def field_time(timestamp: float | None) -> str:
    """A Unix second as a date field wants it, to the millisecond.

    >>> field_time(1_764_000_000), field_time(1_764_000_000.25)
    ('2025-11-24T16:00:00', '2025-11-24T16:00:00.250')
    """
    if timestamp is None:
        return ""
    try:
        at = datetime.fromtimestamp(round(timestamp, 3), UTC).replace(tzinfo=None)
        return at.isoformat(timespec="milliseconds" if at.microsecond else "seconds")
    except (OverflowError, ValueError, OSError):
        return ""


def _labelled(name: str, told: str) -> str:
    """
    >>> _labelled("since", "since is 'banana'; expected a number of 0 or more.")
    "From is 'banana'; expected a date and time or Unix seconds."
    """
    told = _LABELS.get(name, name) + told.removeprefix(name)
    if name in _TIMES:
        return told.replace("a number of 0 or more.", "a date and time or Unix seconds.")
    return told


def _contradiction(wanted: LogFilter) -> dict[str, str]:
    """The sentence to a time that ends before it begins, which no call can be in."""
    if wanted.since is None or wanted.until is None or wanted.since <= wanted.until:
        return {}
    since, until = _told(wanted.since), _told(wanted.until)
    return {"since": f"From is {since}, later than To, {until}; expected From to be the earlier."}


def _told(timestamp: float) -> str:
    shown = field_time(timestamp)
    return f"{shown.replace('T', ' ')} UTC" if shown else as_text(timestamp)


def _moment(text: str) -> datetime | None:
    if "-" not in text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
