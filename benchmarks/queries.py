"""How long the index takes to answer, at 10,000 and 100,000 entries, beside the targets.

Run: python -m benchmarks.queries [--entries 10000 100000] [--repeat 15]

Each size gets a workspace of its own, filled by `benchmarks.corpus` and indexed by the real worker.
Every question is asked through `llmlogs.queries` on a connection opened for it, as in a request,
and without what an earlier search left in memory. Percentiles are nearest ranks: of n times in
ascending order the one at place ceil(p / 100 * n). "grew" is the median at the last size by that at
the first. The health row is the round trip through an asyncio server in the same process, asked by
another process while five threads search for common words.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
os.environ.setdefault("STUDIO_WORKSPACE", tempfile.gettempdir())

import django

django.setup()

from django.db import connections  # noqa: E402
from django.test import override_settings  # noqa: E402

from benchmarks import corpus  # noqa: E402
from benchmarks.health import round_trips  # noqa: E402
from llmlogs.conf import LogSettings  # noqa: E402
from llmlogs.queries import analytics, conversations, entries, search  # noqa: E402
from llmlogs.queries.analytics import nearest_rank  # noqa: E402
from llmlogs.queries.breakdown import breakdown  # noqa: E402
from llmlogs.queries.filters import LogFilter  # noqa: E402
from llmlogs.worker import Worker  # noqa: E402

SIZES = (10_000, 100_000)
LARGE_ENTRY_BYTES = 5_000_000
PAGE = 50


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask; targets in milliseconds, None where none was set."""

    name: str
    ask: Callable[[], object]
    target_ms: float | None


