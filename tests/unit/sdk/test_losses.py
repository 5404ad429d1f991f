"""What an agent's own log says of lost entries: every reason with its count, one line a minute."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections import UserDict
from collections.abc import Callable, ItemsView
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_sdk.delivery import Deliveries
from agents_sdk.losses import MAX_REASON_CHARS, as_reason
from agents_sdk.unsaid import MAX_AGENTS, MAX_REASONS, OTHER_AGENTS, OTHER_REASONS, Unsaid
from tests.house.checkout import ROOT


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def deliveries(clock: Clock) -> Deliveries:
    return Deliveries("bot", monotonic=clock)


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    caplog.set_level(logging.WARNING, "agents_sdk")
    return lambda: [record.getMessage() for record in caplog.records]


def test_losses_of_a_minute_are_one_line_with_every_reason_and_its_count(
    deliveries: Deliveries, clock: Clock, said: Callable[[], list[str]]
) -> None:
    deliveries.drop("the spool is full")
    for _ in range(500):
        deliveries.drop("the spool is full")
        deliveries.drop("refused: not wanted")
    clock.now = 60.0
    deliveries.warn()
    deliveries.warn()
    assert said() == [
        "LLM log entries of agent bot were lost: the spool is full (1 so far)",
        "LLM log entries of agent bot were lost: "
        "the spool is full (501 so far); refused: not wanted (500 so far)",
    ]


def test_a_thousand_different_reasons_are_still_one_line(
    deliveries: Deliveries, clock: Clock, said: Callable[[], list[str]]
) -> None:
    for number in range(1000):
        deliveries.drop(f"refused: number {number}")
    clock.now = 61.0
    deliveries.warn()
    assert len(said()) == 2
    assert said()[1].count("refused: number") == 4
    assert said()[1].endswith("for other reasons (46 so far)")
    assert f"{OTHER_REASONS} (950 so far)" in said()[1]
    assert len(deliveries.report().dropped) == MAX_REASONS + 1


def test_many_threads_get_one_line_and_lose_no_count(
    deliveries: Deliveries, said: Callable[[], list[str]]
) -> None:
    start = threading.Barrier(20)

    def lose() -> None:
        start.wait()
        for _ in range(100):
            deliveries.drop("no room")

    threads = [threading.Thread(target=lose) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said()) == 1
    assert deliveries.report().dropped == {"no room": 2000}


def test_processes_forked_from_one_logger_take_turns_with_its_line(
    clock: Clock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    deliveries = Deliveries("bot", monotonic=clock)
    path = tmp_path_factory.mktemp("log") / "log.txt"
    handler = logging.FileHandler(path)
    logging.getLogger("agents_sdk").addHandler(handler)
    try:
        for _ in range(5):
            child = os.fork()
            if child == 0:
                signal.alarm(120)
                deliveries.drop("no room")
                os._exit(0 if deliveries.report().dropped == {"no room": 1} else 1)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        logging.getLogger("agents_sdk").removeHandler(handler)
        handler.close()
    assert len(path.read_text().splitlines()) == 1


def test_a_child_counts_for_itself_although_its_parent_was_counting_at_the_fork(
    deliveries: Deliveries,
) -> None:
    deliveries.count_written()
    instance = deliveries.instance
    deliveries._lock.acquire()  # as another thread would hold it at the moment of the fork
    child = os.fork()
    if child == 0:
        signal.alarm(120)
        at_zero = deliveries.report().written == 0 and deliveries.instance != instance
        done = threading.Thread(target=deliveries.count_written)
        done.start()
        done.join()
        os._exit(0 if at_zero and deliveries.report().written == 1 else 1)
    deliveries._lock.release()
    assert os.waitpid(child, 0)[1] == 0
    assert (deliveries.report().written, deliveries.instance) == (1, instance)


LOSES_AND_ENDS = """
import gc, os, sys
import agents_sdk

nowhere = sys.argv[1]

def lose(logger, calls):
    for _ in range(calls):
        logger.log_call_sync("m", "p", [], None, None, 1)

logger = agents_sdk.LLMCallLogger(nowhere, "dropped")
lose(logger, 5)
del logger
for calls in (2, 3):
    logger = agents_sdk.LLMCallLogger(nowhere, "rebound")
    lose(logger, calls)
logger.me = logger
del logger
lose(agents_sdk.instrument("replaced", workspace=nowhere), 4)
agents_sdk.instrument("quiet", workspace=nowhere)
gc.collect()
if os.fork() == 0:
    sys.exit()
os.wait()
"""


def test_a_logger_that_is_gone_leaves_its_losses_to_the_end_of_the_program(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = subprocess.run(
        [sys.executable, "-c", LOSES_AND_ENDS, str(tmp_path / "file")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    said = [line for line in ended.stderr.splitlines() if "(1 so far)" not in line]
    assert sorted(said) == [
        f"LLM log entries of agent {name} were lost: Not a directory ({calls} so far)"
        for name, calls in (("dropped", 5), ("rebound", 5), ("replaced", 4))
    ]


def test_a_loss_that_was_said_is_not_left_to_the_end(said: Callable[[], list[str]]) -> None:
    unsaid = Unsaid()
    deliveries = Deliveries("bot")
    deliveries.drop("no room")
    deliveries.__del__(unsaid)
    assert unsaid.by_agent() == {}
    deliveries.drop("no room")
    deliveries.__del__(unsaid)
    assert unsaid.by_agent() == {"bot": {"no room": 2}}
    assert len(said()) == 1


def test_a_logger_may_go_while_the_counts_of_another_are_put_down() -> None:
    """As when garbage is collected in the middle of it, in the same thread."""
    unsaid = Unsaid()

    class Interrupted(UserDict[str, int]):
        def items(self) -> ItemsView[str, int]:
            unsaid.leave("second", {"no room": 2})
            return super().items()

    unsaid.leave("first", Interrupted({"no room": 1}))
    assert unsaid.by_agent() == {"first": {"no room": 1}, "second": {"no room": 2}}


def test_loggers_that_go_leave_a_bounded_number_of_counts_and_lose_none() -> None:
    unsaid = Unsaid()
    start = threading.Barrier(8)

    def leave() -> None:
        start.wait()
        for number in range(2 * MAX_AGENTS):
            unsaid.leave(f"agent{number}", {f"reason {number}": 1, f"other {number}": 2})

    threads = [threading.Thread(target=leave) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    left = unsaid.by_agent()
    assert (len(left), len(left[OTHER_AGENTS])) == (MAX_AGENTS + 1, MAX_REASONS + 1)
    assert sum(counts.total() for counts in left.values()) == 8 * 2 * MAX_AGENTS * 3


@given(st.text(max_size=600))
def test_a_servers_words_become_one_bounded_printable_line(text: str) -> None:
    reason = as_reason(text)
    assert len(reason) <= MAX_REASON_CHARS
    assert reason == "" or reason.isprintable()
