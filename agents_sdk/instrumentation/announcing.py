"""The start of a recorded call, told to whoever watches; the entry that follows has its log id."""

from typing import Any

from agents_sdk import context
from agents_sdk.instrumentation.guard import shielded
from agents_sdk.normalise.shapes import Prompt


@shielded
def announce(logger: Any, provider: str, prompt: Prompt, extras: dict[str, Any]) -> None:
    """Announce a call and put its log id among the extras of its recording.

    A logger of the caller's own that announces nothing gives the log id when the call has ended.
    """
    announce_call = getattr(logger, "announce_call", None)
    if announce_call is None:
        return
    current = context.current()
    extras["log_id"] = announce_call(
        prompt.model,
        provider,
        prompt.messages,
        session_id=current.session_id,
        trace_id=current.trace_id,
        stream=prompt.is_stream,
    )
