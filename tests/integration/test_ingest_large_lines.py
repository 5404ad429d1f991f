"""A very long line is prepared beside the others and keeps none of them waiting."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from llmlogs.conf import LogSettings
from llmlogs.indexdb import fulltext
from llmlogs.ingest.long_texts import LongTexts
from llmlogs.worker import Worker
from tests.factories import TickingClock, make_line, write_lines
from tests.index_contents import contents, open_current, orphans

TEXT = "the quick brown fox " * 100_000


class Site:
    def __init__(self, folder: Path) -> None:
        self.settings = LogSettings(workspace=folder, retention_days=7)
        self.large = self.settings.logs_folder / "large.jsonl"
        self.small = self.settings.logs_folder / "small.jsonl"
        self.worker = Worker(self.settings, TickingClock())

    def log_ids(self) -> set[str]:
        return {log_id for _, log_id in contents(self.settings.index_folder)}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.worker.close()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """No line is prepared before this is set."""
    gate = threading.Event()
    prepare = LongTexts.prepare

    def wait_and_prepare(self: LongTexts, line: bytes) -> None:
        gate.wait(60)
        prepare(self, line)

    monkeypatch.setattr(LongTexts, "prepare", wait_and_prepare)
    yield gate
    gate.set()


def large_line(number: int, **fields: Any) -> bytes:
    messages = [{"role": "user", "content": TEXT}]
    return make_line(number, agent_id="large", messages=messages, **fields)


def test_other_files_go_on_while_a_large_line_is_prepared(
    site: Site, gate: threading.Event
) -> None:
    write_lines(site.large, large_line(1), make_line(2, agent_id="large"))
    for number in range(3, 6):
        write_lines(site.small, make_line(number, agent_id="small"))
        site.worker.step()
        assert site.log_ids() == {f"log-{n}" for n in range(3, number + 1)}
    gate.set()
    site.worker.run_once()
    assert site.log_ids() == {f"log-{n}" for n in range(1, 6)}


def test_a_file_may_go_or_be_renamed_while_its_line_is_prepared(
    site: Site, gate: threading.Event
) -> None:
    other = site.settings.logs_folder / "other.jsonl"
    write_lines(site.large, large_line(1))
    write_lines(other, large_line(2))
    site.worker.step()
    site.large.rename(site.large.with_name("large_20251208_120000.jsonl"))
    other.unlink()
    for _ in range(3):
        site.worker.step()
    gate.set()
    site.worker.run_once()
    assert site.log_ids() == {"log-1"}
    connection = open_current(site.settings.index_folder)
    names = {row[0] for row in connection.execute("SELECT name FROM log_file WHERE NOT is_gone")}
    connection.close()
    assert names == {"large_20251208_120000.jsonl"}


def test_a_long_text_is_indexed_by_its_trigrams_and_leaves_nothing_behind(site: Site) -> None:
    write_lines(site.large, large_line(1), large_line(2, completion=TEXT))
    site.worker.run_once()
    connection = open_current(site.settings.index_folder)
    stored = [row[0] for row in connection.execute("SELECT trigrams FROM long_text")]
    connection.close()
    assert stored
    assert all(set(one.split("\x1f")) >= {"the", "x t", "fox"} for one in stored)
    assert max(map(len, stored)) < 200
    site.large.unlink()
    for _ in range(4):
        site.worker.run_once()
    assert site.log_ids() == set()
    assert set(orphans(site.settings.index_folder).values()) == {0}


def test_a_text_that_hardly_repeats_is_indexed_as_it_is() -> None:
    text = "".join(chr(0x4E00 + number) for number in range(20_000))
    assert fulltext.distinct_trigrams(text) is None
