"""A block of code around every call of a function, whatever kind of function it is.

The body of a coroutine or a generator runs after its function was called, and that of a generator
in pieces, between which its reader must not be in the block.
"""

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
MakeBlock = Callable[[], AbstractContextManager[Any]]


def decorated(func: F, make_block: MakeBlock, variable: ContextVar[Any]) -> F:
    """The function with each of its calls in a block of its own; a block sets the variable."""
    code: Any = func if inspect.isroutine(func) else type(func).__call__
    kinds = ((inspect.isasyncgenfunction, _async_generator),
             (inspect.isgeneratorfunction, _generator),
             (inspect.iscoroutinefunction, _coroutine))  # fmt: skip
    for is_of_kind, wrap in kinds:
        if is_of_kind(func) or is_of_kind(code):
            return functools.wraps(func)(wrap(func, make_block, variable))  # type: ignore
    return functools.wraps(func)(_function(func, make_block))  # type: ignore


def _function(func: Callable[..., Any], make_block: MakeBlock) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        with make_block():
            return func(*arguments, **named)

    return call


def _coroutine(
    func: Callable[..., Any], make_block: MakeBlock, variable: ContextVar[Any]
) -> Callable[..., Any]:
    async def call(*arguments: Any, **named: Any) -> Any:
        with make_block():
            return await func(*arguments, **named)

    return call


def _generator(
    func: Callable[..., Any], make_block: MakeBlock, variable: ContextVar[Any]
) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Generator[Any, Any, Any]:
        body = func(*arguments, **named)
        inside = _Inside(make_block, variable)
        step = functools.partial(next, body)
        while True:
            try:
                with inside:
                    item = step()
            except StopIteration as end:
                return end.value
            try:
                step = functools.partial(body.send, (yield item))
            except BaseException as error:  # GeneratorExit too: the body ends by it
                step = functools.partial(body.throw, error)

    return call


def _async_generator(
    func: Callable[..., Any], make_block: MakeBlock, variable: ContextVar[Any]
) -> Callable[..., Any]:
    async def call(*arguments: Any, **named: Any) -> AsyncGenerator[Any, Any]:
        body = func(*arguments, **named)
        inside = _Inside(make_block, variable)
        step = body.__anext__
        while True:
            try:
                with inside:
                    item = await step()
            except StopAsyncIteration:
                return
            try:
                step = functools.partial(body.asend, (yield item))
            except BaseException as error:
                step = functools.partial(body.athrow, error)

    return call


class _Inside:
    """One block that is left and entered again: between two pieces the variable is the reader's."""

    def __init__(self, make_block: MakeBlock, variable: ContextVar[Any]) -> None:
        self._variable = variable
        with make_block():
            self._value = variable.get()

    def __enter__(self) -> None:
        self._readers = self._variable.get()
        self._variable.set(self._value)

    def __exit__(self, *error: object) -> None:
        """What the body set and has not put back yet is its own, for the next piece."""
        self._value = self._variable.get()
        self._variable.set(self._readers)
