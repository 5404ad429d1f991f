"""Whatever happens to the files and to the worker, the index says what the files say."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmlogs.conf import LogSettings
from llmlogs.indexdb import fulltext
from llmlogs.ingest import large_lines, rebuild
from llmlogs.worker import Worker
from tests.factories import NOW, TickingClock, make_entry
from tests.index_contents import Contents, contents, orphans


class Crash(BaseException):
    """Ends the worker in the middle of what it does."""


class Site:
    """A workspace whose files and worker a test pushes around."""

    def __init__(self, folder: Path) -> None:
        self.settings = LogSettings(workspace=folder, retention_days=100_000)
        self.logs = self.settings.logs_folder
        self.logs.mkdir(parents=True)
        self.clock = TickingClock()
        self.worker = Worker(self.settings, self.clock)
        self.number = 0
        self.rotations = 0

    def path(self, file: int) -> Path:
        return self.logs / f"bot_{file}.jsonl"

    # -- what agents and people do to files --

    def append(self, file: int, count: int) -> None:
        for _ in range(count):
            self.number += 1
            self._write(file, self.line(self.number))

    def append_again(self, file: int) -> None:
        """A retry: the line of an earlier entry once more."""
        if self.number:
            self._write(file, self.line(self.number // 2 + 1))

    def append_part(self, file: int, part: int) -> None:
        self.number += 1
        self._write(file, self.line(self.number)[:part])

    def append_rubbish(self, file: int, kind: int) -> None:
        rubbish = [b"{\n", b"[1]\n", b"\xff\xfe{}\n", b"\n\n", b"[" * 3000 + b"\n", b'{"a": NaN}\n']
        self._write(file, rubbish[kind % len(rubbish)])

    def line(self, number: int) -> bytes:
        history = [
            {"role": "user", "content": f"Turn {turn} of {number % 7}"}
            for turn in range(number % 5)
        ]
        entry = make_entry(number, messages=history, agent_id=f"agent {number % 2}")
        return json.dumps(entry).encode() + b"\n"

    def rotate(self, file: int) -> None:
        path = self.path(file)
        if path.exists():
            self.rotations += 1
            path.rename(self.logs / f"bot_{file}_20251208_{self.rotations:06d}.jsonl")

    def cut(self, file: int, size: int) -> None:
        path = self.path(file)
        if path.exists():
            os.truncate(path, min(size, path.stat().st_size))

    def delete(self, file: int, size: int) -> None:
        files = sorted(self.logs.iterdir())
        if files:
            files[(file + size) % len(files)].unlink()

    def _write(self, file: int, data: bytes) -> None:
        with self.path(file).open("ab") as stream:
            stream.write(data)

    # -- what happens to the worker --

    def follow(self) -> None:
        self._settle_times()
        self.worker.step()

    def crash(self, monkeypatch: pytest.MonkeyPatch, statement: int) -> None:
        """Kill the worker at some statement of its next steps, and start another."""
        self._settle_times()
        with crash_at(self.worker, statement):
            self.worker.step()
        self.restart()

    def restart(self) -> None:
        self.worker.close()
        self.worker = Worker(self.settings, self.clock)

    def settle(self) -> Contents:
        self._settle_times()
        self.worker.run_once()
        return contents(self.settings.index_folder)

    def _settle_times(self) -> None:
        """Files were last touched before the ticking clock's present."""
        for path in self.logs.iterdir():
            status = path.stat()
            os.utime(path, ns=(status.st_atime_ns, int((NOW - 10) * 1e9) + status.st_size))


@contextmanager
def crash_at(worker: Worker, statement: int) -> Iterator[None]:
    connection = worker.current._writer.connection
    seen = 0

    def count(text: str) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            raise Crash

    class Counted:
        def __getattr__(self, name: str) -> Any:
            if name in ("execute", "executemany"):
                count(name)
            return getattr(connection, name)

    worker.current._writer.connection = Counted()  # type: ignore[assignment]
    try:
        yield
    except Crash:
        pass
    finally:
        worker.current._writer.connection = connection


def said_by_files(site: Site) -> Contents:
    """The entries that the files hold now, by a reading of one line."""
    found: Contents = {}
    for path in sorted(site.logs.iterdir()):
        data = path.read_bytes()
        lines = data.split(b"\n")
        if path.name.count("_") == 1:
            lines.pop()
        for line in lines:
            try:
                entry = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(entry, dict) and "log_id" in entry:
                file = path.name.removesuffix(".jsonl")[:5]
                found[(file, entry["log_id"])] = entry
    return found


files = st.integers(0, 1)
steps = st.one_of(
    st.tuples(st.just("append"), files, st.integers(1, 4)),
    st.tuples(st.just("append_again"), files),
    st.tuples(st.just("append_part"), files, st.integers(1, 300)),
    st.tuples(st.just("append_rubbish"), files, st.integers(0, 5)),
    st.tuples(st.just("rotate"), files),
    st.tuples(st.just("cut"), files, st.integers(0, 2500)),
    st.tuples(st.just("delete"), files, st.integers(0, 3)),
    st.tuples(st.just("follow")),
    st.tuples(st.just("follow")),
    st.tuples(st.just("restart")),
    st.tuples(st.just("crash"), st.none(), st.integers(1, 25)),
)


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(script=st.lists(steps, min_size=3, max_size=25), is_large=st.booleans())
def test_any_history_of_files_and_crashes_ends_in_what_the_files_say(
    script: list[tuple[Any, ...]], is_large: bool
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        if is_large:
            take_every_line_for_large(monkeypatch)
        site = Site(Path(folder))
        for name, *arguments in script:
            getattr(site, name)(*arguments)
        indexed = site.settle()
        assert without_odd(indexed) == said_by_files(site)
        assert set(orphans(site.settings.index_folder).values()) == {0}

        rebuild.ask(site.settings.studio_folder)
        rebuilt = site.settle()
        assert rebuilt == indexed
        site.worker.close()


def take_every_line_for_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_lines, "LARGE_CHUNK_BYTES", 0)
    monkeypatch.setattr(fulltext, "LONG_TEXT_CHARS", 1)
    monkeypatch.setattr(fulltext, "LONG_TEXT_REPEATS", 0)


def without_odd(entries: Contents) -> Contents:
    """Leaves out the one kind of rubbish that is an entry: an object without an id."""
    return {key: entry for key, entry in entries.items() if "log_id" in entry}


def test_the_site_of_this_test_can_crash(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.append(0, 3)
    site._settle_times()
    reached = []
    with crash_at(site.worker, 2):
        site.worker.step()
        reached.append("end")
    assert reached == []
    assert len(replace(site.settings).workspace.parts) > 1
    site.worker.close()
