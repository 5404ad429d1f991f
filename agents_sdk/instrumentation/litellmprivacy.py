"""What LiteLLM was told to keep out of logs: the words of a call, or all of it (`no-log`).

The client of a provider that LiteLLM calls through knows nothing of that: it is told by whoever
waits in the context of the call.
"""

import sys
import weakref
from typing import Any

from agents_sdk import context
from agents_sdk.instrumentation.litellmstreams import Mark
from agents_sdk.normalise.shapes import mapping

_PRIVACY = "litellm.litellm_core_utils.redact_messages"
_SETTING = "turn_off_message_logging"


def is_private(details: Any) -> bool:
    """Whether the words of a call are to be taken out, by LiteLLM's own rules where it has them."""
    ask = getattr(sys.modules.get(_PRIVACY), "should_redact_message_logging", None)
    try:
        return bool(ask(details)) if ask is not None else _is_set(details)
    except Exception:
        return _is_set(details)


def _is_set(details: Any) -> bool:
    own = mapping(details.get("standard_callback_dynamic_params")).get(_SETTING)
    said = getattr(sys.modules.get("litellm"), _SETTING, False) if own is None else own
    return said is True or str(said).lower() == "true"


def is_silent(details: Any) -> bool:
    return mapping(details.get("litellm_params")).get("no-log") is True


def keep_silent(mark: Mark) -> None:
    """Have no client record this call; until it is answered, or nobody holds it any more."""
    observer = context.observe_calls(is_silent=True)
    mark.pieces.observer = observer
    weakref.finalize(mark, context.stop_observing, observer).atexit = False


def end_silence(mark: Mark) -> None:
    if mark.pieces.observer is not None:
        context.stop_observing(mark.pieces.observer)
