"""`logs` where its answer cannot go, and answers of which little is known."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.command_line import COMMAND, DEADLINE_SECONDS, environment, json_lines, run
from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import entry, studio_with

ENTRIES = [
    entry(1, log_id="known"),
    entry(
        2,
        log_id="unknown",
        latency_ms=None,
        input_tokens=None,
        output_tokens=None,
        total_tokens=None,
    ),
]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    with studio_with(tmp_path_factory.mktemp("cli") / "workspace", *ENTRIES) as running:
        yield running


@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["list", "--text"],
        ["list", "--text", "--view", "full"],
        ["show", "known"],
        ["show", "known", "--text"],
        ["stats"],
        ["stats", "--text"],
        ["tail"],
        ["tail", "--text"],
    ],
)
def test_a_full_disk_is_a_sentence_and_a_status(
    studio: RunningStudio, arguments: list[str]
) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, *arguments], env=environment(studio.url), stdout=full,
            stderr=subprocess.PIPE, text=True, timeout=DEADLINE_SECONDS, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == (
        f"agents_sdk logs {arguments[0]}: the answer cannot be written: No space left on device\n"
    )


def test_a_closed_standard_output_is_a_sentence_and_a_status(studio: RunningStudio) -> None:
    shell = ["sh", "-c", 'exec "$@" >&-', "sh", *COMMAND, "list"]
    done = subprocess.run(
        shell, env=environment(studio.url), stderr=subprocess.PIPE, text=True,
        timeout=DEADLINE_SECONDS, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        1,
        "agents_sdk logs list: standard output is closed; expected somewhere to write the answer\n",
    )


def test_what_goes_wrong_without_standard_error_is_not_taken_for_the_answer() -> None:
    shell = ["sh", "-c", 'exec "$@" 2>&-', "sh", *COMMAND, "list", "--url", "http://127.0.0.1:1"]
    done = subprocess.run(
        shell, env=environment(""), stdout=subprocess.PIPE, timeout=DEADLINE_SECONDS, check=False
    )
    assert (done.returncode, done.stdout) == (1, b"")


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "unknown", "--text"],
        ["show", "--text"],
        ["list", "--limit", "1", "--text", "--view", "full"],
    ],
)
def test_a_number_that_nobody_said_is_a_dash(studio: RunningStudio, arguments: list[str]) -> None:
    lines = run(studio.url, *arguments).stdout.splitlines()
    assert {"took      –", "tokens    – in all"} <= set(lines)


def test_the_newest_call_is_shown_as_it_is_stored(studio: RunningStudio) -> None:
    (newest,) = json_lines(run(studio.url, "show"))
    assert newest == json_lines(run(studio.url, "show", "unknown"))[0]
    assert newest["total_tokens"] is None


def test_the_studio_and_the_form_may_be_named_before_the_command(studio: RunningStudio) -> None:
    before = run("http://127.0.0.1:1", "--url", studio.url, "--json", "show", "known")
    assert json_lines(before) == json_lines(run(studio.url, "show", "known"))


@pytest.mark.parametrize("url", ["", "ftp://x", "http:", "yes please"])
def test_an_address_that_is_none_is_refused_in_a_sentence(url: str) -> None:
    done = run("http://127.0.0.1:1", "--url", url, "list")
    sentence = f"{url!r} is no address of a server; give one like 'http://localhost:8700'"
    assert (done.returncode, done.stderr) == (2, f"agents_sdk logs list: {sentence}\n")


def test_an_argument_that_is_not_utf_8_is_refused_in_a_sentence() -> None:
    for arguments in (["show", b"\xff"], ["list", "--search", b"K\xf6ln"]):
        done = subprocess.run(
            [*COMMAND, *arguments], env=environment(""), capture_output=True, check=False,
            timeout=DEADLINE_SECONDS,
        )  # fmt: skip
        assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
        assert b"is not UTF-8; see agents_sdk logs --help" in done.stderr
