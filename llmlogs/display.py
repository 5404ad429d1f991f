"""Values as people read them: pure functions from numbers and entries to short texts.

Templates show what these return and decide nothing. Unknown is a dash, never 0. Times are UTC.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from llmlogs.address import quoted
from llmlogs.queries.entries import EntrySummary

UNKNOWN = "–"
MAX_NAME_CHARS = 120
"""Longer agent, model and provider names are cut in rows; the call's own page shows them whole."""
_JOINERS = "\u200c\u200d"
"""Of scripts and emoji: words would break without them."""
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_SEEN = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2]")
"""Signs before a number in Arabic and Syriac: format characters, and drawn nevertheless."""
_BLANKS = "\u034f\u115f\u1160\u3164\uffa0"
"""A joiner and fillers that count as letters, and are not drawn."""
_FIRST_SHOWN_SECOND = -62_135_596_800
_LAST_SHOWN_SECOND = 253_402_300_799
"""The years 1 to 9999: what a datetime can hold."""


@dataclass(frozen=True, slots=True)
class Row:
    """A call as one line of the list; every text is ready to be shown (and still to be escaped)."""

    key: str
    url: str
    time: str
    day: str
    """The date without its year."""
    date: str
    timestamp: str
    agent: str
    model: str
    provider: str
    preview: str
    latency: str
    tokens: str
    has_error: bool
    has_tool_calls: bool
    is_late: bool


def row(summary: EntrySummary, generation: int, *, is_late: bool = False) -> Row:
    """The row of an entry; `is_late`: it arrived after younger ones were shown."""
    fields = summary.fields
    return Row(
        key=f"call-g{generation}-{summary.sequence}",
        url=call_url(summary.agent_id, summary.log_id),
        time=clock_time(summary.timestamp),
        day=date(summary.timestamp)[:6],
        date=date(summary.timestamp),
        timestamp=iso_time(summary.timestamp),
        agent=name(summary.agent_id),
        model=name(fields.get("model_name")),
        provider=name(fields.get("provider")),
        preview=summary.preview,
        latency=milliseconds(latency_ms(summary)),
        tokens=count(summary.total_tokens) if summary.total_tokens else UNKNOWN,
        has_error=summary.has_error,
        has_tool_calls=summary.has_tool_calls,
        is_late=is_late,
    )


def call_url(agent_id: str, log_id: str) -> str:
    """The page of a call. Built here because two faces link to it."""
    if log_id in (".", ".."):
        # Browsers take such a segment out of a path, encoded or not.
        return f"/studio/llm-logs/{quoted(agent_id)}/?{urlencode({'log_id': log_id})}"
    return f"/studio/llm-logs/{quoted(agent_id)}/{quoted(log_id)}"


def name(value: Any) -> str:
    """A name in a row: one line, cut if very long; a dash if there is none."""
    if not isinstance(value, str) or not value.strip():
        return UNKNOWN
    words = value[: MAX_NAME_CHARS * 2].encode("utf-8", "replace").decode().split()
    line = visible(" ".join(words))
    return line if len(line) <= MAX_NAME_CHARS else line[:MAX_NAME_CHARS] + "…"


def visible(value: str) -> str:
    """A name whole, with what nobody can see in it written out: no name looks like another.

    >>> visible("live\u202eevil"), visible("a\u200bb\x1b")
    ('live\\\\u202eevil', 'a\\\\u200bb\\\\x1b')
    """
    return value if value.isascii() and value.isprintable() else "".join(map(_seen, value))


def _seen(character: str) -> str:
    is_unseen = unicodedata.category(character) in _UNSEEN and character not in _JOINERS
    if character in _BLANKS or (is_unseen and not _SEEN.match(character)):
        return character.encode("unicode_escape").decode()
    return character


