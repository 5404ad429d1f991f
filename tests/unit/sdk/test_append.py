"""Appending to one file that threads, processes and strangers use at the same time."""

import fcntl
import gc
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents_sdk.files import append as appending
from agents_sdk.files.append import Appender
from agents_sdk.files.rotate import rotate

NOON = 1765195200.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "workspace" / "logs" / "llm" / "bot.jsonl"


@pytest.fixture
def appender(path: Path) -> Iterator[Appender]:
    appender = Appender(path, rotation_bytes=100, clock=lambda: NOON)
    yield appender
    appender.close()


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_file_and_folders_are_for_this_user_only(path: Path, appender: Appender) -> None:
    appender.append(b"1\n")
    assert mode(path) == 0o600
    assert [mode(folder) for folder in list(path.parents)[:3]] == [0o700] * 3
    assert path.read_bytes() == b"1\n"


def test_a_torn_line_of_somebody_else_is_closed_first(path: Path, appender: Appender) -> None:
    appender.append(b"1\n")
    with path.open("ab") as stranger:
        stranger.write(b'{"torn')
    appender.append(b"2\n")
    assert path.read_bytes() == b'1\n{"torn\n2\n'


def test_a_file_that_somebody_emptied_or_cut_is_written_on(path: Path, appender: Appender) -> None:
    appender.append(b"1\n")
    os.truncate(path, 0)
    appender.append(b"22\n")
    os.truncate(path, 1)
    appender.append(b"3\n")
    assert path.read_bytes() == b"2\n3\n"


def test_a_full_file_is_set_aside_and_none_is_overwritten(path: Path, appender: Appender) -> None:
    for number in range(4):
        appender.append(b"%d" % number * 59 + b"\n")
    assert names_in(path.parent) == [
        "bot.jsonl",
        "bot_20251208_120000.jsonl",
        "bot_20251208_120001.jsonl",
        "bot_20251208_120002.jsonl",
    ]
    assert path.read_bytes() == b"3" * 59 + b"\n"


def test_a_line_longer_than_the_limit_has_a_file_of_its_own(path: Path, appender: Appender) -> None:
    appender.append(b"1\n")
    appender.append(b"x" * 500 + b"\n")
    appender.append(b"2\n")
    assert path.read_bytes() == b"2\n"
    assert [file.stat().st_size for file in sorted(path.parent.iterdir())] == [2, 2, 501]


def test_a_batch_is_written_at_once_and_split_only_at_the_limit(
    path: Path, appender: Appender
) -> None:
    appender.append_lines([b"1\n", b"2\n"])
    assert path.read_bytes() == b"1\n2\n"
    appender.append_lines([b"%02d" % number * 10 + b"\n" for number in range(9)])
    sizes = [file.stat().st_size for file in sorted(path.parent.iterdir())]
    assert sizes == [21, 88, 84]
    appender.append_lines([])


@pytest.mark.parametrize("removal", ["rename", "delete", "delete folder", "rotate"])
def test_the_name_is_followed_when_others_take_the_file_away(
    path: Path, appender: Appender, removal: str
) -> None:
    appender.append(b"1\n")
    if removal == "rename":
        path.rename(path.with_name("bot_20251208_130000.jsonl"))
    elif removal == "delete":
        path.unlink()
    elif removal == "delete folder":
        shutil.rmtree(path.parent)
    else:
        assert rotate(path, NOON) is not None
    appender.append(b"2\n")
    assert path.read_bytes() == b"2\n"
    assert mode(path) == 0o600


