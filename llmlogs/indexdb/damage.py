"""Telling that an index is damaged: by the error that SQLite gives, and from process to process.

Whoever reads may be the first to come across a damaged page, but only the worker makes an index.
So a reader leaves a mark beside the file, and the worker, which looks for it, begins anew.
"""

import contextlib
import sqlite3
from pathlib import Path

from llmlogs.indexdb import generations

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_damage(error: BaseException | None) -> bool:
    """Whether an error says that the file is no whole database."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in _DAMAGE


def mark(folder: Path, generation: int) -> None:
    """Say that a generation is damaged; without success if the folder is gone as well."""
    with contextlib.suppress(OSError):
        _mark_of(folder, generation).touch(mode=0o600)


def is_marked(folder: Path, generation: int) -> bool:
    return _mark_of(folder, generation).exists()


def _mark_of(folder: Path, generation: int) -> Path:
    path = generations.path_of(folder, generation)
    return path.with_name(path.name + generations.DAMAGED)
