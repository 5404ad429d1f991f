"""Which log files there are now: one look at the folder `logs/llm`."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A regular `*.jsonl` file directly in the folder. Times in Unix seconds."""

    name: str
    device: int
    inode: int
    size: int
    modified_at: float

    @property
    def identity(self) -> tuple[int, int]:
        return self.device, self.inode


def scan(folder: Path) -> list[SeenFile]:
    """The files of the folder by name; two names of one file (a rotation under way) count once.

    Raises OSError if the folder is missing or cannot be read.
    """
    seen: dict[tuple[int, int], SeenFile] = {}
    with os.scandir(folder) as entries:
        for item in entries:
            file = _look_at(item)
            if file is not None and (
                file.identity not in seen or file.name > seen[file.identity].name
            ):
                seen[file.identity] = file
    return sorted(seen.values(), key=lambda file: file.name)


def _look_at(item: os.DirEntry[str]) -> SeenFile | None:
    if not item.name.endswith(".jsonl"):
        return None
    try:
        status = item.stat(follow_symlinks=False)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return SeenFile(item.name, status.st_dev, status.st_ino, status.st_size, status.st_mtime)
