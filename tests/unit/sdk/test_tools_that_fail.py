"""What a tool does wrong is told to the model, in a text that can be sent."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from agents_sdk.orchestrator.tools import Outcome, as_tools, run


class Speechless(Exception):
    """Cannot say what happened."""

    def __str__(self) -> str:
        raise RuntimeError("no words")

    __repr__ = __str__


def fails_without_a_word() -> None:
    raise Speechless


def answers_without_a_word() -> object:
    return Speechless()


def cancels_itself() -> None:
    raise asyncio.CancelledError


async def is_cancelled_by_its_own_helper() -> None:
    helper = asyncio.create_task(asyncio.sleep(60))
    helper.cancel()
    await helper


def exits() -> None:
    raise SystemExit(3)


def says_half_a_character() -> str:
    return "Köln \ud800"


def fails_with_half_a_character() -> None:
    raise ValueError("no \ud800")


async def outcome_of(tool: Callable[..., Any]) -> Outcome:
    return await run(as_tools([tool]), tool.__name__, "{}")


@pytest.mark.parametrize(
    ("tool", "outcome"),
    [
        (fails_without_a_word, Outcome("error", "Error: Speechless")),
        (answers_without_a_word, Outcome("error", "Error: no words")),
        (cancels_itself, Outcome("error", "Error: CancelledError()")),
        (is_cancelled_by_its_own_helper, Outcome("error", "Error: CancelledError()")),
        (exits, Outcome("error", "Error: SystemExit: 3")),
        (says_half_a_character, Outcome("success", "Köln \N{REPLACEMENT CHARACTER}")),
        (fails_with_half_a_character, Outcome("error", "Error: no \N{REPLACEMENT CHARACTER}")),
    ],
)
async def test_whatever_a_tool_does_is_an_outcome(
    tool: Callable[..., Any], outcome: Outcome
) -> None:
    assert await outcome_of(tool) == outcome


async def test_a_run_that_is_cancelled_inside_a_tool_is_cancelled() -> None:
    started = asyncio.Event()

    async def waits() -> None:
        started.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(outcome_of(waits))
    await started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_an_interrupt_of_the_program_is_not_the_tools() -> None:
    def interrupts() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await outcome_of(interrupts)
