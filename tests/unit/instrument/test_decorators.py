"""`@session(…)`, `@trace()` and `@tags(…)`: the block holds while the body runs, whatever it is."""

import asyncio
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from functools import partial
from typing import Any

import pytest

from agents_sdk import session, tags, trace
from agents_sdk.context import current

IN_ORDER = ["s1", "s1"]


def here() -> str | None:
    return current().session_id


def test_a_function() -> None:
    @session("s1", team="a")
    def body(name: str) -> tuple[str, str | None, dict[str, Any]]:
        """What it says."""
        return name, here(), dict(current().tags)

    assert [body("x"), body(name="y")] == [("x", "s1", {"team": "a"}), ("y", "s1", {"team": "a"})]
    assert (body.__name__, body.__doc__, here()) == ("body", "What it says.", None)


async def test_a_coroutine_function() -> None:
    @session("s1")
    async def body() -> list[str | None]:
        before = here()
        await asyncio.sleep(0)
        return [before, here()]

    assert inspect.iscoroutinefunction(body)
    assert (await body(), await asyncio.gather(body(), body())) == (IN_ORDER, [IN_ORDER] * 2)
    assert here() is None


def test_a_generator_function_and_not_its_reader() -> None:
    @session("s1")
    def body(count: int) -> Iterator[str | None]:
        for _ in range(count):
            yield here()

    assert inspect.isgeneratorfunction(body)
    with session("reader"):
        found = [(inside, here()) for inside in body(2)]
    assert found == [("s1", "reader")] * 2
    assert here() is None


async def test_an_asynchronous_generator_function_and_not_its_reader() -> None:
    @session("s1")
    async def body() -> AsyncIterator[str | None]:
        yield here()
        await asyncio.sleep(0)
        yield here()

    assert inspect.isasyncgenfunction(body)
    assert [(inside, here()) async for inside in body()] == [("s1", None)] * 2


def test_what_a_generator_opens_between_two_pieces_is_its_own() -> None:
    @tags(outer=1)
    def body() -> Iterator[dict[str, Any]]:
        with tags(inner=2):
            yield dict(current().tags)
            yield dict(current().tags)
        yield dict(current().tags)

    found = [(inside, dict(current().tags)) for inside in body()]
    assert found == [({"outer": 1, "inner": 2}, {})] * 2 + [({"outer": 1}, {})]


def test_a_generator_is_sent_to_thrown_into_closed_and_returns_as_before() -> None:
    seen: list[Any] = []

    @session("s1")
    def body() -> Generator[int, str, str]:
        try:
            seen.append((yield 1))
            yield 2
        except KeyError as error:
            seen.append(error.args[0])
            try:
                yield 3
            finally:
                seen.append(here())
        return "over"

    def delegating() -> Generator[int, str, None]:
        seen.append((yield from body()))

    generator = body()
    assert next(generator) == 1
    assert (generator.send("sent"), generator.throw(KeyError("thrown"))) == (2, 3)
    generator.close()
    assert seen == ["sent", "thrown", "s1"]
    assert list(delegating()) == [1, 2]
    assert seen[3:] == [None, "over"]


async def test_an_asynchronous_generator_is_sent_to_thrown_into_and_closed_as_before() -> None:
    seen: list[Any] = []

    @session("s1")
    async def body() -> AsyncGenerator[int, str]:
        try:
            seen.append((yield 1))
            yield 2
        except KeyError as error:
            seen.append(error.args[0])
            try:
                yield 3
            finally:
                await asyncio.sleep(0)
                seen.append(here())

    generator = body()
    assert await anext(generator) == 1
    assert await generator.asend("sent") == 2
    assert await generator.athrow(KeyError("thrown")) == 3
    await generator.aclose()
    assert seen == ["sent", "thrown", "s1"]
    with pytest.raises(StopAsyncIteration):
        await anext(generator)


def test_what_a_body_raises_is_raised() -> None:
    @session("s1")
    def body() -> Iterator[int]:
        yield 1
        raise KeyError("of the body")

    generator = body()
    assert next(generator) == 1
    with pytest.raises(KeyError, match="of the body"):
        next(generator)
    assert here() is None


def test_each_call_is_a_trace_of_its_own_and_a_generator_one_trace() -> None:
    @trace()
    def call() -> str | None:
        return current().trace_id

    @trace()
    def steps() -> Iterator[tuple[str | None, str | None]]:
        for _ in range(2):
            yield current().trace_id, current().span_id

    assert call() != call()
    first, second = steps()
    assert first == second
    assert None not in first
    with trace("outer"):
        assert call() == "outer"


async def test_methods_partials_and_objects_that_are_called() -> None:
    class Agent:
        @session("s1")
        async def answer(self, text: str) -> tuple[str, str | None]:
            return text, here()

        async def __call__(self, text: str) -> tuple[str, str | None]:
            return await Agent.answer.__wrapped__(self, text)  # type: ignore[attr-defined, no-any-return]

    async def wait(text: str) -> tuple[str, str | None]:
        return text, here()

    callables: list[Callable[[str], Any]] = [
        Agent().answer,
        session("s1")(Agent()),
        session("s1")(partial(wait)),
    ]
    for call in callables:
        assert await call("x") == ("x", "s1")


def test_a_block_is_entered_once() -> None:
    block = session("s1")
    with block as name:
        assert (name, here()) == ("s1", "s1")
        with pytest.raises(RuntimeError, match="this block was entered before; make a new one"):
            block.__enter__()
    assert here() is None
