"""The Makefile removes only what it made."""

import os
import subprocess

import pytest

from tests.house.checkout import ROOT


@pytest.mark.parametrize("target", ["check", "run", "clean"])
def test_a_folder_that_make_did_not_make_is_refused_and_kept(tmp_path, target):
    foreign = tmp_path / "environment"
    foreign.mkdir()
    (foreign / "precious").touch()
    settings = [f"VENV={foreign}", f"VENV_OPENAGENTS={tmp_path / 'none'}"]
    # As from a shell, though `make test` may be what runs this.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", target, *settings],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert done.stdout == (
        f"'{foreign}' exists and was not made by this Makefile; expected a folder of its own; "
        "remove it yourself, or choose another name.\n"
    )
    assert (foreign / "precious").exists()
