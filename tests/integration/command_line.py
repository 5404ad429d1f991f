"""`python -m agents_sdk logs` as it is started: in a pipe, in a terminal, and to follow."""

import errno
import json
import os
import pty
import signal
import subprocess
import sys
import threading
from pathlib import Path
from queue import Queue
from typing import IO, Any

CHECKOUT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "agents_sdk", "logs"]
DEADLINE_SECONDS = 120.0


def environment(url: str, **variables: str) -> dict[str, str]:
    """As in a shell that knows of this Studio and of nothing else that matters here."""
    ours = ("NO_COLOR", "COLUMNS", "TERM")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    settings = {"PYTHONPATH": str(CHECKOUT), "AGENTS_SDK_URL": url, "TZ": "UTC"}
    return {**kept, **settings, **variables}


def run(url: str, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """In a pipe, to its end."""
    return subprocess.run(
        [*COMMAND, *arguments], env=environment(url, **variables), capture_output=True,
        text=True, encoding="utf-8", timeout=DEADLINE_SECONDS, check=False,
    )  # fmt: skip


def json_lines(done: "subprocess.CompletedProcess[str]") -> list[Any]:
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def run_in_terminal(url: str, *arguments: str, **variables: str) -> str:
    """What a terminal of 120 columns receives."""
    master, slave = pty.openpty()
    settings = {"TERM": "xterm-256color", "COLUMNS": "120", **variables}
    with subprocess.Popen(
        [*COMMAND, *arguments], env=environment(url, **settings), stdin=slave, stdout=slave,
        stderr=slave,
    ) as process:  # fmt: skip
        os.close(slave)
        received = _everything(master)
        assert process.wait(DEADLINE_SECONDS) == 0, received
    os.close(master)
    return received.replace("\r\n", "\n")


def _everything(master: int) -> str:
    received = b""
    while True:
        try:
            piece = os.read(master, 65_536)
        except OSError as error:
            assert error.errno == errno.EIO  # how Linux says that the other side is closed
            piece = b""
        if not piece:
            return received.decode()
        received += piece


class Following:
    """A `tail` that runs until it is interrupted."""

    def __init__(self, url: str, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "tail", *arguments], env=environment(url), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        self._readers: list[threading.Thread] = []
        self._lines = self._read(self.process.stdout)
        self._sentences = self._read(self.process.stderr)

    def __enter__(self) -> "Following":
        return self

    def __exit__(self, *exc: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(DEADLINE_SECONDS)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def ids(self, count: int) -> list[str]:
        """The log ids of the next lines."""
        return [json.loads(self.line())["log_id"] for _ in range(count)]

    def line(self) -> str:
        return self._lines.get(timeout=DEADLINE_SECONDS)

    def sentence(self) -> str:
        return self._sentences.get(timeout=DEADLINE_SECONDS)

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(DEADLINE_SECONDS)

    def rest(self) -> tuple[list[str], list[str]]:
        """What else came on both streams, once it has ended."""
        for reader in self._readers:
            reader.join(DEADLINE_SECONDS)
        return list(self._lines.queue), list(self._sentences.queue)

    def _read(self, stream: IO[str] | None) -> "Queue[str]":
        found: Queue[str] = Queue()

        def read() -> None:
            for line in stream or ():
                found.put(line)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        self._readers.append(reader)
        return found
