"""Delete the rotated files of one agent once all their lines are older than the retention.

For workspaces without a Studio, where nobody else does. Whatever is in doubt stays: the file in
use, files of other agents and other names, links, a file that somebody has locked or that changes
while it is read, and any file with a single line young enough. The age of a line is its
`timestamp`; without a believable one that of the line before, else the time of the file. Names and
file times never delete anything; a young file time only spares the reading.
"""

import contextlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from agents_sdk.codec import MAX_LINE_BYTES, LineError, decode_line
from agents_sdk.files.lock import lock
from agents_sdk.files.names import SUFFIX, parse_name
from agents_sdk.files.rotate import is_named

DAY_SECONDS = 86_400
MAX_AHEAD_SECONDS = DAY_SECONDS
"""A timestamp further ahead of the clock is not believed."""
STUDIO_MARK = Path("studio", "worker.lock")
"""What a Studio leaves in its workspace; it deletes by its own retention, which may be longer."""


@dataclass(frozen=True, slots=True)
class Pruning:
    """What became of one look: files deleted, and the last reason why one could not be."""

    deleted: tuple[str, ...] = ()
    problem: str = ""


def prune(active: Path, *, retention_seconds: float, now: float | None = None) -> Pruning:
    """Delete what is too old of the agent whose file in use is `active`; never raises OSError."""
    now = time.time() if now is None else now
    deleted, problem = [], ""
    try:
        if _has_studio(active.parent):
            return Pruning()
        paths = [path for path in active.parent.iterdir() if _is_rotation_of(path.name, active)]
    except OSError as error:
        return Pruning(problem=_said(error, active.parent))
    for path in sorted(paths):
        try:
            if _delete_if_old(path, now - retention_seconds, now):
                deleted.append(path.name)
        except FileNotFoundError:
            continue  # another process of this agent was faster
        except OSError as error:
            problem = _said(error, path)
    return Pruning(tuple(deleted), problem)


def _has_studio(folder: Path) -> bool:
    """`folder` is `{workspace}/logs/llm`."""
    try:
        (folder.resolve().parent.parent / STUDIO_MARK).lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _is_rotation_of(name: str, active: Path) -> bool:
    parsed = parse_name(name)
    return (
        parsed is not None
        and parsed.rotated_second is not None
        and parsed.stem == active.name.removesuffix(SUFFIX)
    )


def _delete_if_old(path: Path, oldest_kept: float, now: float) -> bool:
    found = os.lstat(path)
    if not stat.S_ISREG(found.st_mode) or found.st_mtime >= oldest_kept:
        return False
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags), "rb") as file:
        if not lock(file.fileno(), 0):
            return False
        before = os.fstat(file.fileno())
        if before.st_nlink != 1 or not _is_all_old(file, before.st_mtime, oldest_kept, now):
            return False
        if _has_changed(before, os.fstat(file.fileno())) or not is_named(path, before):
            return False
        path.unlink()
        return True


def _is_all_old(file: BinaryIO, modified_at: float, oldest_kept: float, now: float) -> bool:
    age = min(modified_at, now)
    for line in _lines(file):
        own = _timestamp(line)
        if own is not None and 0 <= own <= now + MAX_AHEAD_SECONDS:
            age = own
        if age >= oldest_kept:
            return False
    return True


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Every line; of one that is too long an empty one, which is as old as the line before it."""
    while line := file.readline(MAX_LINE_BYTES):
        is_too_long = len(line) == MAX_LINE_BYTES and not line.endswith(b"\n")
        while is_too_long and line and not line.endswith(b"\n"):
            line = file.readline(MAX_LINE_BYTES)
        yield b"" if is_too_long else line


def _timestamp(line: bytes) -> float | None:
    with contextlib.suppress(LineError):
        value = decode_line(line).entry.get("timestamp")
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
    return None


def _has_changed(before: os.stat_result, after: os.stat_result) -> bool:
    return (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)


def _said(error: OSError, path: Path) -> str:
    return f"'{path.name}': {error.strerror or type(error).__name__}"
