"""The near end of the spool: entries are appended by every process of the agent.

Bounded: when the spool holds its limit, the newest entry is refused (`SpoolFull`) and those that
wait stay.
"""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from agents_sdk.errors import SpoolFull
from agents_sdk.files.append import Appender
from agents_sdk.files.names import stem_of

ACTIVE_NAME = "entries.jsonl"
SEGMENT_BYTES = 8_388_608
"""Space is given back a segment at a time."""
MEASURE_SECONDS = 1.0
"""How often the spool is measured; other processes of the agent fill it too."""
MEASURE_WHEN_FULL_SECONDS = 0.1


def spool_folder(spool_dir: Path, agent_id: str, base_url: str) -> Path:
    """The folder of one agent's entries for one server."""
    digest = hashlib.sha256(base_url.encode()).hexdigest()[:12]
    return spool_dir / f"{stem_of(agent_id)}.{digest}"


def spooled_bytes(folder: Path) -> int:
    """The size of everything that waits."""
    try:
        return sum(_size_bytes(path) for path in folder.iterdir() if path.suffix == ".jsonl")
    except OSError:  # there is no spool yet
        return 0


class SpoolWriter:
    """Appends lines to the spool in `folder`. Any thread may write; forks are noticed."""

    def __init__(
        self,
        folder: Path,
        *,
        limit_bytes: int,
        segment_bytes: int = SEGMENT_BYTES,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder
        self._limit_bytes = limit_bytes
        self._monotonic = monotonic
        self._known_bytes = 0
        self._measure_at = float("-inf")
        self._appender = Appender(
            folder / ACTIVE_NAME, rotation_bytes=min(segment_bytes, max(1, limit_bytes // 4))
        )

    def write(self, line: bytes) -> None:
        """Append one line. Raises SpoolFull, or OSError if the disk refuses."""
        self._make_sure_of_room(len(line))
        self._appender.append(line)
        self._known_bytes += len(line)

    def close(self) -> None:
        self._appender.close()

    def _make_sure_of_room(self, added_bytes: int) -> None:
        now = self._monotonic()
        if now >= self._measure_at:
            self._known_bytes = spooled_bytes(self.folder)
            self._measure_at = now + MEASURE_SECONDS
        if self._known_bytes + added_bytes > self._limit_bytes:
            self._measure_at = min(self._measure_at, now + MEASURE_WHEN_FULL_SECONDS)
            raise SpoolFull(self._limit_bytes)


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # shipped in this moment
        return 0
