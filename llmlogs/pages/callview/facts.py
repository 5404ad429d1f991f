"""What is known of a call beside its conversation: names, parameters, ids, tags, the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from agents_sdk.entry import KEYS
from llmlogs import display
from llmlogs.pages.callview.pieces import Piece
from llmlogs.pages.callview.pointers import child
from llmlogs.pages.callview.prettyjson import pretty
from llmlogs.pages.callview.toolcalls import json_piece
from llmlogs.pages.callview.usage import number

MAX_VALUE_CHARS = 1_000
MAX_FACTS = 60
_IDS = (
    ("Session", "session_id"),
    ("Trace", "trace_id"),
    ("Span", "span_id"),
    ("Parent span", "parent_span_id"),
    ("Request", "request_id"),
    ("Log id", "log_id"),
)
_SHOWN = frozenset(KEYS) | {
    *("response_model", "finish_reason", "time_to_first_token_ms", "cache_read_tokens"),
    *("cache_write_tokens", "reasoning_tokens", "error_type", "request_id", "session_id"),
    *("trace_id", "span_id", "parent_span_id", "request", "reasoning", "tags"),
    *("reported_cost", "stream"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A named value; `url` leads to the calls that share it. `is_exact`: every letter counts."""

    label: str
    value: str
    url: str = ""
    is_exact: bool = False


def text(value: Any) -> str:
    """Any value on a line; "" if there is none."""
    if value is None or value == "":
        return ""
    shown = value if isinstance(value, str) else " ".join(pretty(value)[0].split())
    return shown if len(shown) <= MAX_VALUE_CHARS else shown[:MAX_VALUE_CHARS] + "…"


def names(agent_id: str, fields: dict[str, Any]) -> Iterator[Fact]:
    """Who asked whom, and how it ended."""
    yield Fact("Agent", display.visible(agent_id), calls_with("agent_id", agent_id))
    model, provider = fields.get("model_name"), fields.get("provider")
    yield Fact("Model", display.visible(text(model)) or display.UNKNOWN, calls_with("model", model))
    answered_by = text(fields.get("response_model"))
    if answered_by and answered_by != model:
        yield Fact("Answered by", display.visible(answered_by))
    yield Fact(
        "Provider",
        display.visible(text(provider)) or display.UNKNOWN,
        calls_with("provider", provider),
    )
    if reason := text(fields.get("finish_reason")):
        yield Fact("Finish reason", display.visible(reason))
    if isinstance(fields.get("stream"), bool):
        yield Fact("Streamed", "yes" if fields["stream"] else "no")
    cost = number(fields.get("reported_cost"))
    if cost is not None:
        yield Fact("Reported cost", f"${cost:,.6f}".rstrip("0").rstrip("."))


def parameters(fields: dict[str, Any]) -> tuple[Fact, ...]:
    """What the call was made with, such as its temperature."""
    return _facts(fields.get("request"), "Parameters")


def tags(fields: dict[str, Any]) -> tuple[Fact, ...]:
    """Labels of the caller; those of a list have no name."""
    given = fields.get("tags")
    if isinstance(given, list):
        return tuple(Fact("", text(tag)) for tag in given[:MAX_FACTS] if text(tag))
    return _facts(given, "")


def ids(log_id: str, fields: dict[str, Any]) -> Iterator[Fact]:
    """Under which names the call is known, here and elsewhere."""
    for label, key in _IDS:
        value = log_id if key == "log_id" else text(fields.get(key))
        if value:
            url = calls_with(key, value) if key == "session_id" else ""
            yield Fact(label, display.visible(value), url, is_exact=True)


def further_fields(fields: dict[str, Any]) -> Iterator[tuple[str, Piece]]:
    """What the page shows nowhere else, known to us or not."""
    others = [(k, v) for k, v in fields.items() if k not in _SHOWN and v not in (None, "", [], {})]
    for key, value in others[:MAX_FACTS]:
        yield key[:200], json_piece("other", value, child("", key))


def calls_with(name: str, value: Any) -> str:
    """The list of calls that have this value."""
    is_usable = isinstance(value, str) and 0 < len(value) <= 500
    return f"/studio/llm-logs?{urlencode({name: value}, errors='replace')}" if is_usable else ""


def _facts(given: Any, label: str) -> tuple[Fact, ...]:
    if not isinstance(given, dict):
        return (Fact(label, text(given)),) if text(given) else ()
    return tuple(Fact(key[:200], text(v) or "null") for key, v in list(given.items())[:MAX_FACTS])
