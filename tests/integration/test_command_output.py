"""Commands whose output nobody reads to its end."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from llmlogs.display import visible
from tests.factories import make_line, write_lines
from tests.integration.running_studio import CHECKOUT, RunningStudio

COMMANDS = [
    ("prunelogs", "--dry-run"),
    ("prunelogs", "--help"),
    ("logworker", "--once"),
    ("reindex",),
    ("help",),
    ("diffsettings",),
]


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """That of a workspace with an index, in which nothing runs."""
    workspace = tmp_path_factory.mktemp("site") / "workspace"
    write_lines(workspace / "logs" / "llm" / "bot.jsonl", make_line(1))
    settings = RunningStudio(workspace, STUDIO_RETENTION_DAYS="36500").environ
    done = manage(settings, subprocess.DEVNULL, "logworker", "--once")
    assert done.returncode == 0, done.stderr
    return settings


@contextmanager
def left_pipe() -> Iterator[int]:
    """The writing end of a pipe whose reader has left."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


def manage(
    environ: dict[str, str], output: int, *arguments: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=CHECKOUT, env=environ, stdout=output, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_reader_who_has_seen_enough_ends_a_command_quietly(
    environ: dict[str, str], command: tuple[str, ...], unbuffered: str
) -> None:
    with left_pipe() as output:
        done = manage({**environ, "PYTHONUNBUFFERED": unbuffered}, output, *command)
    said = [line for line in done.stderr.splitlines() if "llmlogs.ingest" not in line]
    assert (done.returncode, said) == (0, [])


def test_a_reader_who_has_left_does_not_make_an_error_a_success(environ: dict[str, str]) -> None:
    with left_pipe() as output:
        done = manage({**environ, "STUDIO_PORT": "abc"}, output, "prunelogs", "--dry-run")
    assert done.returncode == 1
    assert done.stderr.startswith("STUDIO_PORT is 'abc'; expected a whole number")


def test_a_file_is_one_line_with_its_size_and_nothing_unseen_in_its_name(tmp_path: Path) -> None:
    logs = tmp_path / "workspace" / "logs" / "llm"
    names = ["new\nline.jsonl", "tab\t\x1b[31m.jsonl", "\u202egnp.jsonl"]
    for name in names:
        write_lines(logs / name, make_line(1))
    environ = RunningStudio(logs.parent.parent, STUDIO_RETENTION_DAYS="36500").environ
    indexed = manage(environ, subprocess.DEVNULL, "logworker", "--once")
    with (tmp_path / "said").open("w") as output:
        done = manage(environ, output.fileno(), "prunelogs", "--dry-run")
    assert (indexed.returncode, done.returncode) == (0, 0), done.stderr
    lines = (tmp_path / "said").read_text("utf-8").splitlines()
    told = {line.partition("  ")[0]: line.partition("  ")[2] for line in lines}
    assert told.keys() == {visible(logged) for logged in listed(logs)}
    assert all(re.match(r"\d+ bytes  goes \d{4}-", size) for size in told.values())
    assert all(line.isprintable() for line in indexed.stderr.splitlines())


def listed(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]
