"""The start of a call, as `system.llm_call_started` announces it.

Pure. In: what claims to be the `call` of such an event. Out: a `RunningCall`, or `NoCall` with the
sentence that refuses it. Unknown keys are passed over; nothing of it is stored.
"""

from typing import Any

from agents_sdk.announcement import MAX_ID_CHARS, MAX_NAME_CHARS, MAX_PREVIEW_CHARS
from llmlogs.network.events import shown
from llmlogs.running import RunningCall

MAX_CLOCK_DIFFERENCE_SECONDS = 10.0


class NoCall(ValueError):
    """The `call` is none; the text says what was expected."""


def parse_call(agent_id: str, call: Any, now: float) -> RunningCall:
    """Read the `call` of an agent whose id was checked. Raises NoCall."""
    if not isinstance(call, dict):
        raise NoCall(f"'call' is {shown(call)}; expected a JSON object.")
    log_id = call.get("log_id")
    if not isinstance(log_id, str) or not log_id:
        raise NoCall(f"'log_id' is {shown(log_id)}; expected a non-empty string.")
    return RunningCall(
        agent_id=agent_id,
        log_id=_text(call, "log_id", MAX_ID_CHARS),
        started_at=_started_at(call.get("timestamp"), now),
        model_name=_text(call, "model_name", MAX_NAME_CHARS),
        provider=_text(call, "provider", MAX_NAME_CHARS),
        preview=_text(call, "preview", None)[:MAX_PREVIEW_CHARS],
        role=_text(call, "role", MAX_NAME_CHARS),
        session_id=_text(call, "session_id", MAX_ID_CHARS),
        trace_id=_text(call, "trace_id", MAX_ID_CHARS),
        is_stream=_truth(call, "stream"),
    )


def _started_at(timestamp: Any, now: float) -> float:
    """By the agent's clock if it goes like ours, else when we heard of it: an agent whose clock is
    an hour behind has not been waiting for an hour."""
    if timestamp is None:
        return now
    if isinstance(timestamp, bool) or not isinstance(timestamp, int | float):
        raise NoCall(f"'timestamp' is {shown(timestamp)}; expected a number of Unix seconds.")
    is_close = now - MAX_CLOCK_DIFFERENCE_SECONDS <= timestamp <= now
    return float(timestamp) if is_close else now


def _text(call: dict[str, Any], field: str, max_chars: int | None) -> str:
    value = call.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise NoCall(f"'{field}' is {shown(value)}; expected a string, or null.")
    if max_chars is not None and len(value) > max_chars:
        raise NoCall(f"'{field}' has {len(value):,} characters; expected at most {max_chars}.")
    return value


def _truth(call: dict[str, Any], field: str) -> bool:
    value = call.get(field)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise NoCall(f"'{field}' is {shown(value)}; expected true, false or null.")
