"""Care of the files themselves: rotation, and deletion of what is too old.

Files of others are treated like ours: an OpenAgents agent takes no lock, so a file is only ever
renamed (nothing written to it is lost, the follower goes on with it) and deleted only under its
rotated name, with its size unchanged since the last line was read.
"""

import fcntl
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from agents_sdk.files.names import parse_name
from agents_sdk.files.rotate import rotate
from llmlogs.ingest.positions import FilePosition
from llmlogs.retention import FileAge, may_go

log = logging.getLogger(__name__)

ROTATION_SLACK = 1.1
"""Our own logger rotates at the limit; the worker steps in for the files of others, later."""

MAX_LINE_AGE_SECONDS = 86_400
"""A file whose oldest line is a day old is rotated, so that it can go when it is seven days old."""


def is_active(name: str) -> bool:
    """Whether a name is one that agents append to."""
    parsed = parse_name(name)
    return parsed is not None and parsed.rotated_second is None


def to_rotate(
    files: Sequence[tuple[FilePosition, FileAge]], *, now: float, rotation_bytes: int
) -> list[str]:
    """Names of the files that have to be begun anew."""
    limit = rotation_bytes * ROTATION_SLACK
    return [
        age.name
        for position, age in files
        if is_active(age.name)
        and (
            age.size_bytes > limit
            or (
                position.oldest_timestamp is not None
                and now - position.oldest_timestamp >= MAX_LINE_AGE_SECONDS
            )
        )
    ]


def rotate_files(folder: Path, names: Sequence[str], now: float) -> None:
    for name in names:
        try:
            target = rotate(folder / name, now)
        except OSError as error:
            log.warning("%r could not be rotated: %s. It is tried again later.", name, error)
            continue
        if target is not None:
            log.info("Rotated %r to %r.", name, target.name)


def to_delete(
    files: Sequence[tuple[FilePosition, FileAge]],
    *,
    now: float,
    retention_seconds: float,
    first_opened_at: float,
) -> list[FileAge]:
    """The files whose lines are all too old; files agents append to are rotated first."""
    return [
        age
        for _, age in files
        if not is_active(age.name)
        and may_go(
            age,
            now=now,
            retention_seconds=retention_seconds,
            first_opened_at=first_opened_at,
        )
    ]


def delete_files(folder: Path, files: Sequence[FileAge]) -> None:
    for file in files:
        try:
            if _delete_unchanged(folder / file.name, file.size_bytes):
                log.info(
                    "Deleted %r (%d bytes): all its entries are older than the retention.",
                    file.name,
                    file.size_bytes,
                )
        except OSError as error:
            log.warning("%r could not be deleted: %s. It is tried again later.", file.name, error)


def _delete_unchanged(path: Path, size_bytes: int) -> bool:
    """Delete a file unless somebody holds its lock or wrote to it since it was read."""
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(fd).st_size != size_bytes:
            return False
        path.unlink()
        return True
    except BlockingIOError:
        return False
    finally:
        os.close(fd)
