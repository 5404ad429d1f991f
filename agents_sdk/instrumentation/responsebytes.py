"""The bytes of a response that its holder reads as bytes, text or lines, and what they say.

The clients' responses are httpx's (or httpx2's), whose text and lines are made of `iter_bytes`
and `aiter_bytes`. Only what is read undecoded, by `iter_raw`, goes past.
"""

import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from agents_sdk.codec import loads
from agents_sdk.instrumentation.clientobjects import NOT_READ, said_in
from agents_sdk.instrumentation.guard import shielded
from agents_sdk.instrumentation.streams import Fold
from agents_sdk.normalise.shapes import Answer

MAX_BYTES = 64 * 1024 * 1024


class ReadBytes:
    """What was read so far; nothing of what is larger than `MAX_BYTES`.

    `is_reading` is true while the next piece is waited for: who closes the response at such a
    moment is the response itself, at its end.
    """

    def __init__(self) -> None:
        self.is_complete = False
        self.is_reading = False
        self._pieces: list[bytes] = []
        self._size_bytes = 0

    def next_of(self, pieces: Iterator[bytes]) -> bytes | None:
        """The next piece, None at the end."""
        self.is_reading = True
        try:
            return self._seen(next(pieces, None))
        finally:
            self.is_reading = False

    async def anext_of(self, pieces: AsyncIterator[bytes]) -> bytes | None:
        """The next piece, None at the end."""
        self.is_reading = True
        try:
            return self._seen(await anext(pieces, None))
        finally:
            self.is_reading = False

    def _seen(self, piece: bytes | None) -> bytes | None:
        if piece is None:
            self.is_complete = True
        else:
            self._add(piece)
        return piece

    def _add(self, piece: bytes) -> None:
        self._size_bytes += len(piece)
        if self._size_bytes <= MAX_BYTES:
            self._pieces.append(piece)
        else:
            self._pieces.clear()

    def body(self) -> Any:
        """What was read, as JSON or else in bytes; `NOT_READ` of what has no end here."""
        data = b"".join(self._pieces)
        is_whole = self.is_complete and len(data) == self._size_bytes
        value = said_in(data)
        return value if is_whole or isinstance(value, dict) else NOT_READ

    def streamed(self, fold: Fold) -> Answer:
        """What server-sent events said, as far as they were read."""
        for line in b"".join(self._pieces).splitlines():
            if line.startswith(b"data:"):
                _add_event(fold, line[len(b"data:") :])
        return fold.answer()


def watch_bytes(
    response: Any, seen: ReadBytes, failed: Callable[[BaseException], object]
) -> Callable[[], None]:
    """See the bytes of an httpx response pass; returns what takes the watch away again.

    What breaks the reading is told at once and kept nowhere: it holds the response.
    """
    kind = type(response)

    def next_of(pieces: Iterator[bytes]) -> bytes | None:
        try:
            return seen.next_of(pieces)
        except BaseException as error:
            failed(error)
            raise

    def iter_bytes(*args: Any, **kwargs: Any) -> Iterator[bytes]:
        pieces = kind.iter_bytes(response, *args, **kwargs)
        while (piece := next_of(pieces)) is not None:
            yield piece

    def aiter_bytes(*args: Any, **kwargs: Any) -> AsyncIterator[bytes]:
        return _SeenPieces(kind.aiter_bytes(response, *args, **kwargs), seen, failed)

    response.iter_bytes = iter_bytes
    response.aiter_bytes = aiter_bytes
    known = weakref.ref(response)

    def stop_watching() -> None:
        living = known()
        for name in ("iter_bytes", "aiter_bytes") if living is not None else ():
            vars(living).pop(name, None)

    return stop_watching


class _SeenPieces:
    """No generator: one around another would let go of the response later than it would itself."""

    def __init__(
        self, inner: Any, seen: ReadBytes, failed: Callable[[BaseException], object]
    ) -> None:
        self._inner = inner
        self._seen = seen
        self._failed = failed

    def __aiter__(self) -> "_SeenPieces":
        return self

    async def __anext__(self) -> bytes:
        try:
            piece = await self._seen.anext_of(self._inner)
        except BaseException as error:
            self._failed(error)
            raise
        if piece is None:
            raise StopAsyncIteration
        return piece

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Event(dict[str, Any]):
    """The JSON of an event, to be asked as the clients' objects are: what is missing is None."""

    def __getattr__(self, name: str) -> Any:
        return self if name == "__pydantic_extra__" else self.get(name)


def _add_event(fold: Fold, data: bytes) -> None:
    try:
        event = loads(data)
    except ValueError:
        return  # the `[DONE]` of OpenAI, or what was cut off
    if isinstance(event, dict):
        shielded(fold.add)(chunk_of(event))


def chunk_of(value: Any) -> Any:
    if isinstance(value, dict):
        return _Event({name: chunk_of(item) for name, item in value.items()})
    return [chunk_of(item) for item in value] if isinstance(value, list) else value
