"""The folders that log files lie in."""

import contextlib
import os
from pathlib import Path


def make_private_folder(folder: Path) -> None:
    """Make a folder and the missing ones above it, each for this user only."""
    for missing in [path for path in (folder, *folder.parents) if not path.exists()][::-1]:
        with contextlib.suppress(FileExistsError):
            missing.mkdir(mode=0o700)


def sync_folder(folder: Path) -> None:
    """Make the names in it safe against power loss."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
