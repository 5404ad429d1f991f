"""Iterators that stand in the place of a stream's own and see what passes.

A class and not a generator: closing a generator inside another one at collection time fails with
"asynchronous generator is already running". Every chunk is handed on as it comes; what is learnt
from it is folded, never kept.
"""

import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Protocol

from agents_sdk.instrumentation.guard import count_problem, shielded
from agents_sdk.instrumentation.recording import ABANDONED, CLOSED, COMPLETE, Recording
from agents_sdk.normalise.noanswer import judged_stream
from agents_sdk.normalise.shapes import Answer


class Fold(Protocol):
    """Takes in the chunks of one stream; `add` says whether one carried words of the model."""

    def add(self, chunk: Any) -> bool: ...

    def answer(self) -> Answer: ...


class Watch:
    """What is known of one stream; the iterator sees it, the recording never sees the iterator."""

    def __init__(
        self,
        recording: Recording,
        fold: Fold,
        is_ours: Callable[[Any], bool] | None = None,
        finishing: Callable[[Answer], None] | None = None,
    ) -> None:
        self.recording = recording
        self.fold = fold
        self._is_ours = is_ours
        self.is_reading = False
        self.is_silent = True
        self.on_end: Callable[[], None] | None = None
        self.may_be_refused: Callable[[], bool] | None = None
        self._finishing = finishing
        self._is_complete = False
        self.content_type: Callable[[], str | None] = _unknown

    def saw(self, chunk: Any) -> bool:
        """Take in a chunk; True if it came for us alone, which one with words never did.

        One that we cannot read is the caller's. This runs for every token, between the client's own
        work, where a call of a function costs several times what it does in a loop of its own.
        """
        try:
            if not self.fold.add(chunk):
                return self._is_ours is not None and self._is_ours(chunk)
            if self.is_silent:
                self.is_silent = False
                self.recording.first_token()
        except Exception as error:
            count_problem(error)
        return False

    @shielded
    def completed(self) -> None:
        """It was read to its end; the entry waits, if a helper may refuse the whole of it yet."""
        if self.may_be_refused is not None and self.may_be_refused():
            self._is_complete = True
            self.recording.end_of_waiting()
        else:
            self._end(COMPLETE)

    def accepted(self) -> None:
        """The helper that reads it had nothing against the whole of it."""
        if self._is_complete:
            self._end(COMPLETE)

    def closed(self) -> None:
        """Somebody closed the stream; while we read from it, the read itself tells how it ended."""
        if not self.is_reading:
            self._end(COMPLETE if self._is_complete else CLOSED)

    def abandoned(self) -> None:
        self._end(COMPLETE if self._is_complete else ABANDONED)

    @shielded
    def failed(self, error: BaseException) -> None:
        self.recording.fail(error, self._answer())
        self._let_go()

    @shielded
    def refused(self, error: BaseException) -> None:
        """The helper that reads it could not make of it what the caller asked for."""
        self.recording.fail(error, self._answer(), is_of_parsing=True)
        self._let_go()

    @shielded
    def _end(self, how: str) -> None:
        answer = self._answer()
        if how == COMPLETE:
            answer = judged_stream(answer, self.content_type())
        self.recording.succeed(answer, how)
        self._let_go()

    def _answer(self) -> Answer:
        answer = self.fold.answer()
        if self._finishing is not None:
            self._finishing(answer)
        return answer

    def _let_go(self) -> None:
        on_end, self.on_end = self.on_end, None
        if on_end is not None:
            on_end()


def _unknown() -> None:
    return None


class RecordedIterator:
    """A synchronous stream's iterator."""

    def __init__(self, inner: Iterator[Any], watch: Watch) -> None:
        self._inner = inner
        self.watch = watch
        self._saw = watch.saw
        weakref.finalize(self, watch.abandoned)

    def __iter__(self) -> "RecordedIterator":
        return self

    def __next__(self) -> Any:
        watch = self.watch
        watch.is_reading = True
        try:
            chunk = next(self._inner)
            while self._saw(chunk):
                chunk = next(self._inner)
        except StopIteration:
            watch.completed()
            raise
        except BaseException as error:
            watch.failed(error)
            raise
        finally:
            watch.is_reading = False
        return chunk

    def close(self) -> None:
        close = getattr(self._inner, "close", None)
        if close is not None:
            close()
        self.watch.closed()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class RecordedAsyncIterator:
    """An asynchronous stream's iterator."""

    def __init__(self, inner: AsyncIterator[Any], watch: Watch) -> None:
        self._inner = inner
        self.watch = watch
        self._saw = watch.saw
        weakref.finalize(self, watch.abandoned)

    def __aiter__(self) -> "RecordedAsyncIterator":
        return self

    async def __anext__(self) -> Any:
        watch = self.watch
        watch.is_reading = True
        try:
            chunk = await anext(self._inner)
            while self._saw(chunk):
                chunk = await anext(self._inner)
        except StopAsyncIteration:
            watch.completed()
            raise
        except BaseException as error:
            watch.failed(error)
            raise
        finally:
            watch.is_reading = False
        return chunk

    async def aclose(self) -> None:
        close = getattr(self._inner, "aclose", None)
        if close is not None:
            await close()
        self.watch.closed()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class RecordedFrames(RecordedIterator):
    """For streams whose chunks are parsed elsewhere: sees only how they end."""

    def __init__(self, inner: Iterator[Any], watch: Watch) -> None:
        super().__init__(inner, watch)
        self._saw = _look_away


class RecordedAsyncFrames(RecordedAsyncIterator):
    """The same, asynchronous."""

    def __init__(self, inner: AsyncIterator[Any], watch: Watch) -> None:
        super().__init__(inner, watch)
        self._saw = _look_away


def _look_away(chunk: Any) -> bool:
    return False


def watch_closing(closable: Any, closed: Callable[[], None]) -> Callable[[], None]:
    """Tell when something is closed; returns what takes the watch away again.

    The watch holds it strongly: a stream in a cycle is closed by its own generators while the
    garbage collector takes it apart, when weak references to it are gone already. What is
    returned holds it weakly: it is kept by whoever waits for the stream to be dropped.
    """
    kind = type(closable)

    def close() -> Any:
        result = kind.close(closable)
        closed()
        return result

    async def aclose() -> None:
        await kind.aclose(closable)
        closed()

    for name, replacement in (("close", close), ("aclose", aclose)):
        if hasattr(kind, name):
            setattr(closable, name, replacement)

    known = weakref.ref(closable)

    def stop_watching() -> None:
        living = known()
        for name in ("close", "aclose") if living is not None else ():
            vars(living).pop(name, None)

    return stop_watching
