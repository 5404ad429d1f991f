"""How long a call takes from an agent's file to an open page, and how many readers that serves.

Run: python -m benchmarks.live_feed [--seconds 10]

A running Studio with its real worker in a workspace of its own. A process of its own appends
entries at a steady pace to the files of eight agents; readers hold streams open over sockets.
Latency is counted from the moment an entry is written to the moment a reader has its event, on one
machine and so on one clock; then every reader's entries are compared with what was written. The
baseline of the same run is the pace of one call a second: what waits for nothing but the polls.
"""

import argparse
import asyncio
import json
import multiprocessing
import re
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.footprint import studio, wait_for_entries
from benchmarks.report import row

AGENTS = 8
SETTLE_SECONDS = 10.0
"""How long readers go on after the last entry before what is missing counts as lost."""
_LOG = re.compile(rb'"log_id":"(\d+)".{1,40}?"timestamp":([0-9.]+)')
_ROW = re.compile(rb'href="/studio/llm-logs/agent-\d/(\d+)"')


@dataclass(slots=True)
class Reader:
    """One open stream: what it has seen, and how long that took."""

    path: str
    agent: int | None = None
    seen: Counter[int] = field(default_factory=Counter)
    latencies_ms: list[float] = field(default_factory=list)
    gaps: int = 0
    """Gaps and resets."""

    async def read(self, port: int, ready: asyncio.Semaphore) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
        head = f"GET {self.path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n"
        writer.write(head.encode())
        await reader.readuntil(b": ok")
        ready.release()
        try:
            while True:
                self.take(await reader.readuntil(b"\n\n"), time.time())
        finally:
            writer.close()

    def take(self, event: bytes, now: float) -> None:
        self.gaps += event.count(b"event: gap") + event.count(b"event: reset")
        for number, timestamp in _LOG.findall(event):
            self.seen[int(number)] += 1
            self.latencies_ms.append((now - float(timestamp)) * 1000)
        for number in _ROW.findall(event):
            self.seen[int(number)] += 1


@dataclass(frozen=True, slots=True)
class Load:
    """What is written: `count` entries at `rate` a second, numbered from `first`."""

    first: int
    count: int
    rate: float


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the live feed.")
    parser.add_argument("--seconds", type=float, default=10.0)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory(prefix="llm-logs-bench-") as folder:
        workspace = Path(folder) / "workspace"
        with studio(workspace) as (_, port, _seconds):
            write(workspace, Load(0, 1, 100))
            wait_for_entries(port, 1)
            pages = [Reader("/api/llm-logs/stream"), Reader("/studio/llm-logs/feed")]
            alone = measure(workspace, port, Load(1, 10, 1), pages[:1])
            print(row("call → row, one call a second, p95", p95(alone), "ms"))
            busy = Load(100, int(200 * seconds), 200)
            loaded = measure(workspace, port, busy, [Reader(page.path) for page in pages])
            print(row("call → row at 200 calls/s, p50", middle(loaded), "ms"))
            print(row("call → row at 200 calls/s, p95", p95(loaded), "ms", at_most=500))
            tell_losses(busy, loaded)
            many = Load(1_000_000, int(50 * seconds), 50)
            crowd = measure(workspace, port, many, readers(200))
            print(row("200 readers × 50 calls/s, p50", middle(crowd), "ms"))
            print(row("200 readers × 50 calls/s, p95", p95(crowd), "ms", at_most=1000))
            tell_losses(many, crowd)


def readers(count: int) -> list[Reader]:
    """Half of them read everything, half one agent each; a tenth are open pages."""
    found = []
    for number in range(count):
        agent = number % AGENTS if number % 2 else None
        query = "" if agent is None else f"?agent_id=agent-{agent}"
        path = "/studio/llm-logs/feed" if number % 10 == 0 else "/api/llm-logs/stream"
        found.append(Reader(path + query, agent))
    return found


def measure(workspace: Path, port: int, load: Load, listening: list[Reader]) -> list[Reader]:
    """Write the load while these readers listen; returns them with what they saw."""
    asyncio.run(_measure(workspace, port, load, listening))
    return listening


async def _measure(workspace: Path, port: int, load: Load, listening: list[Reader]) -> None:
    ready = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(reader.read(port, ready)) for reader in listening]
    for _ in tasks:
        await ready.acquire()
    writer = multiprocessing.get_context("spawn").Process(target=write, args=(workspace, load))
    writer.start()
    deadline = time.monotonic() + load.count / load.rate + SETTLE_SECONDS
    while time.monotonic() < deadline and any(missing(load, reader) for reader in listening):
        await asyncio.sleep(0.2)
    writer.join()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def write(workspace: Path, load: Load) -> None:
    """Append entries at a steady pace, each with the time of its writing."""
    folder = workspace / "logs" / "llm"
    folder.mkdir(parents=True, exist_ok=True)
    files = [(folder / f"agent-{n}.jsonl").open("ab", buffering=0) for n in range(AGENTS)]
    started = time.monotonic()
    for step in range(load.count):
        time.sleep(max(0.0, started + step / load.rate - time.monotonic()))
        number = load.first + step
        files[number % AGENTS].write(line(number))
    for file in files:
        file.close()


def line(number: int) -> bytes:
    entry: dict[str, Any] = {
        "log_id": str(number),
        "agent_id": f"agent-{number % AGENTS}",
        "timestamp": time.time(),
        "model_name": "gpt-4o",
        "provider": "openai",
        "messages": [
            {"role": "system", "content": "You are one of eight agents. " * 200},
            {"role": "user", "content": f"Question {number}: " + "what now? " * 200},
        ],
        "tools": None,
        "completion": f"Answer {number}.",
        "tool_calls": None,
        "latency_ms": 640,
        "input_tokens": 1_900,
        "output_tokens": 5,
        "total_tokens": 1_905,
        "error": None,
    }
    return json.dumps(entry).encode() + b"\n"


def expected(load: Load, agent: int | None) -> set[int]:
    numbers = range(load.first, load.first + load.count)
    return {number for number in numbers if agent is None or number % AGENTS == agent}


def missing(load: Load, reader: Reader) -> int:
    return len(expected(load, reader.agent)) - len(reader.seen)


def tell_losses(load: Load, listening: list[Reader]) -> None:
    """Rows that were due and did not come, that came twice, and gaps, over all readers."""
    lost = sum(len(expected(load, reader.agent) - set(reader.seen)) for reader in listening)
    due = sum(len(expected(load, reader.agent)) for reader in listening)
    again = sum(reader.seen.total() - len(reader.seen) for reader in listening)
    gaps = sum(reader.gaps for reader in listening)
    verdict = "met" if not (lost or again or gaps) else "MISSED"
    print(
        f"  of {due:,} rows due: {lost:,} lost, {again:,} twice, {gaps:,} gaps    none  {verdict}"
    )


def middle(listening: list[Reader]) -> float:
    return _rank(listening, 0.5)


def p95(listening: list[Reader]) -> float:
    return _rank(listening, 0.95)


def _rank(listening: list[Reader], share: float) -> float:
    latencies = sorted(value for reader in listening for value in reader.latencies_ms)
    return latencies[int(share * (len(latencies) - 1))] if latencies else float("nan")


if __name__ == "__main__":
    main()
