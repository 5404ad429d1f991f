"""Who holds a workspace, and whether they are still there."""

import json
import os
import subprocess
import sys

import pytest

from studio import workspace as workspaces
from studio.refusal import Refusal
from studio.workspace import make_folders, take_lock

HOLDER = """
import json, os, subprocess, sys
from pathlib import Path
from studio.workspace import take_lock
descriptor = take_lock(Path(sys.argv[1]), {"pid": os.getpid()})
# A process of the instance that outlives it until its standard input ends.
subprocess.Popen(["cat"], pass_fds=[descriptor], stdout=subprocess.DEVNULL)
print("locked", flush=True)
os.read(0, 1)
"""


@pytest.fixture
def killed(tmp_path):
    """An instance that was killed and that nobody has reaped; a process of it holds the lock."""
    make_folders(tmp_path)
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as process:
        assert process.stdout.readline() == b"locked\n"
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        yield process


def test_the_rest_of_an_instance_that_was_killed_is_waited_for(tmp_path, killed, monkeypatch):
    monkeypatch.setattr(workspaces.time, "sleep", lambda _seconds: killed.stdin.close())
    descriptor = take_lock(tmp_path, {"pid": os.getpid()})
    lock = tmp_path / "studio" / "supervisor.lock"
    assert json.loads(lock.read_text()) == {"pid": os.getpid()}
    os.close(descriptor)


def test_an_instance_that_runs_is_not_waited_for(tmp_path, monkeypatch):
    make_folders(tmp_path)
    descriptor = take_lock(tmp_path, {"pid": os.getpid()})
    monkeypatch.setattr(workspaces.time, "sleep", pytest.fail)
    with pytest.raises(Refusal, match=f"is in use by process {os.getpid()}, which"):
        take_lock(tmp_path, {"pid": os.getpid()})
    os.close(descriptor)
