"""How fast files become an index, and how large it is.

Run: python -m benchmarks.indexing [--entries 10000 100000]

For each size a workspace of its own (`benchmarks.corpus`), indexed from nothing in one process by
the steps the worker takes. Entries a second of processor time are those of one core on an idle
machine; wall time is printed beside it. The size is that of everything in the workspace but
`logs/llm`, the write-ahead log folded in. Afterwards the index must hold every entry.

Machines differ and are shared, so the same run also decodes the same lines with `orjson` alone: how
fast that is says what the other figures are worth.
"""

import argparse
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.corpus import write_corpus
from benchmarks.report import row

RATE_TARGET = 5_000
SIZE_TARGET = 0.40
RUNS = 3


@dataclass(frozen=True, slots=True)
class Measured:
    entries: int
    log_bytes: int
    index_bytes: int
    cpu_seconds: float
    wall_seconds: float
    decode_seconds: float
    """Processor time for decoding the same lines and nothing else."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure indexing from files.")
    parser.add_argument("--entries", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--runs", type=int, default=RUNS)
    arguments = parser.parse_args()
    for entries in arguments.entries:
        measured = [measure(entries) for _ in range(arguments.runs)]
        report(measured)


def measure(entries: int) -> Measured:
    with tempfile.TemporaryDirectory(prefix="llm-logs-bench-") as folder:
        workspace = Path(folder)
        logs = workspace / "logs" / "llm"
        write_corpus(logs, entries=entries, seed=1, newest_at=time.time() - 60)
        log_bytes = sum(path.stat().st_size for path in logs.iterdir())
        cpu_seconds, wall_seconds = timed(_indexing(workspace))
        index_bytes = sum(
            path.stat().st_size for path in (workspace / "studio").rglob("*") if path.is_file()
        )
        _check(workspace, entries)
        decode_seconds, _ = timed(_decoding(logs))
        return Measured(entries, log_bytes, index_bytes, cpu_seconds, wall_seconds, decode_seconds)


def _decoding(logs: Path) -> Callable[[], None]:
    def decode() -> None:
        for path in logs.iterdir():
            with path.open("rb") as stream:
                for line in stream:
                    orjson.loads(line)

    return decode


def _indexing(workspace: Path) -> Callable[[], None]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    import django

    django.setup()
    from llmlogs.conf import LogSettings
    from llmlogs.indexdb import generations
    from llmlogs.ingest.generation import Generation, Sources

    settings = LogSettings(workspace=workspace)
    sources = Sources(
        settings.logs_folder, settings.index_folder, settings.retention_seconds, time.time
    )
    generation = Generation.begin(sources)
    generations.make_current(settings.index_folder, generation.number)

    def index() -> None:
        while generation.follow():
            pass
        generation.settle()
        generation.close()

    return index


def timed(work: Callable[[], None]) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def _check(workspace: Path, entries: int) -> None:
    (path,) = (workspace / "studio" / "index").glob("g*.sqlite3")
    connection = sqlite3.connect(path)
    (found,) = connection.execute("SELECT count(*) FROM entry").fetchone()
    connection.close()
    if found != entries:
        raise SystemExit(f"{entries} entries were written, {found} are in the index.")


def report(measured: list[Measured]) -> None:
    best = sorted(measured, key=lambda one: one.cpu_seconds)
    median = best[len(best) // 2]
    print(f"\n{median.entries:,} entries, {median.log_bytes / median.entries:,.0f} bytes each:")
    print(
        row(
            "index from files, a core's time",
            median.entries / median.cpu_seconds,
            "entries/s",
            at_least=RATE_TARGET,
        )
    )
    print(row("the same by the clock", median.entries / median.wall_seconds, "entries/s"))
    print(
        row(
            "decoding the same lines alone (baseline)",
            median.log_bytes / median.decode_seconds / 1e6,
            "MB/s",
        )
    )
    print(
        row(
            "index size / size of the files",
            median.index_bytes / median.log_bytes,
            "",
            at_most=SIZE_TARGET,
        )
    )


if __name__ == "__main__":
    main()
