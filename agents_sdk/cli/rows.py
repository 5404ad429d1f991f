"""A call as one line: for `list` and `tail`.

In: a summary as the API lists it, of which every value may be of any type. Out: a line of at most
so many columns, the conversation last, where a script written from right to left disturbs nothing.
"""

from typing import Any

from agents_sdk.cli.figures import UNKNOWN, milliseconds, number_of, short_count
from agents_sdk.cli.moments import clock_time, short_time
from agents_sdk.cli.output import Paint
from agents_sdk.cli.safetext import fitted, one_line, padded
from agents_sdk.errorfield import error_text

WIDE_COLUMNS = 100
"""Narrower panes go without day, id and tokens, so that some text is left."""
SLOW_MS = 20_000
ID_CHARS = 8
"""Enough to tell calls apart; `show` takes the beginning of an id."""
MAX_TOOL_NAMES = 3
MAX_FIELD_CHARS = 400


def row(entry: dict[str, Any], columns: int, paint: Paint) -> str:
    """The line of a call."""
    cells = _wide(entry, paint) if columns >= WIDE_COLUMNS else _narrow(entry, paint)
    line = " ".join(cell for _, cell in cells)
    room = columns - sum(size + 1 for size, _ in cells)
    if room <= 0:
        return line
    text, colour = _said(entry)
    said = fitted(text, room)
    return f"{line} {paint(colour, said) if colour else said}"


def text_of(value: Any) -> str:
    """A value that should be a name, as a line of bounded length; a dash if it is none."""
    if not isinstance(value, str) or not value.strip():
        return UNKNOWN
    return one_line(value[:MAX_FIELD_CHARS])


def short_id(entry: dict[str, Any]) -> str:
    log_id = text_of(entry.get("log_id"))
    return log_id if len(log_id) <= ID_CHARS + 1 else log_id[:ID_CHARS]


def _wide(entry: dict[str, Any], paint: Paint) -> list[tuple[int, str]]:
    tokens = [short_count(entry.get(key)) for key in ("input_tokens", "output_tokens")]
    return [
        (14, paint("dim", padded(short_time(entry.get("timestamp")), 14))),
        (9, paint("dim", padded(short_id(entry), 9))),
        (16, paint("cyan", padded(text_of(entry.get("agent_id")), 16))),
        (18, padded(text_of(entry.get("model_name")), 18)),
        (11, padded("→".join(tokens), 11, is_right=True)),
        (7, _latency(entry, paint)),
    ]


def _narrow(entry: dict[str, Any], paint: Paint) -> list[tuple[int, str]]:
    return [
        (8, paint("dim", padded(clock_time(entry.get("timestamp")), 8))),
        (10, paint("cyan", padded(text_of(entry.get("agent_id")), 10))),
        (12, padded(text_of(entry.get("model_name")), 12)),
        (7, _latency(entry, paint)),
    ]


def _latency(entry: dict[str, Any], paint: Paint) -> str:
    """Lists say 0 for what is unknown; no call takes no time."""
    latency_ms = number_of(entry.get("latency_ms"))
    cell = padded(milliseconds(latency_ms or None), 7, is_right=True)
    return paint("yellow", cell) if latency_ms and latency_ms >= SLOW_MS else cell


def _said(entry: dict[str, Any]) -> tuple[str, str]:
    """What the line ends with, and its colour: the error, else the newest message and tools."""
    error = error_text(entry.get("error"))
    if error:
        return f"✗ {one_line(error[:MAX_FIELD_CHARS])}", "red"
    preview = entry.get("preview")
    words = one_line(preview[:MAX_FIELD_CHARS]) if isinstance(preview, str) else ""
    tools = ", ".join(tool_names(entry.get("tool_calls"))[:MAX_TOOL_NAMES])
    return f"{words} → {tools}" if tools else words, ""


def tool_names(tool_calls: Any) -> list[str]:
    """The names of the tools that were asked for."""
    calls = tool_calls if isinstance(tool_calls, list) else []
    found = (call for call in calls if isinstance(call, dict))
    named = (call.get("function") if "name" not in call else call for call in found)
    return [text_of(call.get("name")) for call in named if isinstance(call, dict)]
