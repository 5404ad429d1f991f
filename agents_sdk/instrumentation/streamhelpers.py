"""The stream helpers of the clients of OpenAI and Anthropic, which parse what a stream says.

They read the stream that is recorded already. What they raise of their own, because the answer is
not what the program asked for, reaches the caller above that stream and is seen here. One thing
they raise only at the end, to who asks for the whole answer: that a limit or a filter cut it.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from inspect import iscoroutinefunction
from types import ModuleType
from typing import Any

from agents_sdk.instrumentation.guard import shielded
from agents_sdk.instrumentation.patching import replace_method
from agents_sdk.instrumentation.streams import (
    Fold,
    RecordedAsyncIterator,
    RecordedIterator,
    Watch,
)

_JUDGED_LATE = ("get_final_completion", "get_final_response")
_ALL_WELL = frozenset({"stop", "tool_calls", "function_call", "completed"})


def patch(module: ModuleType) -> None:
    """Hook into the helpers that a module defines; those of an unknown form stay as they are."""
    for kind in list(vars(module).values()):
        is_own = isinstance(kind, type) and kind.__module__ == module.__name__
        if not is_own or not hasattr(kind, "__stream__"):
            continue
        replace_method(kind, "__init__", _init)
        for name in _JUDGED_LATE:
            is_async = iscoroutinefunction(getattr(kind, name, None))
            replace_method(kind, name, _async_judging if is_async else _judging)


def _init(original: Callable[..., None]) -> Callable[..., None]:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        _watch_parsing(self)

    return __init__


@shielded
def _watch_parsing(helper: Any) -> None:
    watch = _watch_of(helper)
    if watch is None:
        return
    inner = helper._iterator
    is_async = hasattr(inner, "__anext__")
    helper._iterator = (_AsyncParsing if is_async else _Parsing)(inner, watch)
    if any(hasattr(helper, name) for name in _JUDGED_LATE):
        fold = watch.fold
        watch.may_be_refused = lambda: _may_be_refused(fold)


def _watch_of(helper: Any) -> Watch | None:
    """The watch of the stream that a helper reads; None if it is not recorded."""
    inner = getattr(getattr(helper, "_raw_stream", None), "_iterator", None)
    return inner.watch if isinstance(inner, RecordedIterator | RecordedAsyncIterator) else None


def _may_be_refused(fold: Fold) -> bool:
    answer = fold.answer()
    return answer.error is None and answer.finish_reason not in _ALL_WELL


class _Parsing:
    """In the place of a helper's iterator; no generator, as those of `streams` are none."""

    def __init__(self, inner: Iterator[Any], watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def __iter__(self) -> "_Parsing":
        return self

    def __next__(self) -> Any:
        try:
            return next(self._inner)
        except StopIteration:
            raise
        except BaseException as error:
            self._watch.refused(error)
            raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _AsyncParsing:
    """The same, asynchronous."""

    def __init__(self, inner: AsyncIterator[Any], watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def __aiter__(self) -> "_AsyncParsing":
        return self

    async def __anext__(self) -> Any:
        try:
            return await anext(self._inner)
        except StopAsyncIteration:
            raise
        except BaseException as error:
            self._watch.refused(error)
            raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def _judging(original: Callable[..., Any]) -> Callable[..., Any]:
    def get_final(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            whole = original(self, *args, **kwargs)
        except BaseException as error:
            _refused(self, error)
            raise
        _accepted(self)
        return whole

    return get_final


def _async_judging(original: Callable[..., Any]) -> Callable[..., Any]:
    async def get_final(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            whole = await original(self, *args, **kwargs)
        except BaseException as error:
            _refused(self, error)
            raise
        _accepted(self)
        return whole

    return get_final


@shielded
def _refused(helper: Any, error: BaseException) -> None:
    watch = _watch_of(helper)
    if watch is not None:
        watch.refused(error)


@shielded
def _accepted(helper: Any) -> None:
    watch = _watch_of(helper)
    if watch is not None:
        watch.accepted()
