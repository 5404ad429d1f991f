"""Starts everything and keeps it running: `manage.py studio`.

In: the environment. It checks the settings, locks the workspace, opens the port, migrates the
database, then keeps two processes alive, the web server and the worker. Out: exit code 0 after
SIGINT or SIGTERM with every process gone, or one sentence and exit code 1 when it refuses.
It sleeps until a signal or a restart is due, and imports neither Django nor anything else of
weight: it is there all the time.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

from studio import env
from studio.announce import announce_when_it_answers
from studio.env import Environment, InvalidSetting
from studio.listening import open_listening_socket
from studio.refusal import Refusal
from studio.service import CHECKOUT, Service, management_command
from studio.workspace import make_folders, make_secret_key, take_lock

GRACE_SECONDS = 10.0
"""How long a process may take to end before it is killed."""
OWNER_ONLY = 0o077
WORKER = ("logworker", "--skip-checks")
"""Checks would load every route into a process that serves none."""
_END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(environ: Mapping[str, str] = os.environ, worker: Sequence[str] = WORKER) -> int:
    """Run the Studio until it is told to end; `worker` is the worker's management command."""
    try:
        environment = env.read(environ)
        refuse_unprotected(environment)
        for sentence in env.misspelt(environ):
            _say(sentence)
        return _run(environment, worker)
    except (InvalidSetting, Refusal) as problem:
        _say(str(problem))
        return 1


def refuse_unprotected(environment: Environment) -> None:
    """A Studio that other machines can reach has a password."""
    if environment.is_open and not environment.password:
        raise Refusal(
            f"STUDIO_HOST is '{environment.host}', which other machines can reach, and "
            "STUDIO_PASSWORD is not set; expected a password for any address beyond loopback; "
            "set STUDIO_PASSWORD, or leave STUDIO_HOST at 127.0.0.1."
        )


def _run(environment: Environment, worker: Sequence[str]) -> int:
    os.umask(OWNER_ONLY)
    make_folders(environment.workspace)
    lock = take_lock(environment.workspace, _holder(environment))
    make_secret_key(environment.workspace)
    os.environ["STUDIO_WORKSPACE"] = str(environment.workspace)
    with (
        _wakeups() as wakeups,
        _lifeline() as lifeline,
        open_listening_socket(environment.host, environment.port) as listening,
    ):
        _migrate(lifeline, lock)
        announce_when_it_answers(environment.host, environment.port, environment.workspace)
        services = _services(listening, lifeline, lock, worker)
        try:
            _tend(services, wakeups)
        finally:
            _end(services, wakeups)
    return 0


def _holder(environment: Environment) -> dict[str, str | int]:
    return {"pid": os.getpid(), "host": environment.host, "port": environment.port}


def _services(
    listening: socket.socket, lifeline: int, lock: int, worker: Sequence[str]
) -> tuple[Service, ...]:
    web = management_command(lifeline, "studioweb", str(listening.fileno()))
    return (
        Service("web server", web, (lifeline, lock, listening.fileno())),
        Service("worker", management_command(lifeline, *worker), (lifeline, lock)),
    )


def _migrate(lifeline: int, lock: int) -> None:
    command = management_command(lifeline, "migrate", "--skip-checks", "--verbosity", "0")
    done = subprocess.run(command, cwd=CHECKOUT, pass_fds=(lifeline, lock), check=False)
    if done.returncode and not _Signals.received:
        raise Refusal(
            f"The Studio's database could not be brought up to date (exit code {done.returncode}, "
            "the reason stands above); expected a database of this version or an older one; "
            "restore it from a backup, or run the version that wrote it."
        )


def _tend(services: Sequence[Service], wakeups: socket.socket) -> None:
    """Keep the services running until a signal asks for the end."""
    while not _Signals.received:
        now = time.monotonic()
        for service in services:
            sentence = service.tend(now)
            if sentence:
                _say(sentence)
        waits = [service.seconds_until_due(now) for service in services]
        _sleep(wakeups, min((wait for wait in waits if wait is not None), default=None))


def _end(services: Sequence[Service], wakeups: socket.socket) -> None:
    """End every service: asked first, killed after the grace or at a second signal."""
    asked_at = time.monotonic()
    received = _Signals.received
    for service in services:
        service.send(signal.SIGTERM)
    while any(service.is_running for service in services):
        left = asked_at + GRACE_SECONDS - time.monotonic()
        if left <= 0 or _Signals.received > received:
            for service in services:
                service.send(signal.SIGKILL)
        _sleep(wakeups, max(left, 0.1))


def _sleep(wakeups: socket.socket, seconds: float | None) -> None:
    if select.select([wakeups], [], [], seconds)[0]:
        wakeups.recv(4096)


class _Signals:
    """How many signals have asked for the end."""

    received = 0

    @classmethod
    def count(cls, number: int, frame: FrameType | None) -> None:
        cls.received += 1


@contextmanager
def _wakeups() -> Iterator[socket.socket]:
    """A socket that becomes readable with every signal, the end of a child included."""
    readable, writable = socket.socketpair()
    with readable, writable:
        readable.setblocking(False)
        writable.setblocking(False)
        signal.set_wakeup_fd(writable.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        for number in _END_SIGNALS:
            signal.signal(number, _Signals.count)
        yield readable
        signal.set_wakeup_fd(-1)


@contextmanager
def _lifeline() -> Iterator[int]:
    """The reading end of a pipe for children to hold: it ends when this process is gone."""
    reading, writing = os.pipe()
    try:
        yield reading
    finally:
        os.close(reading)
        os.close(writing)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
