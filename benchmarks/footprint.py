"""What the running Studio costs: time to the first page, memory, idle processor time.

Run: python -m benchmarks.footprint [--entries 100000]

Starts `manage.py studio` in a workspace of its own with an environment that has the packages, asks
for the first page until it answers, lets everything idle, then does the same beside a workspace of
100,000 entries. Memory is the sum over all its processes of what is theirs alone plus their share
of what is shared (PSS, from /proc); idle processor time is measured over ten seconds.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.corpus import write_corpus
from benchmarks.report import row

ROOT = Path(__file__).resolve().parent.parent
IDLE_SECONDS = 10.0
START_DEADLINE_SECONDS = 60.0


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the running Studio.")
    parser.add_argument("--entries", type=int, default=100_000)
    entries = parser.parse_args().entries
    with tempfile.TemporaryDirectory(prefix="llm-logs-bench-") as folder:
        workspace = Path(folder) / "workspace"
        with studio(workspace) as (pid, port, seconds):
            print(row("first page of an empty workspace", seconds, "s", at_most=3))
            get(port, "/studio/llm-logs")
            time.sleep(5)
            print(row("idle memory of all processes", memory_mb(pid), "MB", at_most=220))
            print(row("idle processor time", cpu_percent(pid), "% of a core", at_most=1))
        write_corpus(
            workspace / "logs" / "llm", entries=entries, seed=1, newest_at=time.time() - 60
        )
        with studio(workspace) as (pid, port, _):
            wait_for_entries(port, entries)
            for path in ("/studio/llm-logs", "/api/llm-logs?search=the", "/api/llm-logs/stats"):
                get(port, path)
            time.sleep(5)
            print(row(f"memory after {entries:,} entries", memory_mb(pid), "MB", at_most=350))
            print(row("idle processor time then", cpu_percent(pid), "% of a core", at_most=1))


@contextmanager
def studio(workspace: Path) -> Iterator[tuple[int, int, float]]:
    """Process id of the supervisor, port, and seconds until the first page answered."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {**os.environ, "STUDIO_WORKSPACE": str(workspace), "STUDIO_PORT": str(port)}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "studio"], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL
    )
    try:
        while not answers(port):
            if process.poll() is not None or time.perf_counter() - began > START_DEADLINE_SECONDS:
                raise SystemExit("The Studio did not start; run 'make run' to see why.")
            time.sleep(0.02)
        yield process.pid, port, time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def answers(port: int) -> bool:
    try:
        get(port, "/studio/llm-logs")
    except OSError:
        return False
    return True


def get(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        body: bytes = answer.read()
        return body


def wait_for_entries(port: int, entries: int) -> None:
    patience_seconds = max(300, entries / 100)
    deadline = time.monotonic() + patience_seconds
    while f'"total_count":{entries}'.encode() not in get(port, "/api/llm-logs?limit=1").replace(
        b" ", b""
    ):
        if time.monotonic() > deadline:
            raise SystemExit(
                f"Not all {entries} entries were indexed within {patience_seconds:.0f} s."
            )
        time.sleep(0.5)


def family(pid: int) -> list[int]:
    """The process and all its descendants."""
    found = [pid]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            found += family(int(folder.name))
    return found


def memory_mb(pid: int) -> float:
    total_kb = 0
    for member in family(pid):
        for line in Path(f"/proc/{member}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total_kb += int(line.split()[1])
    return total_kb / 1024


def cpu_percent(pid: int) -> float:
    before = _ticks(pid)
    time.sleep(IDLE_SECONDS)
    seconds = (_ticks(pid) - before) / os.sysconf("SC_CLK_TCK")
    return 100 * seconds / IDLE_SECONDS


def _ticks(pid: int) -> int:
    total = 0
    for member in family(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total


if __name__ == "__main__":
    main()
