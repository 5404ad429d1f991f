"""The settings of the log store, read from `settings.LLMLOGS` at call time.

`studio/env.py` fills `settings.LLMLOGS` from the environment; nothing here is read at import, so a
test may override any of them. Every folder of the workspace is derived in this one place.
"""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

SECONDS_PER_DAY = 86_400
MAX_LINE_BYTES = 64 << 20
"""The longest line of a log file that is read, and so the longest that is stored. Twice the largest
body unless settings say otherwise: an entry can be longer in its file than it was in its event."""


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What the log store needs to know of its surroundings; sizes in bytes, ages in days."""

    workspace: Path
    rotation_bytes: int = 52_428_800
    retention_days: float = 7
    max_event_bytes: int = 33_554_432
    fsync: bool = False

    @property
    def logs_folder(self) -> Path:
        """Where agents write: `{workspace}/logs/llm`."""
        return self.workspace / "logs" / "llm"

    @property
    def studio_folder(self) -> Path:
        """What the Studio keeps for itself: database, secret key, locks, index."""
        return self.workspace / "studio"

    @property
    def index_folder(self) -> Path:
        """The disposable index; may be deleted at any time."""
        return self.studio_folder / "index"

    @property
    def first_opened_path(self) -> Path:
        """Holds the time at which this workspace was opened for the first time."""
        return self.studio_folder / "first_opened_at"

    @property
    def retention_seconds(self) -> float:
        return self.retention_days * SECONDS_PER_DAY


def get() -> LogSettings:
    """The settings in force now."""
    return LogSettings(**settings.LLMLOGS)
