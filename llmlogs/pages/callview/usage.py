"""Tokens and time of a call as a page shows them: texts, and bars whose shares add up.

Unknown is a dash and never 0. Nothing is estimated: a bar is only drawn of numbers that are there
and fit together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from agents_sdk.errorfield import is_error
from llmlogs import believable, display


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a bar, in percent of its whole; `kind` chooses the colour."""

    kind: str
    start: str
    width: str


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its name; `is_part` of the one before it. `kind` is its colour in the bar."""

    label: str
    value: str
    is_part: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """Numbers and the bar they make; no bar if they do not fit together."""

    amounts: tuple[Amount, ...]
    bars: tuple[Bar, ...]
    summary: str = ""
    """In a few characters; "" if nothing is known."""


def number(value: Any) -> float | None:
    """What counts as a number: no truth value, nothing negative, nothing endless."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if 0 <= value < 1e15 else None


def tokens(fields: dict[str, Any]) -> Measured:
    """Usage by kind."""
    names = ("input_tokens", "output_tokens", "total_tokens", "cache_read_tokens")
    given, got, total, read = (believable.tokens(fields.get(name)) for name in names)
    written = believable.tokens(fields.get("cache_write_tokens"))
    reasoned = believable.tokens(fields.get("reasoning_tokens"))
    if total is None and given is not None and got is not None:
        total = given + got
    amounts = [Amount("Input", display.count(given), kind="input")]
    if read is not None:
        amounts.append(Amount("read from cache", display.count(read), True, "read"))
    if written is not None:
        amounts.append(Amount("written to cache", display.count(written), True, "written"))
    amounts.append(Amount("Output", display.count(got), kind="output"))
    if reasoned is not None:
        amounts.append(Amount("reasoning", display.count(reasoned), True, "reasoning"))
    amounts.append(Amount("Total", display.count(total)))
    plain_input = (given or 0) - (read or 0) - (written or 0)
    plain_output = (got or 0) - (reasoned or 0)
    parts = [("read", read), ("written", written), ("input", plain_input)]
    parts += [("reasoning", reasoned), ("output", plain_output)]
    is_known = given is not None or got is not None
    summary = f"{display.count(given)} → {display.count(got)}" if is_known else ""
    return Measured(tuple(amounts), tuple(shares(parts)), summary)


def times(fields: dict[str, Any]) -> Measured:
    """Latency, the wait for the first piece of the answer, and the speed after it."""
    latency_ms = believable.latency_ms(fields.get("latency_ms"))
    first_ms = believable.latency_ms(fields.get("time_to_first_token_ms"))
    amounts = [Amount("Latency", display.milliseconds(latency_ms), kind="total")]
    if first_ms is None:
        return Measured((*amounts, *_speed(fields, latency_ms)), ())
    amounts.append(Amount("to the first token", display.milliseconds(first_ms), True, "wait"))
    if latency_ms is None or first_ms > latency_ms:
        return Measured(tuple(amounts), ())
    amounts += _speed(fields, latency_ms - first_ms)
    return Measured(
        tuple(amounts), tuple(shares([("wait", first_ms), ("total", latency_ms - first_ms)]))
    )


def shares(parts: Sequence[tuple[str, float | None]]) -> Iterator[Bar]:
    """
    >>> [(bar.start, bar.width) for bar in shares([("a", 1), ("b", None), ("c", 3)])]
    [('0.00%', '25.00%'), ('25.00%', '75.00%')]
    """
    known = [(kind, value) for kind, value in parts if value]
    total = sum(value for _, value in known)
    if any(value < 0 for _, value in known) or total <= 0:
        return
    start = 0.0
    for kind, value in known:
        yield Bar(kind, f"{100 * start / total:.2f}%", f"{100 * value / total:.2f}%")
        start += value


def _speed(fields: dict[str, Any], generating_ms: float | None) -> list[Amount]:
    output_tokens = believable.tokens(fields.get("output_tokens"))
    if not output_tokens or not generating_ms or is_error(fields.get("error")):
        return []
    speed = output_tokens * 1000 / generating_ms
    return [
        Amount(
            "Output per second", f"{speed:,.1f} tokens" if speed < 100 else f"{speed:,.0f} tokens"
        )
    ]
