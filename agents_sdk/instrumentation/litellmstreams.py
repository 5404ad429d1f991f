"""Streams of LiteLLM that their reader leaves half-way, of which it tells its callbacks nothing.

LiteLLM hands a callback the details of a call, a dict of its own that lives as long as the call. A
mark is put into it: when that is gone and nobody told of an end, the call was left. What had come
by then is kept by two of its classes; they are asked to show it to the mark. Where a version has
other classes, the entry says that the stream was left, and no more.
"""

import sys
from collections.abc import Callable
from typing import Any

from agents_sdk.context import CallObserver
from agents_sdk.instrumentation.clientobjects import as_dict
from agents_sdk.instrumentation.guard import shielded
from agents_sdk.instrumentation.patching import replace_method
from agents_sdk.instrumentation.recording import Recording
from agents_sdk.instrumentation.responsebytes import chunk_of
from agents_sdk.normalise.openai_chat import ChatFold
from agents_sdk.normalise.openai_responses import ResponsesFold
from agents_sdk.normalise.shapes import Answer, mapping

KEY = "agents_sdk_call"
_CHAT = ("litellm.litellm_core_utils.streaming_handler", "CustomStreamWrapper", "__init__")
_RESPONSES = (
    *("litellm.responses.streaming_iterator", "BaseResponsesAPIStreamingIterator"),
    "_process_chunk",
)


class Pieces:
    """What came of a stream, and who records it."""

    def __init__(self) -> None:
        self.recordings: list[Recording] = []
        self.on_end: list[Callable[..., Any]] = []
        self.chunks: list[Any] = []
        self.events: ResponsesFold | None = None
        self.observer: CallObserver | None = None

    def came(self) -> None:
        """One more piece is here; whether it is the last is known later."""
        for recording in self.recordings:
            recording.first_token()
            recording.end_of_waiting()

    def has_counts(self) -> bool:
        """Whether the provider itself said how many tokens it was."""
        return any(getattr(chunk, "usage", None) is not None for chunk in self.chunks)

    def answer(self) -> Answer | None:
        """None if nothing came."""
        if self.events is not None:
            return self.events.answer()
        if not self.chunks:
            return None
        fold = ChatFold(as_dict)
        for chunk in self.chunks:
            fold.add(chunk_of(as_dict(chunk)))
        return fold.answer()


class _Chunks(list[Any]):
    """The list in which LiteLLM keeps the chunks of a stream."""

    pieces: Pieces

    def append(self, chunk: Any) -> None:
        super().append(chunk)
        self.pieces.came()


class Mark(str):
    """A text, so that it harms nobody who copies or writes what it lies in."""

    pieces: Pieces


def mark_of(details: Any) -> Mark:
    """The mark of a call, which dies with it."""
    mark = details.get(KEY)
    if not isinstance(mark, Mark):
        mark = details[KEY] = Mark("recorded")
        mark.pieces = Pieces()
    return mark


def watch_streams() -> None:
    """See what streams bring from here on; once more changes nothing."""
    for (module, owner, name), make in ((_CHAT, _noting_chunks), (_RESPONSES, _noting_events)):
        found = getattr(sys.modules.get(module), owner, None)
        if isinstance(found, type):
            replace_method(found, name, make)


def _noting_chunks(original: Callable[..., Any]) -> Callable[..., Any]:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        _note_chunks(self)

    return __init__


@shielded
def _note_chunks(stream: Any) -> None:
    mark = stream.logging_obj.model_call_details.get(KEY)
    if isinstance(mark, Mark):
        mark.pieces.chunks = stream.chunks = _Chunks(stream.chunks)
        stream.chunks.pieces = mark.pieces


def _noting_events(original: Callable[..., Any]) -> Callable[..., Any]:
    def _process_chunk(self: Any, *args: Any, **kwargs: Any) -> Any:
        event = original(self, *args, **kwargs)
        _note_event(self, event)
        return event

    return _process_chunk


@shielded
def _note_event(stream: Any, event: Any) -> None:
    mark = stream.logging_obj.model_call_details.get(KEY)
    if isinstance(mark, Mark) and event is not None:
        if mark.pieces.events is None:
            mark.pieces.events = ResponsesFold(as_dict)
        said = dict(mapping(as_dict(event)))
        kind = said.get("type")
        said["type"] = getattr(kind, "value", kind)  # LiteLLM's are an enumeration
        if mark.pieces.events.add(chunk_of(said)):
            mark.pieces.came()
