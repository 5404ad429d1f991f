"""When entries and files go: the rules, as pure functions of facts and a clock.

The age of an entry is its effective timestamp. What is older than the retention is left out of
every answer at once; its rows and files follow in steps. A file goes when all its lines are older;
its name and its modification time never count, unless it holds no readable line at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass

FIRST_OPENED_GRACE_SECONDS = 86_400
"""Files of a workspace that is opened for the first time are safe for so long, so that a new user
can read what will go and raise the setting."""

FRESH_FILE_GRACE_SECONDS = 3_600
"""A file written to within the last hour stays, whatever times its lines claim."""


@dataclass(frozen=True, slots=True)
class FileAge:
    """What decides over a file. Times in Unix seconds; `newest_at` None if no line has a time."""

    name: str
    size_bytes: int
    unread_bytes: int
    newest_at: float | None
    modified_at: float


def cutoff(now: float, retention_seconds: float) -> float:
    """Entries before this time are too old."""
    return now - retention_seconds


def goes_at(file: FileAge, *, retention_seconds: float, first_opened_at: float) -> float:
    """When the whole file will be too old and may be deleted."""
    newest_at = file.modified_at if file.newest_at is None else file.newest_at
    return max(
        newest_at + retention_seconds,
        file.modified_at + FRESH_FILE_GRACE_SECONDS,
        first_opened_at + FIRST_OPENED_GRACE_SECONDS,
    )


@dataclass(frozen=True, slots=True)
class Outlook:
    """What retention will delete next. Times in Unix seconds."""

    next_name: str = ""
    next_goes_at: float | None = None
    spared: tuple[tuple[str, float], ...] = ()
    """Files, and when they go, that are too old and stay only for the grace of a first opening."""


def outlook(
    files: Iterable[FileAge], *, now: float, retention_seconds: float, first_opened_at: float
) -> Outlook:
    """Look ahead over all files."""
    times = [
        (
            goes_at(file, retention_seconds=retention_seconds, first_opened_at=first_opened_at),
            goes_at(file, retention_seconds=retention_seconds, first_opened_at=0),
            file.name,
        )
        for file in files
    ]
    if not times:
        return Outlook()
    at, _, name = min(times)
    spared = tuple((name, at) for at, without_grace, name in times if without_grace < now <= at)
    return Outlook(name, at, spared)


def may_go(file: FileAge, *, now: float, retention_seconds: float, first_opened_at: float) -> bool:
    """Whether a file may be deleted now. A file with unread bytes never goes."""
    if file.unread_bytes > 0:
        return False
    return now > goes_at(file, retention_seconds=retention_seconds, first_opened_at=first_opened_at)
