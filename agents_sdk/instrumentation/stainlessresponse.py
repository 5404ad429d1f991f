"""What the clients of OpenAI and Anthropic return, and how to see when it is read and closed.

Nothing here reads from the network: the caller reads, and is watched at it.
"""

import weakref
from collections.abc import Callable
from inspect import isawaitable
from typing import Any

from agents_sdk.instrumentation.clientobjects import body_of
from agents_sdk.instrumentation.guard import shielded
from agents_sdk.instrumentation.recording import Recording
from agents_sdk.instrumentation.responsebytes import ReadBytes, watch_bytes
from agents_sdk.instrumentation.streams import (
    Fold,
    RecordedAsyncIterator,
    RecordedIterator,
    Watch,
    watch_closing,
)
from agents_sdk.normalise.shapes import Json


def watch_stream(
    stream: Any, recording: Recording, fold: Fold, is_ours: Callable[[Any], bool] | None
) -> None:
    """Put our iterator in the place of the stream's own; the stream stays the same object."""
    inner = stream._iterator
    watch = Watch(recording, fold, is_ours)
    if hasattr(inner, "__anext__"):
        stream._iterator = RecordedAsyncIterator(inner, watch)
    else:
        stream._iterator = RecordedIterator(inner, watch)
    watch.content_type = _content_type_of(weakref.ref(stream.response))
    watch.on_end = watch_closing(stream.response, watch.closed)


def _content_type_of(known: Callable[[], Any]) -> Callable[[], str | None]:
    """Asked for at the end alone: looking a header up takes as long as several chunks."""

    def content_type() -> str | None:
        found = getattr(known(), "headers", {}).get("content-type")
        return found if isinstance(found, str) else None

    return content_type


def watch_response(
    raw: Any,
    on_parsed: Callable[[Any], object],
    on_closed: Callable[[Json | None, ReadBytes], object],
    on_failed: Callable[[BaseException, ReadBytes], object],
) -> None:
    """Tell of the first `parse` of a raw response, or else of its end and of what was read.

    The body is the JSON of what was read as a whole, None if it was not.
    """
    original = raw.parse
    reading = _Reading(raw.http_response, on_closed, on_failed)

    def parse(*args: Any, **kwargs: Any) -> Any:
        parsed = original(*args, **kwargs)
        if isawaitable(parsed):
            return _awaited(parsed, lambda value: reading.tell(on_parsed, value))
        reading.tell(on_parsed, parsed)
        return parsed

    raw.parse = parse


class _Reading:
    """How a response is read; holds it weakly, for it waits for it to be dropped."""

    def __init__(
        self,
        response: Any,
        on_closed: Callable[[Json | None, ReadBytes], object],
        on_failed: Callable[[BaseException, ReadBytes], object],
    ) -> None:
        self._response = weakref.ref(response)
        self._on_closed = on_closed
        self._on_failed = on_failed
        self._seen = ReadBytes()
        self._is_told = False
        self._watches = [
            watch_closing(response, self._closed),
            watch_bytes(response, self._seen, self._failed),
        ]
        weakref.finalize(response, self.tell, on_closed, None, self._seen)

    def tell(self, about: Callable[..., Any], *values: Any) -> None:
        """Tell once, and leave the response as it was: whoever holds it may pickle it."""
        if self._is_told:
            return
        self._is_told = True
        for stop_watching in self._watches:
            stop_watching()
        shielded(about)(*values)

    def _failed(self, error: BaseException) -> None:
        self.tell(self._on_failed, error, self._seen)

    def _closed(self) -> None:
        """A response that was read to its end closes itself a moment before it has a body."""
        if not self._seen.is_reading:
            self.tell(self._on_closed, body_of(self._response()), self._seen)


async def _awaited(parsed: Any, tell: Callable[[Any], None]) -> Any:
    value = await parsed
    tell(value)
    return value
