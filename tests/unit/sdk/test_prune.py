"""Deleting old files of one agent, and everything that must stay."""

import fcntl
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agents_sdk import LLMCallLogger
from agents_sdk.files import prune as pruning
from agents_sdk.files.prune import DAY_SECONDS, Pruning, prune

NOW = 1_765_195_200.0
OLD = NOW - 8 * DAY_SECONDS
YOUNG = NOW - 6 * DAY_SECONDS
WEEK = 7 * DAY_SECONDS
ROTATED = "bot_20251130_120000.jsonl"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace" / "logs" / "llm"
    folder.mkdir(parents=True)
    return folder


def line(timestamp: object) -> bytes:
    return json.dumps({"log_id": "x", "timestamp": timestamp}).encode() + b"\n"


def write(path: Path, *lines: bytes, modified_at: float = OLD) -> Path:
    path.write_bytes(b"".join(lines))
    os.utime(path, (modified_at, modified_at))
    return path


def look(folder: Path, stem: str = "bot") -> Pruning:
    return prune(folder / f"{stem}.jsonl", retention_seconds=WEEK, now=NOW)


def test_a_file_whose_lines_are_all_too_old_goes(folder: Path) -> None:
    path = write(folder / ROTATED, line(OLD), line(OLD + 1))
    assert look(folder) == Pruning((ROTATED,))
    assert not path.exists()


@pytest.mark.parametrize("position", [0, 1, 2])
def test_one_young_line_keeps_the_file_whatever_its_name_and_time_say(
    folder: Path, position: int
) -> None:
    lines = [line(OLD), line(OLD), line(OLD)]
    lines[position] = line(YOUNG)
    path = write(folder / "bot_20200101_000000.jsonl", *lines, modified_at=1.0)
    assert look(folder) == Pruning()
    assert path.exists()


def test_a_young_file_is_kept_whatever_its_lines_say(folder: Path) -> None:
    path = write(folder / ROTATED, line(OLD), modified_at=YOUNG)
    assert look(folder) == Pruning()
    assert path.exists()


@pytest.mark.parametrize(
    "odd",
    [b"torn {\n", b"[1]\n", b"\xff\xfe\n", line(None), line("yesterday"), line(True), line(-5)]
    + [line(NOW + 2 * DAY_SECONDS), b'{"timestamp": NaN}\n', b"\n", b"no newline at the end"],
)
def test_a_line_without_a_believable_time_is_as_old_as_the_line_before(
    folder: Path, odd: bytes
) -> None:
    write(folder / ROTATED, line(OLD), odd)
    assert look(folder).deleted == (ROTATED,)
    write(folder / ROTATED, line(YOUNG), odd)
    assert look(folder).deleted == ()


def test_without_any_time_the_time_of_the_file_counts(folder: Path) -> None:
    write(folder / ROTATED, b"rubbish\n", line(None))
    assert look(folder).deleted == (ROTATED,)


def test_neighbours_the_file_in_use_and_foreign_names_stay(folder: Path) -> None:
    kept = [
        "bot.jsonl",
        "bot_2.jsonl",
        "bot_2_20251130_120000.jsonl",
        "other_20251130_120000.jsonl",
    ]
    kept += ["bot_20251130_120000.jsonl.gz", "bot_20251340_990000.jsonl", "bot_backup.jsonl"]
    for name in [*kept, ROTATED]:
        write(folder / name, line(OLD))
    assert look(folder).deleted == (ROTATED,)
    assert sorted(path.name for path in folder.iterdir()) == sorted(kept)
    assert look(folder, "bot_2").deleted == ("bot_2_20251130_120000.jsonl",)


def test_links_and_folders_of_that_name_stay(folder: Path) -> None:
    elsewhere = write(folder.parent / "elsewhere", line(OLD))
    (folder / ROTATED).symlink_to(elsewhere)
    os.utime(folder / ROTATED, (OLD, OLD), follow_symlinks=False)
    (folder / "bot_20251130_120001.jsonl").mkdir()
    os.link(elsewhere, folder / "bot_20251130_120002.jsonl")
    os.utime(folder / "bot_20251130_120001.jsonl", (OLD, OLD))
    assert look(folder) == Pruning()
    assert elsewhere.exists()
    assert len(list(folder.iterdir())) == 3


