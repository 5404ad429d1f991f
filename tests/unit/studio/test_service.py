"""When a process that ended is started again. Real processes, a clock in the hand."""

import sys

import pytest

from studio.service import HEALTHY_RUN_SECONDS, Service, restart_delay_seconds


@pytest.fixture
def failing():
    return Service("worker", (sys.executable, "-c", "raise SystemExit(3)"))


def ended(service, now):
    service.tend(now)
    service.process.wait(30)


def test_the_delay_doubles_up_to_five_seconds():
    delays = [restart_delay_seconds(runs) for runs in range(8)]
    assert delays == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    assert restart_delay_seconds(10**9) == 5.0


def test_an_ended_process_is_told_of_and_started_again_when_due(failing):
    ended(failing, now=100.0)
    assert failing.tend(101.0) == (
        "The worker ended with exit code 3; it is started again in 0.1 s."
    )
    assert failing.seconds_until_due(101.0) == pytest.approx(0.1)
    assert failing.tend(101.05) is None
    assert not failing.is_running
    ended(failing, now=101.2)
    assert "in 0.2 s" in failing.tend(101.3)


def test_a_healthy_run_resets_the_delay(failing):
    ended(failing, now=100.0)
    failing.tend(100.0)
    ended(failing, now=101.0)
    assert "in 0.1 s" in failing.tend(101.0 + HEALTHY_RUN_SECONDS)


def test_a_killed_process_is_told_of():
    service = Service("worker", (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"))
    ended(service, now=0.0)
    assert service.tend(1.0) == "The worker was ended by signal 9; it is started again in 0.1 s."
