"""The demo from beginning to end: workspace, history, Studio, agents, and nothing left behind.

In: the environment, as `make run` has it. Out: exit code 0 after Ctrl-C or SIGTERM with every
process gone, or one sentence and exit code 1. The Studio hangs on a lifeline: it ends even if this
process is killed.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib import import_module
from typing import IO

from demo import history, workspace
from demo.cast import CAST
from studio import env
from studio.announce import url_host
from studio.env import Environment, InvalidSetting
from studio.refusal import Refusal
from studio.service import CHECKOUT, management_command

GRACE_SECONDS = 15.0
_ASK_EVERY_SECONDS = 0.2
_ANNOUNCEMENT = b"LLM Logs is at "
_WATCH_EVERY_SECONDS = 0.5
_END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Play until told to end."""
    if not os.environ.get("STUDIO_WORKSPACE"):
        os.environ["STUDIO_WORKSPACE"] = str(CHECKOUT / workspace.DEFAULT)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        environment = env.read(os.environ)
        workspace.claim(environment.workspace, CHECKOUT)
        return _play(environment)
    except (InvalidSetting, Refusal) as problem:
        print(problem, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 0


def _play(environment: Environment) -> int:
    os.umask(0o077)
    folder = environment.workspace
    if history.is_wanted(folder, time.time()):
        print(history.written(folder, CAST), flush=True)
    with _studio() as (process, is_there):
        asyncio.run(_perform(environment, process, is_there))
    return process.returncode


@contextlib.contextmanager
def _studio() -> Iterator[tuple[subprocess.Popen[bytes], threading.Event]]:
    """The Studio as a child, and whether it has said where it is.

    In a session of its own: Ctrl-C is passed on once, by us, at last. Only its own word counts:
    on a port that is taken somebody else's Studio would answer, whose workspace is not ours.
    """
    reading, writing = os.pipe()
    process = subprocess.Popen(
        management_command(reading, "studio"),
        cwd=CHECKOUT,
        pass_fds=(reading,),
        start_new_session=True,
        stdout=subprocess.PIPE,
    )
    os.close(reading)
    is_there = threading.Event()
    relay = threading.Thread(target=_relay, args=(process.stdout, is_there), daemon=True)
    relay.start()
    try:
        yield process, is_there
    finally:
        _end(process)
        os.close(writing)
        relay.join(_ASK_EVERY_SECONDS)


def _relay(output: IO[bytes], is_there: threading.Event) -> None:
    """Pass on what the Studio prints; the line with its address opens the play."""
    for line in output:
        sys.stdout.write(line.decode("utf-8", "replace"))
        sys.stdout.flush()
        if line.startswith(_ANNOUNCEMENT):
            is_there.set()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end; a second Ctrl-C asks a second time, which it takes for haste."""

    def hurry(number: int, frame: object) -> None:
        process.send_signal(signal.SIGTERM)

    for number in _END_SIGNALS:
        signal.signal(number, hurry)
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


async def _perform(
    environment: Environment, process: subprocess.Popen[bytes], is_there: threading.Event
) -> None:
    over = asyncio.Event()
    for number in _END_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    tasks = [
        asyncio.create_task(over.wait()),
        asyncio.create_task(_ended(process)),
        asyncio.create_task(_work(environment, is_there)),
    ]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _ended(process: subprocess.Popen[bytes]) -> None:
    """Without the Studio there is no play."""
    while process.poll() is None:
        await asyncio.sleep(_WATCH_EVERY_SECONDS)


async def _work(environment: Environment, is_there: threading.Event) -> None:
    # Loaded here: the Studio starts while the client libraries load, which takes seconds.
    network = await asyncio.to_thread(import_module, "demo.live")
    while not is_there.is_set():
        await asyncio.sleep(_ASK_EVERY_SECONDS)
    url = f"http://{url_host(environment.host)}:{environment.port}"
    await network.live(CAST, environment.workspace, url, environment.network_password)