def test_a_file_that_somebody_has_locked_stays(folder: Path) -> None:
    path = write(folder / ROTATED, line(OLD))
    with path.open("rb") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        assert look(folder) == Pruning()
    assert look(folder).deleted == (ROTATED,)


def test_a_file_that_grows_during_the_look_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(folder / ROTATED, line(OLD))
    read: Callable[[bytes], float | None] = pruning._timestamp

    def write_late(data: bytes) -> float | None:
        with path.open("ab") as writer:
            if path.stat().st_size < 500:
                writer.write(line(OLD))
        return read(data)

    monkeypatch.setattr(pruning, "_timestamp", write_late)
    assert look(folder) == Pruning()
    assert path.exists()


def test_a_line_too_long_to_read_does_not_hide_the_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "MAX_LINE_BYTES", 100)
    write(folder / ROTATED, line(OLD), b'{"timestamp": %f, "x": "' % NOW, b"a" * 250, b'"}\n')
    with (folder / ROTATED).open("ab") as file:
        file.write(line(YOUNG))
    os.utime(folder / ROTATED, (OLD, OLD))
    assert look(folder).deleted == ()


def test_a_workspace_of_a_studio_is_left_to_the_studio(folder: Path) -> None:
    write(folder / ROTATED, line(OLD))
    mark = folder.parent.parent / "studio" / "worker.lock"
    mark.parent.mkdir()
    mark.touch()
    assert look(folder) == Pruning()


def test_what_cannot_be_read_is_named_and_hides_nothing(folder: Path) -> None:
    assert look(folder / "nowhere").problem == "'nowhere': No such file or directory"


@pytest.fixture
def logger(folder: Path) -> LLMCallLogger:
    return LLMCallLogger(folder.parent.parent, "bot", rotation_bytes=300, clock=lambda: NOW)


def call(logger: LLMCallLogger, times: int) -> None:
    for _ in range(times):
        logger.log_call_sync("gpt-4o", "openai", [], None, None, 1)


def test_the_logger_prunes_after_it_rotated_and_only_then(
    folder: Path, logger: LLMCallLogger
) -> None:
    old, neighbour = write(folder / ROTATED, line(OLD)), folder / "bot_2_20251130_120000.jsonl"
    write(neighbour, line(OLD))
    call(logger, 1)
    assert old.exists()
    call(logger, 1)
    assert logger._pruner.wait(60)
    assert not old.exists()
    assert neighbour.exists()
    assert len(list(folder.glob("bot*.jsonl"))) == 3  # neighbour, rotated just now, in use


@pytest.mark.parametrize("days", ["", "0", "a week"])
def test_a_retention_of_never_deletes_nothing(
    folder: Path, days: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTS_SDK_RETENTION_DAYS", days)
    logger = LLMCallLogger(folder.parent.parent, "bot", rotation_bytes=300, clock=lambda: NOW)
    old = write(folder / ROTATED, line(OLD))
    call(logger, 3)
    assert logger._pruner.wait(60)
    assert old.exists()


def test_an_unreadable_retention_is_named_in_a_warning(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AGENTS_SDK_RETENTION_DAYS", "a week")
    LLMCallLogger(folder, "bot")
    assert "AGENTS_SDK_RETENTION_DAYS='a week' is not a number of days" in caplog.text


def test_what_goes_wrong_is_counted_and_named_once_a_minute(
    folder: Path, logger: LLMCallLogger, caplog: pytest.LogCaptureFixture
) -> None:
    (folder.parent.parent / "studio").symlink_to("studio")  # exists, and leads nowhere
    with caplog.at_level(logging.WARNING, "agents_sdk"):
        for _ in range(2):
            logger._pruner.start()
            assert logger._pruner.wait(60)
    assert logger._pruner.failures == 2
    assert caplog.text.count("old log files beside bot.jsonl stay") == 1
