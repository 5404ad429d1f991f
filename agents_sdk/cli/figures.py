"""Numbers of entries as short texts; whatever is no number is a dash, never 0."""

import math
from typing import Any

UNKNOWN = "–"
_SECOND_MS, _MINUTE_MS = 1_000, 60_000


def number_of(value: Any) -> float | None:
    """The number that an entry says, or None; nothing that is counted here is negative.

    >>> [number_of(value) for value in (3, 0.5, 0, -1, True, "3", 10**400)]
    [3.0, 0.5, 0.0, None, None, None, None]
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) and value >= 0 else None
    except OverflowError:
        return None


def count(value: Any) -> str:
    """
    >>> count(1234567), count(None)
    ('1,234,567', '–')
    """
    number = number_of(value)
    return UNKNOWN if number is None else f"{number:,.0f}"


def short_count(value: Any) -> str:
    """
    >>> [short_count(value) for value in (0, 999, 1234, 45_678, 999_960, 2_500_000, "x")]
    ['0', '999', '1.2k', '46k', '1.0M', '2.5M', '–']
    """
    number = number_of(value)
    if number is None:
        return UNKNOWN
    if number < 1_000:
        return f"{number:.0f}"
    for unit, factor in (("k", 1e3), ("M", 1e6), ("G", 1e9)):
        scaled = number / factor
        if scaled < 999.5:
            return f"{scaled:.1f}{unit}" if scaled < 9.95 else f"{scaled:.0f}{unit}"
    return f"{number:.0e}"


def milliseconds(value: Any) -> str:
    """
    >>> [milliseconds(value) for value in (None, 0, 640, 1234, 75_000, 7_200_000)]
    ['–', '0 ms', '640 ms', '1.23 s', '1m 15s', '2h 00m']
    """
    number = number_of(value)
    if number is None:
        return UNKNOWN
    if number < _SECOND_MS:
        return f"{number:.0f} ms"
    if number < _MINUTE_MS:
        return f"{number / _SECOND_MS:.2f} s"
    minutes, seconds = divmod(round(number / _SECOND_MS), 60)
    if minutes < 60:
        return f"{minutes}m {seconds:02}s"
    return f"{minutes // 60:,}h {minutes % 60:02}m"
