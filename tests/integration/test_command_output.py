"""Commands whose output nobody reads to its end."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

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
