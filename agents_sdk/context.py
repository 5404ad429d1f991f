"""Who a call belongs to: session, trace and tags of the code that makes it.

    with agents_sdk.session("ticket-17"), agents_sdk.tags(team="support"):
        with agents_sdk.trace():
            client.chat.completions.create(…)

    @agents_sdk.session("ticket-17")
    async def answer(): …

Everything is carried by context variables: it follows `await` and new tasks, holds for the block
alone, and what one task sets no other task sees. Threads start without it, as Python has it; give
them `contextvars.copy_context().run`.
"""

import os
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from agents_sdk.decorating import decorated

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class CallContext:
    """What the entries of a block have in common; `span_id` is the parent of its calls."""

    session_id: str | None = None
    trace_id: str | None = None
    span_id: str | None = None
    tags: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


_EMPTY = CallContext()
_CURRENT: ContextVar[CallContext] = ContextVar("agents_sdk_context", default=_EMPTY)
_SUPPRESSING: ContextVar["weakref.ref[suppressed] | None"] = ContextVar(
    "agents_sdk_suppressed", default=None
)


def current() -> CallContext:
    """The context in force here."""
    return _CURRENT.get()


def new_trace_id() -> str:
    """32 hex digits, as in W3C Trace Context."""
    return os.urandom(16).hex()


def new_span_id() -> str:
    """16 hex digits."""
    return os.urandom(8).hex()


class Block(Generic[T]):
    """A block of code whose calls have something in common; as a decorator, each call of a
    function. That may be a coroutine or a generator: the block holds while its body runs.
    """

    def __init__(self, make: Callable[[], AbstractContextManager[T]]) -> None:
        self._make = make
        self._open: AbstractContextManager[T] | None = None

    def __enter__(self) -> T:
        if self._open is not None:
            raise RuntimeError("this block was entered before; make a new one")
        self._open = self._make()
        return self._open.__enter__()

    def __exit__(self, *error: Any) -> None:
        if self._open is not None:
            self._open.__exit__(*error)

    def __call__(self, func: F) -> F:
        return decorated(func, self._make, _CURRENT)


def session(session_id: str, **tags: Any) -> Block[str]:
    """Give all calls of the block (or of the function that it decorates) this session id, and tags.

    As all blocks it is for `with`, or a decorator.
    """
    return Block(partial(_session, session_id, tags))


def trace(trace_id: str | None = None, **tags: Any) -> Block[str]:
    """Make all calls of the block parts of one trace; `with` yields its id.

    A trace inside a trace stays the same trace, one level deeper, unless it is given an id. Each
    call of a decorated function is a trace of its own.
    """
    return Block(partial(_trace, trace_id, tags))


def tags(**tags: Any) -> Block[None]:
    """Add tags to all calls of the block; an inner value replaces an outer one of its name."""
    return Block(partial(_tags, tags))


@contextmanager
def _session(session_id: str, tags: Mapping[str, Any]) -> Iterator[str]:
    with _changed(session_id=session_id, tags=_more_tags(tags)):
        yield session_id


@contextmanager
def _trace(trace_id: str | None, tags: Mapping[str, Any]) -> Iterator[str]:
    outer = current()
    chosen = trace_id or outer.trace_id or new_trace_id()
    with _changed(trace_id=chosen, span_id=new_span_id(), tags=_more_tags(tags)):
        yield chosen


@contextmanager
def _tags(tags: Mapping[str, Any]) -> Iterator[None]:
    with _changed(tags=_more_tags(tags)):
        yield


@contextmanager
def parent_span(trace_id: str, span_id: str) -> Iterator[None]:
    """Make the calls of the block children of a span that somebody else opened."""
    with _changed(trace_id=trace_id, span_id=span_id):
        yield


class suppressed:
    """Keep instrumented clients silent: the block's calls are logged by whoever opened it.

    What a signal handler raises may strike inside the two methods, where no `finally` helps. So the
    context knows the block weakly: one that nobody is in any more suppresses nothing.
    """

    __slots__ = ("__weakref__", "_token")

    def __enter__(self) -> None:
        self._token = None if is_suppressed() else _SUPPRESSING.set(weakref.ref(self))

    def __exit__(self, *error: object) -> None:
        if self._token is not None:
            _reset(_SUPPRESSING, self._token)


def is_suppressed() -> bool:
    block = _SUPPRESSING.get()
    return block is not None and block() is not None


class CallObserver:
    """Tells a framework's callback whether an instrumented client records the call it is told of.

    The callback puts one into its context before the call and asks it afterwards; `was_recorded`
    says that the call has its entry already. It is over with the model's first word: what the
    reader of a stream asks between two pieces is another call, in the same context.

    The callback may know what the client does not: that the words of this call are to be kept out
    of logs (`is_private`), or all of it (`is_silent`).
    """

    __slots__ = ("is_over", "is_private", "is_silent", "was_recorded")

    def __init__(self, *, is_private: bool = False, is_silent: bool = False) -> None:
        self.was_recorded = False
        self.is_over = False
        self.is_private = is_private
        self.is_silent = is_silent


_OBSERVER: ContextVar[CallObserver | None] = ContextVar("agents_sdk_observer", default=None)


def observe_calls(*, is_private: bool = False, is_silent: bool = False) -> CallObserver:
    """From here on, until it is over or the next one, this context's calls are told to this."""
    observer = CallObserver(is_private=is_private, is_silent=is_silent)
    _OBSERVER.set(observer)
    return observer


def stop_observing(observer: CallObserver) -> None:
    """The call has begun to be answered, or ended; in whatever context this is told."""
    observer.is_over = True
    if _OBSERVER.get() is observer:
        _OBSERVER.set(None)


def notify_observer() -> CallObserver | None:
    """An instrumented client sees a call that was made here; who waits for it, if anybody does."""
    observer = _OBSERVER.get()
    if observer is None or observer.is_over:
        return None
    observer.was_recorded = True
    return observer


def context_fields(context: CallContext, span_id: str) -> dict[str, Any]:
    """The keys that an entry gets from its context."""
    fields: dict[str, Any] = {"span_id": span_id}
    if context.session_id is not None:
        fields["session_id"] = context.session_id
    if context.trace_id is not None:
        fields["trace_id"] = context.trace_id
        fields["parent_span_id"] = context.span_id
    if context.tags:
        fields["tags"] = dict(context.tags)
    return fields


def _more_tags(tags: Mapping[str, Any]) -> Mapping[str, Any]:
    outer = current().tags
    return MappingProxyType({**outer, **tags}) if tags else outer


@contextmanager
def _changed(**changes: Any) -> Iterator[None]:
    token = _CURRENT.set(replace(_CURRENT.get(), **changes))
    try:
        yield
    finally:
        _reset(_CURRENT, token)


def _reset(variable: ContextVar[T], token: Token[T]) -> None:
    """A block of a generator may end in another context, where there is nothing to put back."""
    try:
        variable.reset(token)
    except ValueError:
        return
