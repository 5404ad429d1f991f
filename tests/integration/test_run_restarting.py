"""A process that dies comes back."""

import os
import signal

import pytest

from tests.integration.running_studio import RunningStudio, until


@pytest.fixture
def studio(tmp_path):
    with RunningStudio(tmp_path / "ws") as running:
        until(lambda: running.pid_of("shell") and running.pid_of("studioweb"), "both processes")
        yield running


def killed(studio, command):
    pid = studio.pid_of(command)
    os.kill(pid, signal.SIGKILL)
    return pid


def test_a_killed_worker_comes_back(studio):
    before = killed(studio, "shell")
    until(lambda: studio.pid_of("shell") not in (None, before), "another worker")
    assert "The worker was ended by signal 9; it is started again in 0.1 s." in studio.output


def test_the_real_worker_runs_and_comes_back(tmp_path):
    with RunningStudio(tmp_path / "ws", worker=None) as studio:
        until(lambda: (tmp_path / "ws" / "studio" / "index" / "CURRENT").exists(), "an index")
        before = killed(studio, "logworker")
        until(lambda: studio.pid_of("logworker") not in (None, before), "another worker")
        assert studio.end(signal.SIGTERM) == 0


def test_a_killed_web_server_comes_back_and_no_client_is_refused_meanwhile(studio):
    for _ in range(3):
        before = killed(studio, "studioweb")
        assert studio.request("GET", "/").status == 302
        assert studio.pid_of("studioweb") != before


def test_a_worker_that_cannot_start_leaves_the_pages_alone(tmp_path):
    with RunningStudio(tmp_path / "ws", worker=("nosuchcommand",)) as studio:
        until(lambda: studio.output.count("it is started again in") >= 3, "three tries")
        assert "The worker ended with exit code 1; it is started again in 0.4 s." in studio.output
        assert studio.request("GET", "/").status == 302
        assert studio.end(signal.SIGTERM) == 0
