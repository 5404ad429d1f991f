"""The workspace folder as the Studio needs it: its folders, its secret key, its lock.

What exists is left as it is (an OpenAgents workspace keeps its modes and files); what is made here
is for its owner only.
"""

import fcntl
import json
import os
import secrets
import time
from pathlib import Path

from studio.refusal import Refusal

LOCK_WAIT_SECONDS = 15.0
"""How long the processes of an instance that was killed may take to let go of the lock."""
_RETRY_SECONDS = 0.1


def make_folders(workspace: Path) -> None:
    """Make what is missing of the workspace, with mode 0700."""
    folders = (
        workspace,
        workspace / "logs",
        workspace / "logs" / "llm",
        workspace / "studio",
        workspace / "studio" / "index",
    )
    try:
        workspace.parent.mkdir(parents=True, exist_ok=True)
        for folder in folders:
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as problem:
        raise Refusal(
            f"The workspace '{workspace}' cannot be used ({problem.strerror}: "
            f"'{problem.filename}'); expected a folder this user may write to; "
            "set STUDIO_WORKSPACE to one."
        ) from None


def secret_key(workspace: Path) -> str | None:
    """The key that signs sessions, or None where `make_secret_key` never ran."""
    try:
        return _secret_key_path(workspace).read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None


def make_secret_key(workspace: Path) -> None:
    """Make the key if there is none: 0600, complete from the moment it has its name."""
    if secret_key(workspace):
        return
    path = _secret_key_path(workspace)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48) + "\n", encoding="ascii")
    draft.replace(path)


def take_lock(workspace: Path, holder: dict[str, str | int]) -> int:
    """Lock the workspace and write into the lock who holds it; the descriptor holds the lock.

    Whoever inherits the descriptor holds it too: a workspace stays locked until the last process
    of an instance is gone. If the instance itself is dead already, its rest is waited for.
    """
    path = workspace / "studio" / "supervisor.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    while not _try_lock(descriptor):
        other = _read_holder(descriptor)
        if _is_alive(other.get("pid")) or time.monotonic() > deadline:
            os.close(descriptor)
            raise Refusal(_busy(workspace, other))
        time.sleep(_RETRY_SECONDS)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(holder).encode() + b"\n", 0)
    return descriptor


def _busy(workspace: Path, other: dict[str, object]) -> str:
    return (
        f"The workspace '{workspace}' is in use by process {other.get('pid', 'unknown')}, which "
        f"serves http://{other.get('host', '?')}:{other.get('port', '?')}; expected one instance "
        "a workspace; end that one, or set STUDIO_WORKSPACE and STUDIO_PORT to others."
    )


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_holder(descriptor: int) -> dict[str, object]:
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0))
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}


def _is_alive(pid: object) -> bool:
    if not isinstance(pid, int) or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Whether a process has ended and only waits for its parent to notice; Linux alone tells."""
    try:
        status = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False
    # The name before it may hold anything, closing brackets too.
    return status.rpartition(b")")[2].split()[:1] == [b"Z"]


def _secret_key_path(workspace: Path) -> Path:
    return workspace / "studio" / "secret_key"
