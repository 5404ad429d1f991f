"""What botocore returns to be read later: bodies and event streams, seen while they are read."""

import weakref
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from agents_sdk.instrumentation.recording import Recording
from agents_sdk.instrumentation.streams import (
    Fold,
    RecordedAsyncFrames,
    RecordedFrames,
    Watch,
    watch_closing,
)
from agents_sdk.normalise.shapes import Answer

MAX_BODY_BYTES = 64 * 1024 * 1024


class _Contents:
    """A fold of what events hold."""

    def __init__(self, fold: Fold, content_of: Callable[[Any], Any]) -> None:
        self._fold = fold
        self._content_of = content_of
        self.answer = fold.answer

    def add(self, event: Any) -> bool:
        return bool(event) and self._fold.add(self._content_of(event))


def watch_events(
    stream: Any, recording: Recording, fold: Fold, content_of: Callable[[Any], Any]
) -> None:
    """See the parsed events of an `EventStream`, and how it ends."""
    watch = Watch(recording, _Contents(fold, content_of))
    frames = stream._event_generator
    if hasattr(frames, "__anext__"):
        stream._parse_event = _seen_async_parser(stream, watch)
        stream._event_generator = RecordedAsyncFrames(frames, watch)
    else:
        stream._parse_event = _seen_parser(stream, watch)
        stream._event_generator = RecordedFrames(frames, watch)
    watch.on_end = watch_closing(stream, watch.closed)


def _seen_parser(stream: Any, watch: Watch) -> Callable[[Any], Any]:
    known, parse = weakref.ref(stream), type(stream)._parse_event

    def parse_event(event: Any) -> Any:
        try:
            parsed = parse(known(), event)
        except BaseException as error:
            watch.failed(error)
            raise
        watch.saw(parsed)
        return parsed

    return parse_event


def _seen_async_parser(stream: Any, watch: Watch) -> Callable[[Any], Any]:
    known, parse = weakref.ref(stream), type(stream)._parse_event

    async def parse_event(event: Any) -> Any:
        try:
            parsed = await parse(known(), event)
        except BaseException as error:
            watch.failed(error)
            raise
        watch.saw(parsed)
        return parsed

    return parse_event


def watch_body(body: Any, recording: Recording, answer_of: Callable[[bytes, bool], Answer]) -> None:
    """See the bytes of a `StreamingBody` pass; they stay the caller's to read.

    `answer_of` is given what was read, and whether that is all of it.
    """
    expected = _whole_number(getattr(body, "_content_length", None))
    if iscoroutinefunction(type(body).read):
        _watch_async_body(body, _Seen(recording, answer_of, expected))
    else:
        body._raw_stream = _SeenBody(body._raw_stream, recording, answer_of, expected)


def _watch_async_body(body: Any, seen: "_Seen") -> None:
    """All ways to read an `AioStreamingBody` go through its `read`, but for `readinto`."""
    kind = type(body)

    async def read(amt: int | None = None) -> Any:
        try:
            piece = await kind.read(body, amt)
        except BaseException as error:
            seen.fail(error)
            raise
        seen.add(bytes(piece), amt is None or (not piece and amt > 0))
        return piece

    body.read = read
    watch_closing(body, seen.end)
    weakref.finalize(body, seen.end)


def _whole_number(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else None


class _Seen:
    """The bytes so far, and what to do with them at the end."""

    def __init__(
        self,
        recording: Recording,
        answer_of: Callable[[bytes, bool], Answer],
        expected_bytes: int | None,
    ) -> None:
        self._recording = recording
        self._answer_of = answer_of
        self._expected_bytes = expected_bytes
        self._pieces: list[bytes] = []
        self._size_bytes = 0
        self._is_whole = False

    def add(self, piece: bytes, is_last: bool) -> None:
        self._size_bytes += len(piece)
        if self._size_bytes <= MAX_BODY_BYTES:
            self._pieces.append(piece)
        self._is_whole = is_last or self._size_bytes == self._expected_bytes
        if self._is_whole:
            self.end()

    def end(self) -> None:
        data = b"".join(self._pieces)
        is_here = self._size_bytes == len(data)
        answer = self._answer_of(data if is_here else b"", self._is_whole and is_here)
        self._recording.succeed(answer)

    def fail(self, error: BaseException) -> None:
        self._recording.fail(error)


class _SeenBody:
    """Stands in the place of the raw stream below a `StreamingBody`."""

    def __init__(self, raw: Any, *args: Any) -> None:
        self._raw = raw
        self._seen = _Seen(*args)
        weakref.finalize(self, self._seen.end)

    def read(self, *args: Any, **kwargs: Any) -> Any:
        piece = self._watched(self._raw.read, *args, **kwargs)
        amount = args[0] if args else kwargs.get("amt")
        self._seen.add(bytes(piece), amount is None or (not piece and amount > 0))
        return piece

    def readinto(self, buffer: Any) -> Any:
        count = self._watched(self._raw.readinto, buffer)
        self._seen.add(bytes(memoryview(buffer)[:count]), count == 0)
        return count

    def readlines(self, *args: Any) -> Any:
        lines = self._watched(self._raw.readlines, *args)
        self._seen.add(b"".join(lines), True)
        return lines

    def close(self) -> Any:
        result = self._raw.close()
        self._seen.end()
        return result

    def _watched(self, read: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return read(*args, **kwargs)
        except BaseException as error:
            self._seen.fail(error)
            raise

    def __iter__(self) -> Any:
        return iter(self._raw)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)
