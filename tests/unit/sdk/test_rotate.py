"""Setting a log file aside: never over another file, never another file than the one meant."""

import errno
import os
from pathlib import Path

import pytest

from agents_sdk.files import rotate as rotation
from agents_sdk.files.rotate import rotate

NOON = 1765195200
NAMES = [f"bot_20251208_12000{second}.jsonl" for second in range(4)]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "bot.jsonl"
    path.write_bytes(b'{"n":1}\n')
    return path


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_file_gets_the_second_as_its_name_and_keeps_its_inode(log: Path) -> None:
    inode = log.stat().st_ino
    assert rotate(log, NOON + 0.9) == log.with_name(NAMES[0])
    assert names_in(log.parent) == [NAMES[0]]
    assert log.with_name(NAMES[0]).stat().st_ino == inode


def test_a_taken_name_is_left_alone_and_the_next_free_second_is_used(log: Path) -> None:
    log.with_name(NAMES[0]).write_bytes(b"older\n")
    log.with_name(NAMES[1]).symlink_to("nowhere")
    assert rotate(log, NOON) == log.with_name(NAMES[2])
    assert log.with_name(NAMES[0]).read_bytes() == b"older\n"


def test_a_rotation_that_died_half_way_is_finished_and_not_repeated(log: Path) -> None:
    os.link(log, log.with_name(NAMES[0]))
    assert rotate(log, NOON + 2) == log.with_name(NAMES[0])
    assert names_in(log.parent) == [NAMES[0]]


def test_a_second_name_that_is_no_rotation_of_ours_stays(log: Path) -> None:
    os.link(log, log.with_name("backup"))
    assert rotate(log, NOON) == log.with_name(NAMES[0])
    assert names_in(log.parent) == ["backup", NAMES[0]]


@pytest.mark.parametrize("name", ["bot.jsonl", NAMES[0], "notes.txt"])
def test_there_is_nothing_to_set_aside(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert rotate(path, NOON) is None
    path.write_bytes(b"" if name == "bot.jsonl" else b"x\n")
    assert rotate(path, NOON) is None
    assert names_in(tmp_path) == [name]


def test_a_symbolic_link_and_a_folder_are_not_rotated(tmp_path: Path, log: Path) -> None:
    (tmp_path / "link.jsonl").symlink_to(log)
    (tmp_path / "folder.jsonl").mkdir()
    os.mkfifo(tmp_path / "pipe.jsonl")
    for name in ("link.jsonl", "folder.jsonl", "pipe.jsonl"):
        assert rotate(tmp_path / name, NOON) is None
    assert log.exists()


def test_without_hard_links_the_name_is_reserved_first(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(rotation.os, "link", refuse)
    log.with_name(NAMES[0]).write_bytes(b"older\n")
    assert rotate(log, NOON) == log.with_name(NAMES[1])
    assert log.with_name(NAMES[0]).read_bytes() == b"older\n"
    assert log.with_name(NAMES[1]).read_bytes() == b'{"n":1}\n'


def test_an_hour_of_taken_names_is_an_error_and_not_an_endless_search(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "MAX_TRIED_SECONDS", 2)
    for name in NAMES[:2]:
        log.with_name(name).touch()
    with pytest.raises(FileExistsError, match="every name of the next hour is taken"):
        rotate(log, NOON)
