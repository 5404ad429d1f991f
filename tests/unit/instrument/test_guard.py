"""What becomes of exceptions inside the recording: ours stay here, the program's go on to it."""

import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from agents_sdk import LLMCallLogger
from agents_sdk.instrumentation.guard import problems, shielded


class TimeIsUp(Exception):
    """What the program raises in its signal handler, to limit its own time."""


class Limit:
    """Handlers of the kinds that programs have."""

    def method(self, *_: Any) -> None:
        raise TimeIsUp

    def __call__(self, *_: Any) -> None:
        raise TimeIsUp

    def deeper(self, *_: Any) -> None:
        self.method()


@pytest.fixture(params=["method", "object", "partial", "function"])
def handled(request: pytest.FixtureRequest) -> Iterator[None]:
    kinds = {
        "method": Limit().deeper,
        "object": Limit(),
        "partial": partial(Limit.method, Limit()),
        "function": lambda *_: Limit().method(),
    }
    before = signal.signal(signal.SIGUSR1, kinds[request.param])
    yield
    signal.signal(signal.SIGUSR1, before)


def struck() -> None:
    signal.raise_signal(signal.SIGUSR1)


@pytest.mark.usefixtures("handled")
def test_what_a_signal_handler_raises_goes_through_and_is_no_problem_of_ours() -> None:
    before = problems()
    with pytest.raises(TimeIsUp):
        shielded(struck)()
    assert problems() == before


@pytest.mark.usefixtures("handled")
def test_a_handler_hides_no_failure_of_our_own() -> None:
    before = sum(problems().values())

    def fail() -> None:
        raise TimeIsUp

    assert shielded(fail)() is None
    assert sum(problems().values()) == before + 1


@pytest.mark.usefixtures("handled")
def test_an_entry_that_a_signal_handler_cut_short_is_counted_and_the_program_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = LLMCallLogger(tmp_path, "bot")
    monkeypatch.setattr(logger, "_clock", struck)
    with pytest.raises(TimeIsUp):
        logger.log_call_sync("m", "p", [], None, None, 1.0)
    assert sum(logger.delivery_report().dropped.values()) == 1
