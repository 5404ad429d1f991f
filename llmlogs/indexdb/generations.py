"""Which file is the index now.

An index is one SQLite file, `g{generation}.sqlite3`; the file `CURRENT` beside it holds the name of
the one in force and is replaced by a rename, so readers see the old index or the new one, never a
mixture. A generation is the Unix millisecond in which it was begun (or one more than the one
before), so a number is never used twice, even after the whole folder was deleted.
"""

import re
from pathlib import Path

DAMAGED = "-damaged"
"""Suffix of the mark that `llmlogs.indexdb.damage` leaves beside a file."""

_NAME = re.compile(r"g(\d{1,15})\.sqlite3")


def path_of(folder: Path, generation: int) -> Path:
    return folder / f"g{generation}.sqlite3"


def current_generation(folder: Path) -> int | None:
    """The generation in force, or None if there is no usable index."""
    try:
        name = (folder / "CURRENT").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    match = _NAME.fullmatch(name)
    if match is None or not (folder / name).exists():
        return None
    return int(match[1])


def make_current(folder: Path, generation: int) -> None:
    """Put a generation in force for everyone who opens the index from now on."""
    draft = folder / "CURRENT.draft"
    draft.write_text(path_of(folder, generation).name + "\n", encoding="ascii")
    draft.replace(folder / "CURRENT")


def next_generation(folder: Path, now: float) -> int:
    """`now` in Unix seconds."""
    return max([int(now * 1000), *(generation + 1 for generation in generations(folder))])


def generations(folder: Path) -> list[int]:
    """Every generation that lies in the folder, oldest first."""
    names = (_NAME.fullmatch(path.name) for path in folder.glob("g*.sqlite3"))
    return sorted(int(match[1]) for match in names if match)


def remove(folder: Path, generation: int) -> None:
    """Delete a generation with what lies beside it; readers that have it open may finish."""
    path = path_of(folder, generation)
    for suffix in ("", "-wal", "-shm", DAMAGED):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
