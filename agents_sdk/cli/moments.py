"""Times as people type and read them: pure functions of a text, a clock and a time zone.

`15m` (ago), `14:30` (the last time it was), `2026-11-25`, `2026-11-25T14:30`, with or without a
zone, and Unix seconds, as the API takes them. Without a zone the reader's own counts.
"""

import math
import re
from datetime import UTC, datetime, timedelta

UNKNOWN = "–"
_UNIT_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
_AGO = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) ?(s|min|m|h|d|w)(?: ago)?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,9})?")


class InvalidMoment(ValueError):
    """A text that says no time."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text[:60]!r} is no time; expected '15m', '2h', '3d' (ago), '14:30', "
            "'2026-11-25', '2026-11-25T14:30' or Unix seconds"
        )


def parse_moment(text: str, now: datetime) -> float:
    """Unix seconds; `now` carries the reader's time zone. Raises InvalidMoment."""
    given = text.strip()
    if _NUMBER.fullmatch(given):
        return float(given)
    try:
        if ago := _AGO.fullmatch(given):
            return now.timestamp() - float(ago[1]) * _UNIT_SECONDS[ago[2]]
        if clock := _CLOCK.fullmatch(given):
            return _last_time_of(clock, now).timestamp()
        moment = datetime.fromisoformat(given)
        return (moment if moment.tzinfo else moment.astimezone()).timestamp()
    except (ValueError, OverflowError, OSError):
        raise InvalidMoment(text) from None


def short_time(timestamp: object) -> str:
    """Month, day and time of day, for a row."""
    moment = _moment(timestamp)
    return f"{moment:%m-%d %H:%M:%S}" if moment else UNKNOWN


def clock_time(timestamp: object) -> str:
    moment = _moment(timestamp)
    return f"{moment:%H:%M:%S}" if moment else UNKNOWN


def exact_time(timestamp: object) -> str:
    """To the millisecond, with the zone."""
    moment = _moment(timestamp)
    return moment.isoformat(sep=" ", timespec="milliseconds") if moment else UNKNOWN


def _last_time_of(clock: re.Match[str], now: datetime) -> datetime:
    hour, minute, second = (int(part or 0) for part in clock.groups())
    moment = now.replace(hour=hour, minute=minute, second=second, microsecond=0)
    return moment if moment <= now else moment - timedelta(days=1)


def _moment(timestamp: object) -> datetime | None:
    """In the reader's zone; None if it is no time that a calendar has."""
    if not isinstance(timestamp, int | float) or isinstance(timestamp, bool):
        return None
    if not math.isfinite(timestamp):
        return None
    try:
        return datetime.fromtimestamp(timestamp, UTC).astimezone()
    except (ValueError, OverflowError, OSError):
        return None
