"""The index is disposable: deleted while everything runs, or built anew by command."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories import make_line, write_lines
from tests.integration.running_studio import CHECKOUT, RunningStudio, until

ENTRIES = 300
RETENTION = {"STUDIO_RETENTION_DAYS": "36500"}
"""The entries of `make_line` lie at a fixed time."""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    workspace = tmp_path_factory.mktemp("site") / "workspace"
    write_lines(
        workspace / "logs" / "llm" / "bot.jsonl", *(make_line(n) for n in range(1, ENTRIES + 1))
    )
    with RunningStudio(workspace, worker=None, **RETENTION) as studio:
        until(lambda: count(studio) == ENTRIES, "all entries")
        yield studio


def count(studio: RunningStudio) -> int | None:
    answer = studio.request("GET", "/api/llm-logs?limit=1")
    return answer.json["total_count"] if answer.status == 200 else None


def cursor(studio: RunningStudio) -> str:
    return str(studio.request("GET", "/api/llm-logs?limit=1").json["next_cursor"])


def only_index(studio: RunningStudio) -> Path | None:
    """The file of the index, once that of the one before is gone."""
    found = list((studio.workspace / "studio" / "index").glob("g*.sqlite3"))
    return found[0] if len(found) == 1 else None


def started(studio: RunningStudio, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=CHECKOUT,
        env=studio.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def manage(studio: RunningStudio, *arguments: str) -> subprocess.CompletedProcess[str]:
    with started(studio, *arguments) as process:
        said, complained = process.communicate(timeout=300)
    return subprocess.CompletedProcess(arguments, process.returncode, said, complained)


def test_a_deleted_index_comes_back_by_itself(studio: RunningStudio) -> None:
    old_cursor = cursor(studio)
    shutil.rmtree(studio.workspace / "studio" / "index")
    until(
        lambda: (
            studio.request("GET", f"/api/llm-logs?cursor={old_cursor}").status == 410
            and count(studio) == ENTRIES
        ),
        "the new index",
    )


def test_the_worker_builds_a_new_index_while_the_old_one_serves(studio: RunningStudio) -> None:
    old_cursor = cursor(studio)
    done = manage(studio, "reindex")
    assert done.returncode == 0, done.stderr
    assert "The index is built" in done.stdout
    assert studio.request("GET", f"/api/llm-logs?cursor={old_cursor}").status == 410
    assert count(studio) == ENTRIES
    until(lambda: only_index(studio), "the old index gone")


def test_a_second_writer_is_refused_by_name(studio: RunningStudio) -> None:
    refused = manage(studio, "logworker")
    assert refused.returncode == 1
    assert "is being written by the worker, process" in refused.stderr


def test_once_beside_a_worker_returns_when_that_one_has_indexed_the_files(
    studio: RunningStudio,
) -> None:
    worker = until(lambda: studio.pid_of("logworker"), "the worker")
    os.kill(worker, signal.SIGSTOP)
    extra: Path = studio.workspace / "logs" / "llm" / "written_just_now.jsonl"
    now = time.time()
    write_lines(extra, *(make_line(n, agent_id=extra.stem, timestamp=now) for n in range(1, 501)))
    with extra.open("ab") as stream:
        stream.write(b'{"log_id": "half-wri')
    with started(studio, "logworker", "--once") as once:
        assert once.stdout is not None
        said = once.stdout.readline()
        assert (
            said == f"The worker, process {worker}, is running and indexes what is in the files.\n"
        )
        assert (once.poll(), count(studio)) == (None, ENTRIES)
        os.kill(worker, signal.SIGCONT)
        assert (once.stdout.read(), once.wait(300)) == ("All of it is indexed.\n", 0)
    assert count(studio) == ENTRIES + 500
    extra.unlink()
    until(lambda: count(studio) == ENTRIES, "the extra entries gone")


def test_once_beside_a_worker_says_that_the_files_are_missing(studio: RunningStudio) -> None:
    logs = studio.workspace / "logs"
    logs.rename(studio.workspace / "elsewhere")
    try:
        refused = manage(studio, "logworker", "--once")
    finally:
        (studio.workspace / "elsewhere").rename(logs)
    assert refused.returncode == 1
    assert "cannot be read: No such file or directory" in refused.stderr
    until(lambda: count(studio) == ENTRIES, "everything still there")


def test_once_without_a_studio_says_that_the_files_are_missing(tmp_path: Path) -> None:
    alone = RunningStudio(tmp_path / "workspace", **RETENTION)
    write_lines(alone.workspace / "logs" / "llm" / "bot.jsonl", make_line(1))
    assert manage(alone, "logworker", "--once").returncode == 0
    (alone.workspace / "logs").rename(tmp_path / "elsewhere")
    refused = manage(alone, "logworker", "--once")
    assert refused.returncode == 1
    assert "cannot be read: No such file or directory" in refused.stderr


def test_a_dry_run_says_what_goes_and_when(studio: RunningStudio) -> None:
    said = manage(studio, "prunelogs", "--dry-run")
    assert said.returncode == 0, said.stderr
    assert "bot" in said.stdout
    assert "goes 2126-" in said.stdout


def test_pruning_beside_a_worker_leaves_the_files_to_it_and_says_so(studio: RunningStudio) -> None:
    worker = until(lambda: studio.pid_of("logworker"), "the worker")
    said = manage(studio, "prunelogs")
    assert said.returncode == 0, said.stderr
    assert said.stdout == (
        f"The worker, process {worker}, is running and deletes old files by itself within "
        "seconds.\n"
    )


def test_an_entry_leaves_with_its_file(studio: RunningStudio) -> None:
    extra: Path = studio.workspace / "logs" / "llm" / "extra.jsonl"
    now = time.time()  # of today, or the worker rotates the file before it is deleted here
    write_lines(extra, *(make_line(n, agent_id="extra", timestamp=now) for n in range(1, 11)))
    until(lambda: count(studio) == ENTRIES + 10, "the extra entries")
    extra.unlink()
    until(lambda: count(studio) == ENTRIES, "the extra entries gone")


def test_nothing_leaves_while_the_folder_of_the_files_is_missing(studio: RunningStudio) -> None:
    logs = studio.workspace / "logs"
    logs.rename(studio.workspace / "elsewhere")
    try:
        page = until(
            lambda: (
                answer
                if b"cannot be read" in (answer := studio.request("GET", "/studio/llm-logs")).body
                else None
            ),
            "the page says so",
        )
        assert page.status == 200
        assert count(studio) == ENTRIES
    finally:
        (studio.workspace / "elsewhere").rename(logs)
    until(lambda: count(studio) == ENTRIES, "everything still there")


def test_a_lost_pointer_to_the_index_is_put_back(studio: RunningStudio) -> None:
    pointer = studio.workspace / "studio" / "index" / "CURRENT"
    for damage in (pointer.unlink, lambda: pointer.write_bytes(b"\xffrubbish")):
        damage()
        until(lambda: pointer.exists() and count(studio) == ENTRIES, "the index in force")


def test_a_damaged_index_is_built_again(studio: RunningStudio) -> None:
    path = until(lambda: only_index(studio), "the index alone")
    before = path.name
    for part in (path, path.with_name(before + "-wal")):
        with part.open("r+b") as stream:
            stream.write(os.urandom(100_000))
    until(
        lambda: (
            before not in (names := [one.name for one in path.parent.glob("g*.sqlite3")])
            and len(names) == 1
            and count(studio) == ENTRIES
        ),
        "another index, and no rubbish beside it",
    )


def test_an_index_damaged_behind_its_first_page_is_built_again(studio: RunningStudio) -> None:
    """The first page opens as before; who asks comes across the damage."""
    folder = studio.workspace / "studio" / "index"
    path = until(lambda: only_index(studio), "the index alone")
    before = path.name
    for part in (path, path.with_name(before + "-wal")):
        spared_bytes = min(2 * 8192, part.stat().st_size)
        with part.open("r+b") as stream:
            stream.seek(spared_bytes)
            stream.write(os.urandom(part.stat().st_size - spared_bytes))
    until(
        lambda: (
            count(studio) == ENTRIES
            and not (folder / before).exists()
            and studio.request("GET", "/api/llm-logs?search=Question&view=full").status == 200
        ),
        "another index",
    )
    assert manage(studio, "reindex").returncode == 0
    assert count(studio) == ENTRIES


def test_a_report_does_not_make_a_vanished_folder_anew(studio: RunningStudio) -> None:
    logs = studio.workspace / "logs"
    logs.rename(studio.workspace / "elsewhere")
    event = {
        "event_name": "system.report_llm_log",
        "source_id": "late",
        "payload": {"agent_id": "late", "log_entry": {"log_id": "late-1"}},
    }
    try:
        answer = studio.request(
            "POST",
            "/api/send_event",
            headers={"Content-Type": "application/json"},
            body=json.dumps(event).encode(),
        )
        assert answer.status == 503
        assert not logs.exists()
    finally:
        (studio.workspace / "elsewhere").rename(logs)
    assert count(studio) == ENTRIES
