"""The versions of Python that are promised, where this machine has them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PROMISED = ("3.11", "3.12", "3.13")


def interpreter(version: str) -> str:
    """An interpreter of this version, or a skip that says how to get one."""
    for candidate in _candidates(version):
        if _version_of(candidate) == version:
            return candidate
    pytest.skip(
        f"NOT TESTED ON PYTHON {version}: no 'python{version}' that runs is in the PATH, and pyenv "
        f"has none. Install one, for example with 'pyenv install {version}' or "
        f"'apt-get install python{version}-venv'."
    )


def _candidates(version: str) -> Iterator[str]:
    yield sys.executable
    if found := shutil.which(f"python{version}"):
        yield found
    # Its shims are in the PATH for every version and run for the chosen ones only.
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from map(str, sorted(root.glob(f"versions/{version}.*/bin/python"), reverse=True))


@cache
def _version_of(python: str) -> str | None:
    """None if it does not run or cannot make environments."""
    code = "import venv, sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run(
            [python, "-c", code], capture_output=True, text=True, timeout=60, check=False
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
