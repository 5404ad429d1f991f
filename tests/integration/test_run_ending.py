"""Everything ends together: asked, killed, or orphaned."""

import signal
import socket

import pytest

from tests.integration.running_studio import RunningStudio, children, is_alive, until

DEAF = "import signal; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
DEAF_WORKER = ("shell", "--no-imports", "-c", DEAF)


@pytest.fixture
def studio(tmp_path):
    with RunningStudio(tmp_path / "ws") as running:
        until(lambda: running.pid_of("shell") and running.pid_of("studioweb"), "both processes")
        yield running


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_process_with_exit_code_0(studio, number):
    pids = children(studio.running.pid)
    assert len(pids) == 2
    assert studio.end(number) == 0
    assert [pid for pid in pids if is_alive(pid)] == []
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", studio.port))


def test_open_connections_do_not_hold_up_the_end(studio):
    with socket.create_connection(("127.0.0.1", studio.port)) as idle:
        idle.sendall(b"POST /api/send_event HTTP/1.1\r\nContent-Length: 50\r\n\r\n{")
        assert studio.end(signal.SIGTERM) == 0, "nobody waits for the hour that processes have"


def test_a_signal_while_starting_ends_it_too(tmp_path):
    studio = RunningStudio(tmp_path / "ws").start()
    until(lambda: children(studio.running.pid), "the first child")
    assert studio.end(signal.SIGTERM) == 0
    assert children(studio.running.pid) == {}


def test_no_process_outlives_a_killed_supervisor(studio):
    pids = children(studio.running.pid)
    studio.end(signal.SIGKILL)
    until(lambda: not any(is_alive(pid) for pid in pids), "the end of every process")


def test_after_a_killed_supervisor_the_next_one_waits_for_its_rest(tmp_path):
    with RunningStudio(tmp_path / "ws", worker=DEAF_WORKER) as studio:
        until(lambda: "deaf" in studio.output, "a worker that ignores SIGTERM")
        pids = children(studio.running.pid)
        studio.end(signal.SIGKILL)
        with RunningStudio(studio.workspace, STUDIO_PORT=str(studio.port)) as following:
            assert not any(is_alive(pid) for pid in pids)
            assert following.request("GET", "/").status == 302


def test_a_worker_that_ignores_the_signal_is_killed_at_the_second(tmp_path):
    with RunningStudio(tmp_path / "ws", worker=DEAF_WORKER) as studio:
        until(lambda: "deaf" in studio.output, "a worker that ignores SIGTERM")
        studio.running.send_signal(signal.SIGINT)
        until(lambda: studio.pid_of("studioweb") is None, "the end of the web server")
        assert studio.pid_of("shell")
        assert studio.end(signal.SIGINT) == 0, "nobody waits for the hour that processes have"
