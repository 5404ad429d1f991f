"""Counts of tokens, and how a single one is read from a provider's object.

A count is an int that is no bool and not negative; anything else is unknown. 0 is a count.
"""

import math
from typing import Any, NamedTuple

from agents_sdk.fields import Fields


class Counts(NamedTuple):
    """Tokens; None is unknown. Input and output include the parts of their side."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None
    audio_input_tokens: int | None = None
    audio_output_tokens: int | None = None


def first_count(asked: Fields, *names: str) -> int | None:
    """The first of these fields that holds a count."""
    for name in names:
        count = count_of(asked(name))
        if count is not None:
            return count
    return None


def part_count(details: Fields, name: str, totals: Fields, *names: str) -> int | None:
    """A part of one side: from the object of details, else from beside the totals."""
    count = count_of(details(name))
    return count if count is not None else first_count(totals, *names)


def count_of(value: Any) -> int | None:
    """A count of tokens: an int that is no bool and not negative."""
    if value is None or (type(value) is int and value >= 0):  # nearly always
        return value
    try:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    except Exception:  # somebody else's object, whose own methods fail
        return None
    return value if is_count else None


def amount(value: Any) -> float | None:
    if value is None:
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if math.isfinite(value) and value >= 0 else None
    except Exception:  # an int beyond all floats, or somebody else's object whose methods fail
        return None


def known(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)


def sum_of(*values: int | None) -> int | None:
    """The sum of what is known; None if nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None
