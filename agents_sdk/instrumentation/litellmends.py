"""Ends of LiteLLM's asynchronous calls, seen when they come.

LiteLLM queues what it tells of them for a task of the event loop. If the loop ends first, that runs
in the next loop or when the interpreter ends. What is queued is made by one method, when the call
ends: it is asked to show the answer too. Where a version has another one, and for answers that
LiteLLM has yet to translate, the entry comes when the queue is read.
"""

import sys
from collections.abc import Callable
from typing import Any

from agents_sdk.instrumentation.guard import shielded
from agents_sdk.instrumentation.litellmstreams import KEY, Mark
from agents_sdk.instrumentation.patching import replace_method
from agents_sdk.normalise.litellm import is_translated

_MODULE = "litellm.litellm_core_utils.litellm_logging"


def watch_ends() -> None:
    """See calls end from here on; once more changes nothing."""
    found = getattr(sys.modules.get(_MODULE), "Logging", None)
    if isinstance(found, type):
        replace_method(found, "async_success_handler", _noting_ends)


def _noting_ends(original: Callable[..., Any]) -> Callable[..., Any]:
    def async_success_handler(self: Any, *args: Any, **kwargs: Any) -> Any:
        _note_end(self, *args, **kwargs)
        return original(self, *args, **kwargs)

    return async_success_handler


@shielded
def _note_end(
    call: Any, result: Any = None, start_time: Any = None, end_time: Any = None, *_: Any, **__: Any
) -> None:
    details = call.model_call_details
    mark = details.get(KEY)
    if not isinstance(mark, Mark) or not is_translated(details, result):
        return
    for tell in mark.pieces.on_end:
        tell(details, result, start_time, end_time)
