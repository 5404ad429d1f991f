"""What goes, what stays, and what is said before anything goes."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from llmlogs.conf import LogSettings
from llmlogs.worker import Worker
from tests.factories import NOW, make_line, write_lines
from tests.index_contents import contents, open_current

DAY = 86_400.0


class HandClock:
    """Stands still until a test moves it."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Site:
    def __init__(self, folder: Path) -> None:
        self.settings = LogSettings(workspace=folder, retention_days=7)
        self.logs = self.settings.logs_folder
        self.clock = HandClock()

    def write(self, name: str, *lines: bytes, modified_at: float = NOW - 9 * DAY) -> Path:
        path = self.logs / name
        write_lines(path, *lines)
        os.utime(path, (modified_at, modified_at))
        return path

    def work(self, now: float) -> None:
        self.clock.now = now
        worker = Worker(self.settings, self.clock)
        worker.run_once()
        worker.close()

    def names(self) -> list[str]:
        return sorted(path.name for path in self.logs.iterdir())

    def ids(self) -> list[str]:
        return sorted(log_id for _, log_id in contents(self.settings.index_folder))

    def said(self) -> tuple[str, float | None, int]:
        connection = open_current(self.settings.index_folder)
        row: tuple[str, float | None, int] = connection.execute(
            "SELECT next_file_name, next_file_goes_at, spared_files FROM index_state"
        ).fetchone()
        connection.close()
        return row


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_file_goes_when_all_its_lines_are_older(site: Site) -> None:
    site.work(NOW - 30 * DAY)
    site.write("bot_20251208_120000.jsonl", make_line(1, timestamp=NOW - 8 * DAY))
    site.write(
        "bot_20251208_120001.jsonl",
        make_line(2, timestamp=NOW - 8 * DAY),
        make_line(3, timestamp=NOW - 6 * DAY),
    )
    site.work(NOW)
    assert site.names() == ["bot_20251208_120001.jsonl"]
    assert site.ids() == ["log-3"]


def test_neither_the_name_nor_the_time_of_a_file_counts(site: Site) -> None:
    site.work(NOW - 30 * DAY)
    site.write("bot_20010101_000000.jsonl", make_line(1, timestamp=NOW - DAY))
    site.work(NOW)
    assert site.names() == ["bot_20010101_000000.jsonl"]
    assert site.ids() == ["log-1"]


def test_a_file_in_use_is_rotated_before_it_goes(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    site.work(NOW - 30 * DAY)
    site.write("bot.jsonl", make_line(1, timestamp=NOW - 8 * DAY))
    site.work(NOW)
    assert site.names() == []
    said = [record.message.split("'")[0::2] for record in caplog.records]
    assert [parts[0] for parts in said] == ["Rotated ", "Deleted "]


def test_files_found_at_the_first_opening_stay_for_a_day_and_that_is_said(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    name = "bot_20251208_120000.jsonl"
    site.write(name, make_line(1, timestamp=NOW - 8 * DAY))
    site.work(NOW)
    assert site.names() == [name]
    assert site.ids() == []
    assert site.said() == (name, NOW + DAY, 1)
    assert (
        f"'{name}' holds only entries older than 7 days and will be deleted in 24.0 hours; "
        "set STUDIO_RETENTION_DAYS higher to keep it." in caplog.text
    )
    site.work(NOW + DAY - 1)
    assert site.names() == [name]
    site.work(NOW + DAY + 1)
    assert site.names() == []


def test_entries_leave_the_index_when_they_come_of_age(site: Site) -> None:
    site.work(NOW - 30 * DAY)
    site.write(
        "bot_20251208_120000.jsonl",
        *(make_line(number, timestamp=NOW - number * DAY) for number in range(1, 7)),
    )
    site.work(NOW)
    assert len(site.ids()) == 6
    site.work(NOW + 3.5 * DAY)
    assert site.ids() == ["log-1", "log-2", "log-3"]
    assert site.said()[0] == "bot_20251208_120000.jsonl"


def test_deleted_text_is_gone_from_the_disk(site: Site) -> None:
    site.work(NOW - 30 * DAY)
    secret = "a-secret-nobody-else-says"
    site.write(
        "bot_20251208_120000.jsonl", make_line(1, timestamp=NOW - 6 * DAY, completion=secret)
    )
    site.write("bot_20251208_120001.jsonl", make_line(2, timestamp=NOW - DAY))
    site.work(NOW)
    assert secret.encode() in every_byte(site.settings.studio_folder)
    site.work(NOW + 2 * DAY)
    assert secret.encode() not in every_byte(site.settings.studio_folder)
    assert secret[:3].encode() not in every_byte(site.logs)


def every_byte(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_longer_retention_brings_back_what_was_left_out(site: Site) -> None:
    site.work(NOW - 30 * DAY)
    site.write(
        "bot.jsonl",
        make_line(1, timestamp=NOW - 20 * DAY),
        make_line(2, timestamp=NOW - 9 * DAY),
        make_line(3, timestamp=NOW - DAY),
    )
    site.work(NOW)
    assert site.ids() == ["log-3"]
    site.settings = replace(site.settings, retention_days=10)
    site.work(NOW)
    assert site.ids() == ["log-2", "log-3"]
    site.settings = replace(site.settings, retention_days=5)
    site.work(NOW)
    assert site.ids() == ["log-3"]
    site.settings = replace(site.settings, retention_days=30)
    site.work(NOW)
    assert site.ids() == ["log-1", "log-2", "log-3"]
