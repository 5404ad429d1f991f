"""What Anthropic counts before it answers, which LangChain hands on with the last piece only.

A stream that breaks off or is left has no last piece. The method that makes a piece of an event is
asked to show the first event too; where a version has another one, such a stream has no counts.
"""

import sys
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from agents_sdk.instrumentation.clientobjects import as_dict
from agents_sdk.instrumentation.guard import shielded
from agents_sdk.instrumentation.patching import replace_method

_OWNER = ("langchain_anthropic.chat_models", "ChatAnthropic")
_METHOD = "_make_message_chunk_from_anthropic_event"

_FIRST: ContextVar[tuple[Any, Any] | None] = ContextVar("agents_sdk_first_piece", default=None)
"""The first piece of a stream, of which the callback is told next, and the counts it came with."""


def watch_first_counts() -> None:
    """See what streams count from here on; once more changes nothing."""
    module, owner = _OWNER
    found = getattr(sys.modules.get(module), owner, None)
    if isinstance(found, type):
        replace_method(found, _METHOD, _noting_counts)


def first_counts(chunk: Any) -> Any:
    """The counts that came with this piece; None if it is not the first."""
    first = _FIRST.get()
    if first is None or first[0] is not getattr(chunk, "message", None):
        return None
    _FIRST.set(None)
    return first[1]


def _noting_counts(original: Callable[..., Any]) -> Callable[..., Any]:
    def _make_message_chunk(self: Any, event: Any, *args: Any, **kwargs: Any) -> Any:
        made = original(self, event, *args, **kwargs)
        _note_counts(event, made)
        return made

    return _make_message_chunk


@shielded
def _note_counts(event: Any, made: Any) -> None:
    if event.type == "message_start" and made[0] is not None:
        _FIRST.set((made[0], as_dict(event.message.usage)))
