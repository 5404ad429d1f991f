"""Sessions, traces and tags, and whom they reach."""

import asyncio
import contextvars
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from agents_sdk import session, tags, trace
from agents_sdk.context import (
    context_fields,
    current,
    is_suppressed,
    notify_observer,
    observe_calls,
    parent_span,
    stop_observing,
    suppressed,
)


def fields() -> dict[str, object]:
    found = context_fields(current(), "0" * 16)
    assert found.pop("span_id") == "0" * 16
    return found


def test_outside_of_every_block_there_is_nothing() -> None:
    assert fields() == {}


def test_blocks_add_up_and_end() -> None:
    with session("s1", team="a"), tags(step=1):
        with tags(step=2):
            assert fields() == {"session_id": "s1", "tags": {"team": "a", "step": 2}}
        assert fields()["tags"] == {"team": "a", "step": 1}
    assert fields() == {}


def test_a_trace_inside_a_trace_is_one_level_deeper() -> None:
    with trace() as outer:
        first = fields()
        with trace() as inner:
            second = fields()
        with trace("of-their-own") as own:
            assert own == "of-their-own"
    assert outer == inner == first["trace_id"] == second["trace_id"]
    assert first["parent_span_id"] != second["parent_span_id"]


def test_a_span_of_somebody_else_can_be_the_parent() -> None:
    with parent_span("t1", "s1"):
        assert fields() == {"trace_id": "t1", "parent_span_id": "s1"}


async def test_tasks_inherit_and_do_not_leak() -> None:
    async def inside(name: str) -> object:
        with session(name):
            await asyncio.sleep(0)
            return fields()["session_id"], fields()["tags"]

    with tags(run="all"):
        found = await asyncio.gather(inside("a"), inside("b"))
    assert found == [("a", {"run": "all"}), ("b", {"run": "all"})]
    assert fields() == {}


def test_a_thread_starts_without_unless_it_is_given_the_context() -> None:
    seen: list[dict[str, object]] = []
    with session("s1"):
        given = contextvars.copy_context()
        for run in (
            lambda: seen.append(fields()),
            lambda: given.run(lambda: seen.append(fields())),
        ):
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
    assert seen == [{}, {"session_id": "s1"}]


def test_suppression_ends_with_its_block() -> None:
    with suppressed():
        with suppressed():
            assert is_suppressed()
        assert is_suppressed()
    assert not is_suppressed()


BLOCKS = [lambda: session("s1"), trace, lambda: tags(step=1), suppressed]


@pytest.mark.parametrize("block", BLOCKS, ids=["session", "trace", "tags", "suppressed"])
def test_a_block_may_end_in_another_context_than_it_began(
    block: Callable[[], AbstractContextManager[object]],
) -> None:
    def steps() -> Iterator[int]:
        with block():
            yield 1

    generator = steps()
    assert contextvars.copy_context().run(next, generator, None) == 1
    assert contextvars.copy_context().run(next, generator, None) is None
    assert (fields(), is_suppressed()) == ({}, False)


async def test_an_asynchronous_generator_may_be_read_by_several_tasks() -> None:
    async def steps() -> AsyncIterator[int]:
        with session("s1"):
            yield 1

    generator = steps()
    reads = [await asyncio.create_task(anext(generator, None)) for _ in range(2)]  # type: ignore[arg-type]
    assert reads == [1, None]


def test_a_framework_hears_of_the_calls_of_its_own_time_alone() -> None:
    earlier = observe_calls()
    observer = observe_calls()
    stop_observing(earlier)
    notify_observer()
    assert (earlier.was_recorded, observer.was_recorded) == (False, True)
    late = observe_calls()
    contextvars.copy_context().run(stop_observing, late)
    notify_observer()
    assert not late.was_recorded


class TimeIsUp(Exception):
    """What a signal handler raises, at whatever line the program is."""


@pytest.mark.parametrize("steps", range(16))
@pytest.mark.parametrize("part", [suppressed.__enter__, suppressed.__exit__])
def test_an_exception_that_strikes_at_either_end_of_a_block_leaves_nothing_suppressed(
    part: Callable[..., None], steps: int
) -> None:
    left = steps

    def strike(frame: Any, event: str, _: Any) -> Any:
        nonlocal left
        if frame.f_code is not part.__code__:
            return None
        frame.f_trace_opcodes = True
        left -= 1
        if left < 0:
            raise TimeIsUp
        return strike

    before = sys.gettrace()
    try:
        sys.settrace(strike)
        with suppressed():
            pass
    except TimeIsUp:
        pass
    finally:
        sys.settrace(before)
    assert not is_suppressed()
