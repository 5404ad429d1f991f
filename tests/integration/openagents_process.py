"""A script that runs under an unmodified `openagents`, in an interpreter of its own."""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = Path(__file__).resolve().parent / "openagents_scripts"
DEADLINE_SECONDS = 120.0


def interpreter(variable: str, default: str, package: str) -> str:
    """The interpreter that has this package, or a skip that says how to get one."""
    path = ROOT / (os.environ.get(variable) or default)
    if not path.exists():
        pytest.skip(
            f"NOT TESTED AGAINST {package}: there is no '{path}'. Make an environment with "
            f"'python -m venv {Path(default).parts[0]}' and 'pip install {package} \"mcp<2\" "
            f"openai', or name its interpreter in {variable}."
        )
    return str(path)


class OpenAgentsProcess:
    """Runs a script of `openagents_scripts`; what it prints goes to a file that is read back."""

    def __init__(self, python: str, script: str, *arguments: object, output: Path, **env: str):
        self._output = output
        with output.open("wb") as log:
            self._process = subprocess.Popen(
                [python, "-u", str(SCRIPTS / script), *map(str, arguments)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env={**os.environ, "NO_PROXY": "127.0.0.1,localhost", **env},
            )

    def __enter__(self) -> "OpenAgentsProcess":
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    def wait_for(self, marker: str) -> Any:
        """What the script printed behind this word, as JSON where it is JSON."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < deadline:
            for line in self.output().splitlines():
                word, _, rest = line.partition(" ")
                if word == marker:
                    return json.loads(rest) if rest.startswith(("[", "{")) else rest
            if self._process.poll() is not None and marker not in self.output():
                break
            time.sleep(0.05)
        raise AssertionError(f"The script never printed '{marker}':\n{self.output()[-4000:]}")

    def go_on(self) -> None:
        """Send the line that the script waits for."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()

    def output(self) -> str:
        return self._output.read_text(errors="replace")
