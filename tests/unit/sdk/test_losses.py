"""What an agent's own log says of lost entries: every reason with its count, one line a minute."""

import logging
import os
import signal
import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_sdk.delivery import MAX_REASONS, OTHER_REASONS, Deliveries
from agents_sdk.losses import MAX_REASON_CHARS, as_reason


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


@given(st.text(max_size=600))
def test_a_servers_words_become_one_bounded_printable_line(text: str) -> None:
    reason = as_reason(text)
    assert len(reason) <= MAX_REASON_CHARS
    assert reason == "" or reason.isprintable()
