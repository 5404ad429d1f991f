"""The record of one call: which keys it has and how it is built from the arguments of `log_call`.

Pure: time and id are given. Nothing is copied deeply and nothing is renamed; what the caller said
is what the line says. The meaning of each key is in `docs/entry-format.md`.
"""

from collections.abc import Mapping
from typing import Any

from agents_sdk.errorwords import words_of
from agents_sdk.fields import Fields, fields_of
from agents_sdk.usage import read_usage

KEYS = (
    "log_id",
    "agent_id",
    "timestamp",
    "model_name",
    "provider",
    "messages",
    "tools",
    "completion",
    "tool_calls",
    "latency_ms",
    "input_tokens",
    "output_tokens",
    "total_tokens",
    "error",
)
"""In every entry, in this order."""

OPTIONAL_KEYS = (
    "response_model",
    "finish_reason",
    "time_to_first_token_ms",
    "usage",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "error_type",
    "request_id",
    "session_id",
    "trace_id",
    "span_id",
    "parent_span_id",
    "request",
    "reasoning",
    "tags",
    "reported_cost",
    "stream",
)
"""Only where they are known; any other key a caller adds is kept as well."""

_OPTIONAL = frozenset(OPTIONAL_KEYS)
_FIXED_KEYS = frozenset({"log_id", "agent_id", "completion", "tool_calls"})
"""What no extra of a call can replace."""


def build_entry(
    *,
    log_id: str,
    agent_id: str,
    timestamp: float,
    model_name: Any,
    provider: Any,
    messages: Any,
    tools: Any,
    response: Any,
    latency_ms: Any,
    error: Any,
    extra: Mapping[str, Any],
) -> dict[str, Any]:
    """The entry of one call; values JSON cannot carry stay as they are (the codec marks them)."""
    answered = fields_of(response)
    tokens = read_usage(answered("usage"))
    content = answered("content")
    entry = {
        "log_id": log_id,
        "agent_id": agent_id,
        "timestamp": timestamp,
        "model_name": model_name,
        "provider": provider,
        "messages": [] if messages is None else messages,
        "tools": tools,
        "completion": "" if content is None else content,
        "tool_calls": _some(answered("tool_calls")),
        "latency_ms": latency_ms,
        "input_tokens": tokens["input_tokens"],
        "output_tokens": tokens["output_tokens"],
        "total_tokens": tokens["total_tokens"],
        "error": _error_text(error),
    }
    _add_options(entry, tokens, answered)
    if _is_exception(error):
        entry["error_type"] = type(error).__name__
    for key, value in extra.items():
        if key not in _FIXED_KEYS and not (value is None and key in _OPTIONAL):
            entry[key] = value
    return entry


_ANSWERED_KEYS = ("response_model", "finish_reason", "reasoning", "request_id")
"""Optional keys that a response may bring along itself."""


def _some(value: Any) -> Any:
    """The value, or None where it is empty; what does not say whether it is stays."""
    try:
        return value or None
    except Exception:  # an array of numpy, for one
        return value


def _is_exception(error: Any) -> bool:
    try:
        return isinstance(error, BaseException)
    except Exception:  # a class that is a property, and fails
        return False


def _add_options(entry: dict[str, Any], tokens: dict[str, Any], answered: Fields) -> None:
    """The optional keys that the response knows."""
    for key, value in tokens.items():
        if key in _OPTIONAL:
            entry[key] = value
    for key in _ANSWERED_KEYS:
        value = answered(key)
        if value is not None:
            entry[key] = value


def _error_text(error: Any) -> Any:
    """An exception as its name and text; anything else as it was given ("" is no error)."""
    if not _is_exception(error):
        return error
    text = words_of(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
