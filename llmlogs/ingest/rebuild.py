"""Asking for the next generation of the index.

Only the worker writes the index, so a command that wants it rebuilt leaves a request for it; the
worker builds the next generation beside the one in force and goes on serving meanwhile.
"""

from pathlib import Path


def request_path(studio_folder: Path) -> Path:
    return studio_folder / "reindex.requested"


def ask(studio_folder: Path) -> None:
    request_path(studio_folder).touch(mode=0o600)


def is_asked(studio_folder: Path) -> bool:
    return request_path(studio_folder).exists()


def accept(studio_folder: Path) -> None:
    """Take the request down; called when its generation is in force."""
    request_path(studio_folder).unlink(missing_ok=True)
