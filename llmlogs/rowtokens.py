"""The token counts of a row: short where their digits would not fit, with the exact ones beside.

Pure. Counts come from agents and may be any JSON value: what no sum counts is unknown.
"""

from dataclasses import dataclass
from typing import Any

from llmlogs import believable
from llmlogs.display import UNKNOWN, count, short_count


@dataclass(frozen=True, slots=True)
class Tokens:
    """`in_all` only where neither of the two is known; `exact`: what short numbers stand for, ""
    where none is short."""

    sent: str
    received: str
    in_all: str
    exact: str


def tokens(fields: dict[str, Any], total: float | None) -> Tokens:
    """
    >>> tokens({"input_tokens": 12_345_678, "output_tokens": 7}, None)
    Tokens(sent='12.3 M', received='7', in_all='', exact='12,345,678 → 7')
    """
    values = [believable.tokens(fields.get(key)) for key in ("input_tokens", "output_tokens")]
    sent, received = (_short(value) for value in values)
    if total and values == [None, None]:
        is_short = _short(total) != count(total)
        return Tokens(sent, received, _short(total), count(total) if is_short else "")
    is_short = [sent, received] != [count(value) for value in values]
    exact = " → ".join(count(value) for value in values) if is_short else ""
    return Tokens(sent, received, "", exact)


def _short(value: float | None) -> str:
    return UNKNOWN if value is None else short_count(value)
