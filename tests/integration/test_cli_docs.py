"""docs/cli.md says what is so: its examples run, and every option and exit status is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from agents_sdk.cli.arguments import FILTERS, parse_arguments
from agents_sdk.cli.logs import COMMANDS, FAILED, INTERRUPTED, SCRIPT_PROG
from tests.integration.command_line import CHECKOUT, environment
from tests.integration.studio_with_entries import entry, studio_with

PAGE = (CHECKOUT / "docs" / "cli.md").read_text(encoding="utf-8")
EXAMPLES = "".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)).splitlines()


def test_every_example_runs(tmp_path: Path) -> None:
    installed = f'#!/bin/sh\nexec {sys.executable} -m agents_sdk logs "$@"\n'
    (tmp_path / SCRIPT_PROG).write_text(installed, encoding="utf-8")
    (tmp_path / SCRIPT_PROG).chmod(0o755)
    path = f"{tmp_path}:{Path(sys.executable).parent}:/usr/bin:/bin"
    failed = entry(2, agent_id="researcher", error="overloaded")
    with studio_with(tmp_path / "workspace", entry(1), failed) as studio:
        for example in EXAMPLES:
            if example.split()[1] == "tail":
                continue  # has no end; tests/integration/test_cli_tail.py
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", example], timeout=60, check=False,
                env=environment(studio.url, PATH=path), capture_output=True, text=True,
            )  # fmt: skip
            assert (done.returncode, done.stderr) == (0, ""), example
            assert done.stdout, example


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_described(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_arguments([command, "--help"], SCRIPT_PROG)
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
    assert {f"--{name.replace('_', '-')}" for name in FILTERS} <= options
    assert [option for option in sorted(options) if f"`{option}" not in PAGE] == []
    assert f"**`{SCRIPT_PROG} {command}" in PAGE


def test_every_exit_status_is_described() -> None:
    statuses = [int(status) for status in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)]
    assert statuses == [0, FAILED, 2, INTERRUPTED]
