"""From a query string to a `LogFilter`: the one parse, used by API, pages and live feed.

In comes what Django calls a QueryDict, out goes a frozen filter (and, for lists, a `Paging`). Every
parameter of the contract is a row of one table, from which the OpenAPI document is made as well.
A parameter that is absent or empty is not given; one we do not know is ignored. Everything that is
wrong is reported at once, each field with its own sentence.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Protocol, cast
from urllib.parse import urlencode

from llmlogs.queries.filters import LogFilter

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
MAX_OFFSET = 1_000_000_000
"""Beyond the last entry of any list."""
MAX_NUMBER = 1e15
"""Beyond every Unix second and every latency there will be. A larger one asks for the same."""
MAX_TEXT_CHARS = 4_000
"""Ids may be 3,000 characters long; a filter value beyond that is not one of ours."""
MAX_AGENTS = 100

View = Literal["full", "summary"]


class QueryValues(Protocol):
    """The part of Django's QueryDict that is needed."""

    def get(self, name: str) -> str | None: ...
    def getlist(self, name: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the query string, as parsed and as documented."""

    name: str
    schema: Mapping[str, Any]
    meaning: str


_TEXT: Mapping[str, Any] = {"type": "string", "maxLength": MAX_TEXT_CHARS}
_NUMBER: Mapping[str, Any] = {"type": "number", "minimum": 0}

FILTER_PARAMETERS = (
    Parameter(
        "agent_id",
        {"type": "array", "items": _TEXT, "maxItems": MAX_AGENTS},
        "Calls of this agent; may be given several times.",
    ),
    Parameter("model", _TEXT, "Exactly this `model_name`."),
    Parameter("provider", _TEXT, "This provider; `claude` and `anthropic`, for example, are one."),
    Parameter("since", _NUMBER, "Not before this Unix second."),
    Parameter("until", _NUMBER, "Not after this Unix second."),
    Parameter(
        "has_error", {"type": "boolean"}, "Only calls that failed, or only those that did not."
    ),
    Parameter("search", _TEXT, "Calls whose readable text contains this, whatever its case."),
    Parameter("min_latency_ms", _NUMBER, "Calls that took at least this many milliseconds."),
    Parameter("session_id", _TEXT, "Calls of this session."),
)
PAGING_PARAMETERS = (
    Parameter(
        "limit",
        {"type": "integer", "minimum": 0, "default": DEFAULT_LIMIT},
        f"How many entries to list; above {MAX_LIMIT} is {MAX_LIMIT}.",
    ),
    Parameter(
        "offset",
        {"type": "integer", "minimum": 0, "default": 0},
        "How many entries to leave out first. A cursor is steadier and faster.",
    ),
    Parameter("cursor", _TEXT, "The `next_cursor` of the answer before."),
    Parameter(
        "view",
        {"type": "string", "enum": ["full", "summary"]},
        "`summary` leaves out messages, tools and completion.",
    ),
)


class InvalidParameters(Exception):
    """Parameters that cannot be understood: `fields` has a sentence for each."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Paging:
    """Which stretch of a list is wanted, and how much of each entry."""

    limit: int
    offset: int
    cursor: str | None
    view: View


def parse_filter(values: QueryValues, *, agent_ids: tuple[str, ...] = ()) -> LogFilter:
    """The filter a query string asks for; raises `InvalidParameters`.

    `agent_ids`, where the address names them, stand instead of the parameter.
    """
    reader = _Reader(values)
    log_filter = LogFilter(
        agent_ids=agent_ids or reader.texts("agent_id"),
        model=reader.text("model"),
        provider=reader.text("provider"),
        since=reader.number("since"),
        until=reader.number("until"),
        has_error=reader.boolean("has_error"),
        search=reader.text("search") or "",
        min_latency_ms=reader.number("min_latency_ms"),
        session_id=reader.text("session_id"),
    )
    reader.finish()
    return log_filter


def parse_paging(values: QueryValues, *, default_view: View) -> Paging:
    """Limit, offset, cursor and view; raises `InvalidParameters`."""
    reader = _Reader(values)
    paging = Paging(
        limit=reader.whole("limit", default=DEFAULT_LIMIT, maximum=MAX_LIMIT),
        offset=reader.whole("offset", default=0, maximum=MAX_OFFSET),
        cursor=reader.text("cursor"),
        view=cast(View, reader.choice("view", ("full", "summary")) or default_view),
    )
    reader.finish()
    return paging


def query_string(log_filter: LogFilter, **extra: str | None) -> str:
    """The query string that `parse_filter` reads as this filter, with further parameters."""
    pairs = [("agent_id", agent_id) for agent_id in log_filter.agent_ids]
    for parameter in FILTER_PARAMETERS[1:]:
        value = getattr(log_filter, parameter.name)
        if value is not None and value != "":
            pairs.append((parameter.name, as_text(value)))
    pairs += [(name, value) for name, value in extra.items() if value]
    return urlencode(pairs)


def as_text(value: str | float | None) -> str:
    """A value of a filter as the query string has it: a number with all its digits, no exponent.

    >>> as_text(1796000019.9999998), as_text(60.0), as_text(1e-7)
    ('1796000019.9999998', '60', '0.0000001')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{Decimal(repr(value)):f}".removesuffix(".0")


class _Reader:
    """Reads values by kind and gathers what is wrong with them."""

    def __init__(self, values: QueryValues) -> None:
        self._values = values
        self._problems: dict[str, str] = {}

    def finish(self) -> None:
        if self._problems:
            raise InvalidParameters(self._problems)

    def text(self, name: str) -> str | None:
        value = self._values.get(name) or None
        if value is not None and len(value) > MAX_TEXT_CHARS:
            self._problems[name] = (
                f"{name} has {len(value):,} characters; expected at most {MAX_TEXT_CHARS:,}."
            )
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        given = tuple(dict.fromkeys(value for value in self._values.getlist(name) if value))
        if len(given) > MAX_AGENTS:
            self._problems[name] = (
                f"{name} is given {len(given):,} times; expected at most {MAX_AGENTS}."
            )
        elif any(len(value) > MAX_TEXT_CHARS for value in given):
            self._problems[name] = f"{name} is longer than {MAX_TEXT_CHARS:,} characters."
        return given

    def number(self, name: str) -> float | None:
        value = self._values.get(name)
        if not value:
            return None
        number = _float(value)
        if number is None or number < 0:
            self._problems[name] = f"{name} is {_shown(value)}; expected a number of 0 or more."
            return None
        return min(number, MAX_NUMBER)

    def whole(self, name: str, *, default: int, maximum: int) -> int:
        """A whole number; above `maximum` is `maximum`."""
        value = self._values.get(name)
        if not value:
            return default
        # isdecimal alone would let other scripts' digits through.
        if not (value.isascii() and value.isdecimal()):
            sentence = f"{name} is {_shown(value)}; expected a whole number of 0 or more."
            self._problems[name] = sentence
            return default
        digits = value.lstrip("0") or "0"
        # Python refuses to read thousands of digits.
        return maximum if len(digits) > len(str(maximum)) else min(int(digits), maximum)

    def boolean(self, name: str) -> bool | None:
        value = self._values.get(name)
        if not value:
            return None
        known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        if value.lower() not in known:
            self._problems[name] = f"{name} is {_shown(value)}; expected true or false."
        return known.get(value.lower())

    def choice(self, name: str, choices: tuple[str, ...]) -> str | None:
        value = self._values.get(name)
        if not value:
            return None
        if value not in choices:
            self._problems[name] = f"{name} is {_shown(value)}; expected {' or '.join(choices)}."
            return None
        return value


def _float(value: str) -> float | None:
    try:
        number = float(value) if value.isascii() and "_" not in value else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _shown(value: str) -> str:
    return f"'{value[:80]}{'…' if len(value) > 80 else ''}'"