def milliseconds(value: float | None) -> str:
    """
    >>> [milliseconds(value) for value in (None, 0, 640, 1234, 75_000)]
    ['–', '0 ms', '640 ms', '1.23 s', '1 min 15 s']
    >>> [milliseconds(hours * 3_600_000) for hours in (1.5, 49, 10_000)]
    ['1 h 30 min', '2 d 1 h', '416 d 16 h']
    """
    if value is None:
        return UNKNOWN
    if value < 1000:
        return f"{value:.0f} ms"
    if value < 60_000:
        return f"{value / 1000:.2f} s"
    minutes, seconds = divmod(round(value / 1000), 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours < 1:
        return f"{minutes} min {seconds} s"
    if hours < 48:
        return f"{hours} h {minutes_left} min"
    return f"{hours // 24:,} d {hours % 24} h"


def count(value: float | None) -> str:
    """
    >>> count(1234567)
    '1,234,567'
    """
    return UNKNOWN if value is None else f"{value:,.0f}"


def short_count(value: float) -> str:
    """A count for a narrow column: short where its digits would not fit, else exact.

    >>> [short_count(value) for value in (999_999, 12_345_678, 999_960_000, 4.56e11)]
    ['999,999', '12.3 M', '1.0 B', '456 B']
    """
    if abs(value) < 1e6:
        return count(value)
    scaled, unit = (value / 1e6, "M") if abs(value) < 999.5e6 else (value / 1e9, "B")
    return f"{scaled:.1f} {unit}" if abs(scaled) < 99.95 else f"{scaled:,.0f} {unit}"


def counted(value: int, noun: str) -> str:
    """
    >>> counted(1, "call"), counted(2000, "call")
    ('1 call', '2,000 calls')
    """
    return f"{value:,} {noun}{'' if value == 1 else 's'}"


def size(value_bytes: int) -> str:
    """
    >>> [size(value) for value in (0, 900, 8_800, 20_000_000)]
    ['0 bytes', '900 bytes', '8.8 kB', '20.0 MB']
    """
    if value_bytes < 1000:
        return counted(value_bytes, "byte")
    for unit, factor in (("kB", 1e3), ("MB", 1e6)):
        if value_bytes < factor * 1000:
            return f"{value_bytes / factor:.1f} {unit}"
    return f"{value_bytes / 1e9:.1f} GB"


def age(seconds: float) -> str:
    """
    >>> [age(value) for value in (0.2, 42, 3600, 600_000)]
    ['just now', '42 s ago', '60 min ago', '6.9 days ago']
    """
    if seconds < 1:
        return "just now"
    if seconds < 120:
        return f"{seconds:.0f} s ago"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min ago"
    if seconds < 172_800:
        return f"{seconds / 3600:.1f} hours ago"
    return f"{seconds / 86_400:.1f} days ago"


def short_age(seconds: float) -> str:
    """
    >>> [short_age(value) for value in (-3, 42, 600, 7200, 600_000)]
    ['now', '42 s', '10 min', '2 h', '6 d']
    """
    if seconds < 1:
        return "now"
    for limit, unit_seconds, unit in ((60, 1, "s"), (3600, 60, "min"), (86_400, 3600, "h")):
        if seconds < limit:
            return f"{seconds // unit_seconds:.0f} {unit}"
    return f"{seconds // 86_400:.0f} d"


def in_future(seconds: float) -> str:
    """When something will be: "in 3 h", "in 6.5 days", "now" if its time has come.

    >>> in_future(90_000)
    'in 25 h'
    """
    if seconds <= 0:
        return "now"
    if seconds < 3_600:
        return f"in {max(1, round(seconds / 60))} min"
    if seconds < 2 * 86_400:
        return f"in {round(seconds / 3_600)} h"
    return f"in {seconds / 86_400:.1f} days"


def clock_time(timestamp: float) -> str:
    moment = _moment(timestamp)
    return moment.strftime("%H:%M:%S") if moment else UNKNOWN


def date(timestamp: float) -> str:
    moment = _moment(timestamp)
    return f"{moment:%d %b} {moment.year}" if moment else UNKNOWN


def iso_time(timestamp: float) -> str:
    moment = _moment(timestamp)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else ""


def latency_ms(summary: EntrySummary) -> float | None:
    """A 0 that the agent did not say stands for a value that is missing or none that we read."""
    stored = summary.fields.get("latency_ms")
    is_zero = stored == 0 and not isinstance(stored, bool)
    return summary.latency_ms if summary.latency_ms or is_zero else None


def _moment(timestamp: float) -> datetime | None:
    if not _FIRST_SHOWN_SECOND <= timestamp <= _LAST_SHOWN_SECOND:
        return None
    return datetime.fromtimestamp(timestamp, UTC)