def test_a_rotation_that_is_impossible_costs_no_line(
    path: Path, appender: Appender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise PermissionError("not our folder")

    monkeypatch.setattr(appending, "set_aside", fail)
    for _ in range(3):
        appender.append(b"x" * 59 + b"\n")
    assert path.stat().st_size == 180


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_what_is_no_regular_file_is_not_written_to(path: Path, kind: str, tmp_path: Path) -> None:
    path.parent.mkdir(parents=True)
    secret = tmp_path / "secret"
    secret.touch()
    {
        "link": lambda: path.symlink_to(secret),
        "pipe": lambda: os.mkfifo(path),
        "folder": path.mkdir,
    }[kind]()
    with pytest.raises(OSError):
        Appender(path).append(b"1\n")
    assert secret.read_bytes() == b""


def test_threads_lose_and_tear_nothing_while_the_file_rotates(path: Path) -> None:
    appender = Appender(path, rotation_bytes=20_000)

    def write(thread: int) -> None:
        for number in range(200):
            appender.append(b"%d-%d-" % (thread, number) + b"x" * 100 + b"\n")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = [line for file in path.parent.iterdir() for line in file.read_bytes().splitlines()]
    assert sorted(line.rsplit(b"-", 1)[0] for line in lines) == sorted(
        b"%d-%d" % (thread, number) for thread in range(8) for number in range(200)
    )
    assert all(file.stat().st_size <= 20_000 for file in path.parent.iterdir())
    appender.close()


def test_a_holder_that_stands_still_delays_once_and_stops_nobody(
    path: Path, appender: Appender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appending, "LOCK_WAIT_SECONDS", 0.2)
    appender.append(b"1\n")
    with path.open() as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        started_at = time.monotonic()
        for _ in range(500):
            appender.append(b"2\n")
        assert time.monotonic() - started_at < 50, "with a wait for each it would be 100 s"
        assert path.stat().st_size == 1_002  # over the limit: no rotation without the lock
    assert names_in(path.parent) == ["bot.jsonl"]


def test_a_call_from_the_garbage_collector_in_mid_write_is_written_afterwards(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    appender = Appender(path)
    write = os.write

    class Finalizer:
        def __del__(self) -> None:
            appender.append(b"inner\n")

    def interrupted_write(descriptor: int, data: bytes) -> int:
        monkeypatch.setattr(appending.os, "write", write)
        Finalizer()
        gc.collect()
        return write(descriptor, data)

    monkeypatch.setattr(appending.os, "write", interrupted_write)
    appender.append(b"outer\n")
    assert path.read_bytes() == b"outer\ninner\n"
    appender.close()


def test_a_child_shares_neither_file_nor_lock_with_its_parent(
    path: Path, appender: Appender
) -> None:
    appender.append(b"parent\n")
    inherited = appender._descriptor
    assert inherited is not None
    appender._thread_lock.acquire()  # as another thread would hold it in the moment of the fork
    child = os.fork()
    if child == 0:
        signal.alarm(120)
        try:
            os.fstat(inherited)
        except OSError:
            appender.append(b"child\n")
        os._exit(0)
    appender._thread_lock.release()
    assert os.waitpid(child, 0)[1] == 0
    appender.append(b"parent\n")
    assert path.read_bytes() == b"parent\nchild\nparent\n"


FULL_DISK = """
import resource, sys
from agents_sdk.files.append import Appender
appender = Appender(sys.argv[1], rotation_bytes=None)
appender.append(b"x" * 89 + b"\\n")
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    appender.append_lines([b"1234\\n", b"1234567\\n", b"8\\n"])
except OSError as error:
    print(type(error).__name__, error.errno)
"""


def test_a_full_disk_leaves_whole_lines_only(path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=True
    )
    assert result.stdout == "OSError 27\n"
    assert path.read_bytes() == b"x" * 89 + b"\n" + b"1234\n"


def test_fsync_is_asked_for_file_and_folder(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(
        appending.os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino)
    )
    appender = Appender(path, fsync=True)
    appender.append(b"1\n")
    appender.append(b"2\n")
    file, folder = path.stat().st_ino, path.parent.stat().st_ino
    assert synced == [folder, file, file]
    appender.close()


def test_an_appender_may_be_closed_at_any_time(path: Path, appender: Appender) -> None:
    appender.close()
    appender.append(b"1\n")
    appender.close()
    appender.append(b"2\n")
    assert path.read_bytes() == b"1\n2\n"


def test_the_limit_of_open_files_is_an_error_of_the_call_and_not_of_the_next(path: Path) -> None:
    appender = Appender(path)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
        with pytest.raises(OSError):
            appender.append(b"1\n")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    appender.append(b"2\n")
    assert path.read_bytes() == b"2\n"
    appender.close()


def test_a_file_that_was_closed_from_outside_is_opened_again(
    path: Path, appender: Appender
) -> None:
    appender.append(b'{"n": 1}\n')
    os.close(descriptor_of(path))
    appender.append(b'{"n": 2}\n')
    os.close(descriptor_of(path))
    appender.close()
    appender.append(b'{"n": 3}\n')
    assert path.read_bytes() == b'{"n": 1}\n{"n": 2}\n{"n": 3}\n'


def test_a_file_that_got_our_number_is_neither_written_to_nor_closed(
    path: Path, appender: Appender, tmp_path: Path
) -> None:
    appender.append(b'{"n": 1}\n')
    number = descriptor_of(path)
    theirs = os.open(tmp_path / "theirs.txt", os.O_RDWR | os.O_CREAT)
    os.dup2(theirs, number)
    appender.append(b'{"n": 2}\n')
    os.dup2(theirs, descriptor_of(path))
    appender.close()
    for descriptor in {theirs, number}:
        os.write(descriptor, b"theirs\n")
        os.close(descriptor)
    assert (tmp_path / "theirs.txt").read_bytes() == b"theirs\ntheirs\n"
    assert path.read_bytes() == b'{"n": 1}\n{"n": 2}\n'


def descriptor_of(path: Path) -> int:
    """The number under which this process has a file open."""
    (number,) = (
        int(entry.name)
        for entry in Path("/proc/self/fd").iterdir()
        if entry.is_symlink() and os.path.realpath(entry) == str(path)
    )
    return number
