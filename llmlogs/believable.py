"""Which numbers of an entry count, and which are a mistake of the agent and count as unknown.

Entries keep whatever they say. Sums, filters, lists and pages go by what this module makes of it,
so that they agree. Pure.
"""

from typing import Any

MAX_NUMBER = 2**53
"""Numbers beyond are taken for rubbish: a float does not hold them exactly."""
MAX_TOKENS = 2**32
"""More tokens in one call are taken for rubbish too. A sum in SQLite fails where it leaves 64 bits;
a billion entries with so many each stay below."""
MAX_LATENCY_MS = 7 * 86_400_000
"""A week. No client waits so long for a call, and what is longer is mostly a time of day in the
place of a duration: one of them would make every average worthless."""


def number(value: Any) -> float | None:
    """A number of any sign that a float holds.

    >>> [number(value) for value in (3, -0.5, True, "3", 1e308, None)]
    [3, -0.5, None, None, None, None]
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if -MAX_NUMBER <= value <= MAX_NUMBER else None


def latency_ms(value: Any) -> float | None:
    """
    >>> [latency_ms(value) for value in (812, 0, -1, 1e12)]
    [812, 0, None, None]
    """
    known = number(value)
    return known if known is not None and 0 <= known <= MAX_LATENCY_MS else None


def tokens(value: Any) -> int | None:
    """A whole number of tokens.

    >>> [tokens(value) for value in (57, 57.0, 57.5, -1, 2**40)]
    [57, 57, None, None, None]
    """
    known = number(value)
    if known is None or not 0 <= known <= MAX_TOKENS or known != int(known):
        return None
    return int(known)
