"""A whole Studio for tests: supervisor, web and worker as real processes on a free port."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from tests.ports import free_port

CHECKOUT = Path(__file__).resolve().parents[2]
DEADLINE_SECONDS = 120.0
"""Nobody waits so long but on a machine that is in trouble."""
IDLE_WORKER = ("shell", "--no-imports", "-c", "import signal; signal.pause()")
"""Stands in for the worker where a test is about the supervisor only."""

PATIENT_SUPERVISOR = """
import sys
from studio import service, supervisor
service.HEALTHY_RUN_SECONDS = supervisor.GRACE_SECONDS = 3600.0
sys.exit(supervisor.main(worker=WORKER))
"""
"""On a slow machine it kills nothing for being slow, and takes no slow failure for a healthy run.

The worker may be another one than the Studio's.
"""

Found = TypeVar("Found")


def until(ask: Callable[[], Found], what: str) -> Found:
    """Ask until the answer is true; fail with the last answer at the deadline."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"{what}: still {answer!r} after {DEADLINE_SECONDS} s"
        time.sleep(0.02)
    return answer


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(parent: int) -> dict[int, str]:
    """Command lines of the living children, by pid."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            ppid = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if ppid == parent and command:
            found[int(folder.name)] = command
    return found


class RunningStudio:
    """`manage.py studio` in a workspace, with `settings` as environment variables."""

    def __init__(
        self, workspace: Path, worker: tuple[str, ...] | None = IDLE_WORKER, **settings: str
    ) -> None:
        self.workspace = workspace
        chosen = settings.get("STUDIO_PORT", "")
        self.port = int(chosen) if chosen.isdigit() else free_port()
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("STUDIO_")
        }
        self.environ = {
            **inherited,
            "DJANGO_SETTINGS_MODULE": "studio.settings",
            "STUDIO_WORKSPACE": str(workspace),
            "STUDIO_PORT": str(self.port),
            **settings,
        }
        self.command = [sys.executable, "manage.py", "studio"]
        if worker is not None:
            self.command = [sys.executable, "-c", f"WORKER = {worker!r}\n{PATIENT_SUPERVISOR}"]
        beside = next(folder for folder in workspace.parents if folder.is_dir())
        self.log = beside / f"{workspace.name}-{uuid.uuid4().hex}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "RunningStudio":
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command, cwd=CHECKOUT, env=self.environ, stdout=log, stderr=log
            )
        return self

    def __enter__(self) -> "RunningStudio":
        self.start()
        try:
            until(self.is_announced_or_over, "the first page")
            assert "LLM Logs is at" in self.output
        except AssertionError as problem:
            self.end(signal.SIGTERM)
            raise AssertionError(f"{problem}; its last words: {self.output[-4000:]}") from None
        return self

    def __exit__(self, *exc: object) -> None:
        self.end(signal.SIGTERM)

    def is_announced_or_over(self) -> bool:
        return "LLM Logs is at" in self.output or self.running.poll() is not None

    @property
    def running(self) -> subprocess.Popen[bytes]:
        assert self.process is not None
        return self.process

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def end(self, signal_number: int) -> int:
        """Send the signal, wait for the end, return the exit code."""
        if self.running.poll() is None:
            self.running.send_signal(signal_number)
        return self.running.wait(DEADLINE_SECONDS)

    def refusal(self) -> tuple[int, str]:
        """Exit code and output of an instance that is expected not to start."""
        self.start()
        return self.running.wait(DEADLINE_SECONDS), self.output

    def pid_of(self, command: str) -> int | None:
        """The pid of the child whose command line has this word."""
        commands = children(self.running.pid)
        return next((pid for pid, line in commands.items() if f" {command} " in line), None)

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
        connect_to: str = "127.0.0.1",
    ) -> "Answer":
        """One HTTP/1.1 exchange, byte by byte: nothing is added but Host and Content-Length."""
        sent = {"Host": f"{connect_to}:{self.port}", "Connection": "close", **(headers or {})}
        if body:
            sent["Content-Length"] = str(len(body))
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        with socket.create_connection((connect_to, self.port), DEADLINE_SECONDS) as connection:
            connection.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body)
            return read_answer(connection)


class Answer:
    """Status, headers (names in lower case) and body of an HTTP answer."""

    def __init__(self, head: bytes, body: bytes) -> None:
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1])
        pairs = (line.partition(":") for line in lines[1:] if line)
        self.headers = {name.lower(): value.strip() for name, _, value in pairs}
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def read_answer(connection: socket.socket) -> Answer:
    """Read to the end of the answer: its Content-Length, else the end of the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        received = connection.recv(65_536)
        assert received, f"The connection ended within the head: {data!r}"
        data += received
    head, _, body = data.partition(b"\r\n\r\n")
    answer = Answer(head, body)
    length = int(answer.headers.get("content-length", 2**62))
    while len(answer.body) < length and (received := connection.recv(65_536)):
        answer.body += received
    return answer
