"""`stats` in a terminal: what the calls of a filter sum up to, as small aligned tables.

In: the API's answers. Out: lines ready to be shown.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from agents_sdk.cli.figures import UNKNOWN, count, milliseconds, number_of
from agents_sdk.cli.moments import exact_time
from agents_sdk.cli.output import Paint
from agents_sdk.cli.rows import text_of
from agents_sdk.cli.safetext import padded, width

MAX_NAME_COLUMNS = 40
_GAP = "  "
_ERRORS = 2
"""The column of a row of counts that is marked where there are some."""


def totals_lines(totals: dict[str, Any], paint: Paint) -> Iterator[str]:
    """One line for each total; numbers under one another."""
    rows = [
        ("calls", count(totals.get("calls"))),
        ("errors", count(totals.get("errors"))),
        ("error rate", _error_rate(totals)),
        ("input tokens", count(totals.get("input_tokens"))),
        ("output tokens", count(totals.get("output_tokens"))),
        ("total tokens", count(totals.get("total_tokens"))),
        ("latency, mean", milliseconds(totals.get("latency_average_ms"))),
        *(
            (f"latency, p{at}", milliseconds(totals.get(f"latency_p{at}_ms")))
            for at in (50, 95, 99)
        ),
    ]
    columns = max(width(value) for _, value in rows)
    for name, value in rows:
        cell = padded(value, columns, is_right=True)
        has_errors = name == "errors" and number_of(totals.get("errors"))
        yield f"{paint('dim', padded(name, 13))}{_GAP}{paint('red', cell) if has_errors else cell}"
    for name, key in (("first", "first_timestamp"), ("last", "last_timestamp")):
        yield f"{paint('dim', padded(name, 13))}{_GAP}{exact_time(totals.get(key))}"


def names_lines(what: str, counts: Sequence[dict[str, Any]], paint: Paint) -> Iterator[str]:
    """A row for each agent or model, most calls first."""
    titles = (what, "calls", "errors", "input", "output", "total", "last call")
    rows = [
        (
            text_of(named.get("name")),
            count(named.get("calls")),
            count(named.get("errors")),
            *(count(named.get(f"{kind}_tokens")) for kind in ("input", "output", "total")),
            exact_time(named.get("last_timestamp"))[:19],
        )
        for named in counts
    ]
    widths = [max(map(width, column)) for column in zip(titles, *rows, strict=True)]
    widths[0] = min(widths[0], MAX_NAME_COLUMNS)
    yield paint("dim", _GAP.join(_aligned(titles, widths)))
    for cells, named in zip(rows, counts, strict=True):
        line = _aligned(cells, widths)
        if number_of(named.get("errors")):
            line[_ERRORS] = paint("red", line[_ERRORS])
        yield _GAP.join(line)


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Names and times begin, numbers end under one another."""
    last = len(cells) - 1
    return [
        padded(cell, columns, is_right=0 < place < last)
        for place, (cell, columns) in enumerate(zip(cells, widths, strict=True))
    ]


def _error_rate(totals: dict[str, Any]) -> str:
    errors, calls = number_of(totals.get("errors")), number_of(totals.get("calls"))
    return UNKNOWN if errors is None or not calls else f"{errors / calls:.1%}"
