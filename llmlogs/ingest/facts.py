"""The columns of an entry: what can be filtered and summed, read tolerantly.

A value of an unexpected type or beyond belief is kept in the entry and counts as unknown here; an
error is one whatever its type. Pure.
"""

from types import NoneType
from typing import Any, NamedTuple

from agents_sdk.errorfield import is_error
from llmlogs import believable

MAX_AHEAD_SECONDS = 86_400
"""A timestamp further ahead of the clock than this is not believed (contract 1)."""


class Facts(NamedTuple):
    """Typed columns of one entry. None is unknown; latency in milliseconds."""

    own_timestamp: float | None
    model_name: str | None
    provider: str | None
    session_id: str | None
    latency_ms: float | None
    input_tokens: int | None
    output_tokens: int | None
    total_tokens: int
    has_error: bool
    has_tool_calls: bool
    is_odd: bool
    """Some value was of an unexpected type."""


def read_facts(entry: dict[str, Any]) -> Facts:
    get = entry.get
    input_tokens = believable.tokens(get("input_tokens"))
    output_tokens = believable.tokens(get("output_tokens"))
    total_tokens = believable.tokens(get("total_tokens"))
    return Facts(
        own_timestamp=believable.number(get("timestamp")),
        model_name=_string(get("model_name")),
        provider=_string(get("provider")),
        session_id=_string(get("session_id")),
        latency_ms=believable.latency_ms(get("latency_ms")),
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        total_tokens=(
            total_tokens if total_tokens is not None else (input_tokens or 0) + (output_tokens or 0)
        ),
        has_error=is_error(get("error")),
        has_tool_calls=bool(get("tool_calls")) and isinstance(get("tool_calls"), list),
        is_odd=_is_odd(entry),
    )


def effective_timestamp(
    own: float | None, *, before: float | None, file_time: float, now: float
) -> float:
    """The time an entry is filed under: its own, else that of the line before, else the file's."""
    if own is not None and 0 <= own <= now + MAX_AHEAD_SECONDS:
        return own
    return before if before is not None else min(file_time, now)


_TEXT = (str, NoneType)
_LIST = (list, NoneType)
_COUNT = (int, NoneType)
_REAL = (int, float, NoneType)
_EXPECTED: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("log_id", "agent_id", "model_name", "provider", "completion", "error"), _TEXT),
    **dict.fromkeys(("messages", "tools", "tool_calls"), _LIST),
    **dict.fromkeys(("input_tokens", "output_tokens", "total_tokens"), _COUNT),
    **dict.fromkeys(("timestamp", "latency_ms"), _REAL),
}
"""What each key of an entry holds; `bool` is none of these, though Python takes it for an int."""


def _is_odd(entry: dict[str, Any]) -> bool:
    return any(type(entry.get(key)) not in types for key, types in _EXPECTED.items())


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