@dataclass(frozen=True, slots=True)
class Times:
    p50_ms: float
    p95_ms: float

    @classmethod
    def of(cls, times_ms: list[float]) -> "Times":
        ordered = sorted(times_ms)
        ranks = (nearest_rank(percentile, len(ordered)) for percentile in (50, 95))
        return cls(*(ordered[rank] for rank in ranks))


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the answers of the index.")
    parser.add_argument("--entries", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeat", type=int, default=15)
    options = parser.parse_args()
    measured: list[dict[str, Times]] = []
    targets: dict[str, float | None] = {}
    for size in options.entries:
        with filled_workspace(size):
            asked = questions()
            targets = {question.name: question.target_ms for question in asked}
            measured.append({one.name: measure(one.ask, options.repeat) for one in asked})
            name = "health check during 5 searches"
            targets[name] = 50
            measured[-1][name] = Times.of(round_trips([common(word) for word in WORDS]))
    report(options.entries, measured, targets)


@contextmanager
def filled_workspace(size: int) -> Iterator[None]:
    """A workspace with a corpus and two large entries, indexed, in force for all queries."""
    with tempfile.TemporaryDirectory(prefix="llm-logs-bench-") as folder:
        settings = LogSettings(workspace=Path(folder))
        written = corpus.write_corpus(
            settings.logs_folder, entries=size, seed=1, newest_at=time.time() - 60
        )
        worker = Worker(settings)
        began = time.perf_counter()
        worker.run_once()
        seconds = time.perf_counter() - began
        worker.current.settle()
        index_bytes = sum(path.stat().st_size for path in settings.index_folder.iterdir())
        write_large_entries(settings.logs_folder / "large.jsonl")
        worker.run_once()
        worker.close()
        print(
            f"{size:,} entries, {written.total_bytes / size:,.0f} bytes each: indexed in "
            f"{seconds:.1f} s, the index is {index_bytes / written.total_bytes:.3f} of the files"
        )
        connections["index"].settings_dict["NAME"] = settings.index_folder
        with override_settings(LLMLOGS={"workspace": settings.workspace}):
            yield
        connections["index"].close()


def write_large_entries(path: Path) -> None:
    """One of many messages and one of a single message."""
    shapes = {"many": (1_000, LARGE_ENTRY_BYTES // 1_000), "one": (1, LARGE_ENTRY_BYTES)}
    with path.open("w", encoding="utf-8") as stream:
        for name, (count, length) in shapes.items():
            messages = [
                {"role": "user", "content": f"{name} {number} " + "words " * (length // 6)}
                for number in range(count)
            ]
            entry = {"log_id": f"large-{name}", "agent_id": "large", "messages": messages}
            stream.write(json.dumps({**entry, "timestamp": time.time() - 5 * 86_400}) + "\n")


WORDS = (corpus.EVERY_WORD, corpus.HALF_WORD, corpus.TWO_LETTERS, "th", "the of")


def questions() -> list[Question]:
    now = time.time()
    lists = {
        "all": LogFilter(),
        "of an agent": LogFilter(agent_ids=("bot",)),
        "of two agents": LogFilter(agent_ids=("bot", "planner")),
        "of a model": LogFilter(model="gpt-4o"),
        "of a provider by its alias": LogFilter(provider="claude"),
        "of one day": LogFilter(since=now - 3 * 86_400, until=now - 2 * 86_400),
        "with an error": LogFilter(has_error=True),
        "slower than 5 s": LogFilter(min_latency_ms=5_000),
        "that all conditions rule out": LogFilter(
            agent_ids=("bot",), model="gpt-4o", has_error=False, min_latency_ms=1e9
        ),
    }
    searches = {
        "a rare word": (corpus.RARE_WORD, 20),
        "a word in half of all calls": (corpus.HALF_WORD, 150),
        "a word in every call": (corpus.EVERY_WORD, 300),
        "two letters in every call": (corpus.TWO_LETTERS, 300),
        "two Chinese characters": (corpus.TWO_CHARACTERS, 300),
    }
    return [
        *(Question(f"newest 50 {name}", _page(asked), 15) for name, asked in lists.items()),
        *(
            Question(f"search {name}, page and count", common(word), target)
            for name, (word, target) in searches.items()
        ),
        *(
            Question(f"search {name}, page alone", _page(LogFilter(search=word)), None)
            for name, (word, _) in searches.items()
        ),
        Question("counts and tokens by model", lambda: analytics.models(LogFilter()), 50),
        Question("totals with percentiles", lambda: analytics.totals(LogFilter()), None),
        Question("the same by model", lambda: breakdown(LogFilter(), "model"), None),
        Question("an entry by its id", _newest_by_id(), 5),
        *(Question(f"5 MB entry of {name}", _by_id(f"large-{id}"), 5) for name, id in _LARGE),
        Question("turns of 50 calls", _turns, None),
    ]


_LARGE = (("1,000 messages", "many"), ("one message", "one"))


def common(word: str) -> Callable[[], object]:
    """A page of a search and its exact count, nothing remembered from before."""

    def ask() -> object:
        search.forget()
        log_filter = LogFilter(search=word)
        page = entries.list_entries(log_filter, limit=PAGE)
        return page, entries.count_entries(log_filter)

    return ask


def _page(log_filter: LogFilter) -> Callable[[], object]:
    def ask() -> object:
        search.forget()
        return entries.list_entries(log_filter, limit=PAGE)

    return ask


def _newest_by_id() -> Callable[[], object]:
    (newest,) = entries.list_entries(LogFilter(), limit=1).entries
    return _by_id(newest.log_id)


def _by_id(log_id: str) -> Callable[[], object]:
    def ask() -> object:
        (found,) = entries.find_entry(log_id)
        return entries.entry_json(found.sequence)

    return ask


def _turns() -> object:
    page = entries.list_entries(LogFilter(), limit=PAGE)
    return conversations.turns([entry.sequence for entry in page.entries])


def measure(ask: Callable[[], object], repeat: int) -> Times:
    """Times of asking, the first one (which warms the system's file cache) left out."""
    times_ms: list[float] = []
    for _ in range(repeat + 1):
        connections["index"].close()
        began = time.perf_counter()
        ask()
        times_ms.append((time.perf_counter() - began) * 1000)
    return Times.of(times_ms[1:])


def report(
    sizes: list[int], measured: list[dict[str, Times]], targets: dict[str, float | None]
) -> None:
    heads = "".join(f"{f'p50 {size:,}':>13}{'p95':>8}" for size in sizes)
    print(f"\n{'milliseconds':<56}{heads}{'grew':>8}{'target':>8}")
    for name, target in targets.items():
        times = [one[name] for one in measured]
        cells = "".join(f"{one.p50_ms:>13.1f}{one.p95_ms:>8.1f}" for one in times)
        grew = f"{times[-1].p50_ms / times[0].p50_ms:.1f}x" if len(times) > 1 else ""
        met = "" if target is None or times[-1].p50_ms <= target else "  missed"
        shown = "" if target is None else f"{target:g}"
        print(f"{name:<56}{cells}{grew:>8}{shown:>8}{met}")


if __name__ == "__main__":
    main()
