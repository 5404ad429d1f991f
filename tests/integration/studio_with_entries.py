"""A running Studio whose log files have known entries: what API, pages and feed tests ask."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agents_sdk.files.names import stem_of
from tests.factories import make_entry
from tests.integration.running_studio import DEADLINE_SECONDS, RunningStudio, until


def entry(number: int = 1, **overrides: Any) -> dict[str, Any]:
    """An entry of the last minutes, so that retention and rotation leave it alone."""
    return make_entry(number, **{"timestamp": round(time.time() - 600 + number, 3), **overrides})


def append(workspace: Path, *entries: dict[str, Any]) -> None:
    """Write entries to their agents' files, as a file-based logger does."""
    folder = workspace / "logs" / "llm"
    folder.mkdir(parents=True, exist_ok=True)
    for one in entries:
        with (folder / f"{stem_of(one['agent_id'])}.jsonl").open("ab") as stream:
            stream.write(json.dumps(one, ensure_ascii=False).encode() + b"\n")


@contextmanager
def studio_with(
    workspace: Path, *entries: dict[str, Any], **settings: str
) -> Iterator[RunningStudio]:
    """A Studio that has indexed these entries."""
    append(workspace, *entries)
    with RunningStudio(workspace, worker=None, **settings) as studio:
        wait_for_calls(studio, len(entries))
        yield studio


def wait_for_index(studio: RunningStudio) -> None:
    """Pages are there a moment before it, and the API answers 503 until then."""
    until((studio.workspace / "studio" / "index" / "CURRENT").exists, "an index")


def wait_for_calls(studio: RunningStudio, count: int) -> None:
    until(lambda: total(studio) >= count, f"{count} calls in the index")


def total(studio: RunningStudio) -> int:
    answer = studio.request("GET", "/api/llm-logs?limit=0")
    return int(answer.json["total_count"]) if answer.status == 200 else -1


class EventStream:
    """A reader of server-sent events, over a bare socket."""

    def __init__(self, studio: RunningStudio, path: str, **headers: str) -> None:
        self.connection = socket.create_connection(("127.0.0.1", studio.port), DEADLINE_SECONDS)
        sent = {"Host": f"127.0.0.1:{studio.port}", **headers}
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in sent.items())
        self.connection.sendall(f"GET {path} HTTP/1.0\r\n{head}\r\n".encode())
        self.buffer = bytearray()
        self.head = self.block(b"\r\n\r\n").decode()
        self.last_id = ""

    def __enter__(self) -> "EventStream":
        return self

    def __exit__(self, *exc: object) -> None:
        self.connection.close()

    def block(self, end: bytes = b"\n\n") -> bytes:
        looked_at = 0
        while (found := self.buffer.find(end, looked_at)) < 0:
            looked_at = max(len(self.buffer) - len(end), 0)
            received = self.connection.recv(65_536)
            assert received, f"The stream ended: {bytes(self.buffer[-1000:])!r}"
            self.buffer += received
        block = bytes(self.buffer[:found])
        del self.buffer[: found + len(end)]
        return block

    def event(self, name: str | None = None) -> dict[str, str]:
        """The next event that is more than a comment or an id; of this name, if one is given.

        What the page's feed says of running calls is passed over unless it is asked for.
        """
        while True:
            lines = self.block().decode().splitlines()
            fields = dict(line.split(": ", 1) for line in lines if not line.startswith(":"))
            self.last_id = fields.get("id", self.last_id)
            found = fields.get("event")
            if "data" in fields and (found == name if name else found != "running"):
                return fields

    def logs(self, count: int) -> list[dict[str, Any]]:
        """The entries of the next events, until there are that many."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            event = self.event()
            assert "event" not in event, event
            found += json.loads(event["data"])["logs"]
        return found

    def is_ended(self) -> bool:
        """Whether the server has closed the connection."""
        self.rest()
        return True

    def rest(self) -> bytes:
        """What comes before the server closes the connection."""
        self.connection.settimeout(DEADLINE_SECONDS)
        while received := self.connection.recv(65_536):
            self.buffer += received
        return bytes(self.buffer)
