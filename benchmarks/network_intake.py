"""How many entries a second go from HTTP events into the files, through real Daphne.

Run: python -m benchmarks.network_intake [--entries 10000]

A server of its own in a folder of its own; one client on one connection, bodies encoded before the
clock starts. Counted from the first byte sent to the last answer, each answer after its append;
afterwards the lines in the file are compared with what was sent. The baseline of the same run
appends the same lines without HTTP.
"""

import argparse
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from agents_sdk import codec
from agents_sdk.files.append import Appender

ROOT = Path(__file__).resolve().parent.parent
ENTRY_BYTES = 8_000
TARGET_PER_SECOND = 5_000
BATCHES = (1, 50, 200, 1_000)
START_SECONDS = 60.0


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the intake of events over HTTP.")
    parser.add_argument("--entries", type=int, default=10_000)
    entries = [make_entry(number) for number in range(parser.parse_args().entries)]
    total_bytes = sum(len(codec.encode_line(entry)) for entry in entries)
    print(f"{len(entries)} entries, {total_bytes / len(entries):.0f} bytes each")
    with tempfile.TemporaryDirectory(prefix="llm-logs-bench-") as folder:
        workspace = Path(folder)
        print(f"append without HTTP     {append_directly(workspace, entries):>9,.0f} entries/s")
        with daphne(workspace) as port:
            for batch in BATCHES:
                sent = entries[: max(1, len(entries) // (10 if batch == 1 else 1))]
                rate = send(workspace, port, sent, batch)
                target = f"   target {TARGET_PER_SECOND:,}" if batch > 1 else ""
                print(f"batches of {batch:>5}        {rate:>9,.0f} entries/s{target}")


def make_entry(number: int) -> dict[str, Any]:
    """An entry of an agent loop: some messages of text, as long as they are in practice."""
    chance = random.Random(number)
    words = ("weather", "the", "agent", "Köln", "tool", "answers", "slowly", "\n", '"quoted"')
    turns = [" ".join(chance.choices(words, k=110)) for _ in range(10)]
    messages = [
        {"role": "assistant" if turn % 2 else "user", "content": text}
        for turn, text in enumerate(turns)
    ]
    entry = {
        "log_id": f"{chance.getrandbits(128):032x}",
        "agent_id": "bench",
        "timestamp": 1_700_000_000.5 + number,
        "model_name": "gpt-4o",
        "provider": "openai",
        "messages": messages,
        "tools": None,
        "completion": "",
        "tool_calls": None,
        "latency_ms": chance.randrange(5_000),
        "input_tokens": chance.randrange(2_000),
        "output_tokens": chance.randrange(500),
        "total_tokens": None,
        "error": None,
    }
    entry["completion"] = "x" * max(0, ENTRY_BYTES - len(codec.encode_line(entry)))
    return entry


def append_directly(workspace: Path, entries: list[dict[str, Any]]) -> float:
    appender = Appender(workspace / "logs" / "llm" / "direct.jsonl")
    began = time.perf_counter()
    with closing(appender):
        for start in range(0, len(entries), 200):
            appender.append_lines(
                [codec.encode_line(entry) for entry in entries[start : start + 200]]
            )
    return len(entries) / (time.perf_counter() - began)


def send(workspace: Path, port: int, entries: list[dict[str, Any]], batch: int) -> float:
    """Entries a second; raises unless exactly these entries are in the files afterwards."""
    agent_id = f"bench-{batch}"
    bodies = [
        event_body(agent_id, entries[start : start + batch])
        for start in range(0, len(entries), batch)
    ]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    began = time.perf_counter()
    for body in bodies:
        connection.request("POST", "/api/send_event", body, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        if not answer["success"]:
            raise SystemExit(f"The server refused a batch: {answer['message']}")
    seconds = time.perf_counter() - began
    connection.close()
    stored = sorted(stored_ids(workspace, agent_id))
    if stored != sorted(entry["log_id"] for entry in entries):
        raise SystemExit(f"{len(entries)} entries were acknowledged, {len(stored)} are stored.")
    return len(entries) / seconds


def event_body(agent_id: str, entries: list[dict[str, Any]]) -> bytes:
    event: dict[str, Any] = {
        "event_name": "system.report_llm_logs",
        "source_id": agent_id,
        "target_agent_id": "system:system",
        "payload": {"agent_id": agent_id, "entries": entries},
    }
    if len(entries) == 1:
        event["event_name"] = "system.report_llm_log"
        event["payload"] = {"agent_id": agent_id, "log_entry": entries[0]}
    return codec.dumps(event)


def stored_ids(workspace: Path, agent_id: str) -> Iterator[str]:
    folder = workspace / "logs" / "llm"
    for path in (folder / f"{agent_id}.jsonl", *folder.glob(f"{agent_id}_*.jsonl")):
        for line in path.read_bytes().splitlines():
            yield codec.decode_line(line).entry["log_id"]


@contextmanager
def daphne(workspace: Path) -> Iterator[int]:
    """The web process on a free port, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "studio.settings",
        "STUDIO_WORKSPACE": str(workspace),
        "STUDIO_PORT": str(port),
    }
    (workspace / "studio").mkdir(parents=True, exist_ok=True)
    migrate = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(migrate, cwd=ROOT, env=environ, check=True)
    with socket.create_server(("127.0.0.1", port)) as listening:
        listening.setblocking(False)
        descriptor = listening.fileno()
        command = [sys.executable, "manage.py", "studioweb", str(descriptor)]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, pass_fds=[descriptor])
    try:
        wait_until_it_answers(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def wait_until_it_answers(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"The server did not listen on port {port} within {START_SECONDS:.0f} s.")


if __name__ == "__main__":
    main()
