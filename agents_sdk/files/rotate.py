"""Set a log file aside under a name that says when; nothing is ever overwritten.

The file keeps its inode, so a writer that has it open goes on writing into the file set aside and
a follower that reads it goes on reading. Works for files of others too, who take no lock of ours.
"""

import errno
import os
import stat
from pathlib import Path

from agents_sdk.files.lock import lock
from agents_sdk.files.names import parse_name, rotated_name

ROTATION_BYTES = 52_428_800
"""50 MB: the size at which our loggers begin a new file."""
MAX_TRIED_SECONDS = 3600
"""So many files of one agent in one hour would be a fault of another kind."""
LOCK_WAIT_SECONDS = 2.0

_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
"""What file systems without hard links answer."""


def rotate(path: Path, at: float) -> Path | None:
    """Set the file in use aside as of Unix second `at`; the next free second if that is taken.

    Returns the new path; None if there is nothing to set aside: no such file, an empty one, no
    regular file, or one set aside before. Raises OSError (the folder is not ours, a name too long).
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            return None
        raise
    try:
        lock(descriptor, LOCK_WAIT_SECONDS)
        return set_aside(path, descriptor, at)
    finally:
        os.close(descriptor)


def set_aside(path: Path, descriptor: int, at: float) -> Path | None:
    """`rotate` for a caller that has the file open and holds its lock."""
    name = parse_name(path.name)
    opened = os.fstat(descriptor)
    if name is None or name.rotated_second is not None:
        return None
    if not stat.S_ISREG(opened.st_mode) or not opened.st_size or not is_named(path, opened):
        return None
    if opened.st_nlink > 1 and (target := _interrupted_target(path, name.stem, opened)):
        path.unlink()
        return target
    for second in range(int(at), int(at) + MAX_TRIED_SECONDS):
        target = path.with_name(rotated_name(name.stem, second))
        if _moved(path, target, opened):
            return target
    raise FileExistsError(errno.EEXIST, "every name of the next hour is taken", str(path))


def is_named(path: Path, opened: os.stat_result) -> bool:
    """Whether the name still belongs to the file that was opened."""
    try:
        return os.path.samestat(os.lstat(path), opened)
    except FileNotFoundError:
        return False


def _moved(path: Path, target: Path, opened: os.stat_result) -> bool:
    """Give the file its new name; False if that name is taken."""
    try:
        os.link(path, target, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _moved_without_links(path, target)
    if is_named(path, opened):  # a foreign logger may have rotated it in this very moment
        path.unlink()
    return True


def _moved_without_links(path: Path, target: Path) -> bool:
    """Reserve the name with an empty file, then rename over what is ours."""
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        return False
    path.rename(target)
    return True


def _interrupted_target(path: Path, stem: str, opened: os.stat_result) -> Path | None:
    """The second name that a process gave this file before it died between link and unlink."""
    for sibling in path.parent.iterdir():
        name = parse_name(sibling.name)
        is_rotated = name is not None and name.stem == stem and name.rotated_second is not None
        if is_rotated and is_named(sibling, opened):
            return sibling
    return None
