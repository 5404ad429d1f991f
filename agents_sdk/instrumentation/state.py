"""Whether calls are recorded now, and by whom; what the patched methods ask first."""

from collections.abc import Callable
from dataclasses import dataclass

from agents_sdk import context
from agents_sdk.instrumentation.announcing import announce
from agents_sdk.instrumentation.guard import shielded
from agents_sdk.instrumentation.recording import Logger, Recording
from agents_sdk.normalise.redacting import redacted_prompt
from agents_sdk.normalise.shapes import Prompt


@dataclass(frozen=True, slots=True)
class Active:
    """`asks_for_usage`: have streams of OpenAI's chat completions report their tokens.

    None asks where that is known to change nothing for the caller, True everywhere.
    """

    logger: Logger
    asks_for_usage: bool | None = None


class _Switch:
    active: Active | None = None


_SWITCH = _Switch()


def turn_on(active: Active) -> None:
    _SWITCH.active = active


def turn_off() -> None:
    _SWITCH.active = None


def active() -> Active | None:
    """Who records the call that starts here; None if nobody does."""
    found = _SWITCH.active
    return None if found is None or context.is_suppressed() else found


@shielded
def start(active: Active, provider: str, make_prompt: Callable[[], Prompt]) -> Recording | None:
    """Begin to record a call. None if it is not to be, or that fails: then it goes its way."""
    prompt = make_prompt()
    observer = context.notify_observer()
    if observer is not None and observer.is_silent:
        return None
    is_private = observer is not None and observer.is_private
    if is_private:
        prompt = redacted_prompt(prompt)
    recording = Recording(active.logger, provider, prompt)
    recording.is_private = is_private
    announce(active.logger, provider, prompt, recording.extras)
    return recording
