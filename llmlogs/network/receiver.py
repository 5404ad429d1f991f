"""Entries that arrived as events become lines of their agent's file.

In: an agent id and what claims to be entries. Out: one receipt each, in their order. Promises: a
receipt says "stored" only when the line is in the file; all lines of a call are one write; an entry
that is refused leaves no trace and does not touch its neighbours.
"""

import errno
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from agents_sdk.files.append import Appender
from agents_sdk.files.names import active_name, owner
from llmlogs.conf import MAX_LINE_BYTES, LogSettings
from llmlogs.network.events import shown
from llmlogs.network.kept import NotKept, kept_json


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one entry. `log_id` is None if there was none to repeat."""

    log_id: str | None
    error: str | None = None

    @property
    def is_stored(self) -> bool:
        return self.error is None

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"log_id": self.log_id, "success": self.is_stored}
        return body if self.error is None else {**body, "error": self.error}


def receive(agent_id: str, entries: Sequence[Any], settings: LogSettings) -> list[Receipt]:
    """Store entries of one agent, whose id was checked. Raises OSError if the disk refuses."""
    examined = [_examine(agent_id, entry) for entry in entries]
    lines = [line for _, line in examined if line is not None]
    if lines:
        _append(agent_id, lines, settings)
    return [receipt for receipt, _ in examined]


class LogsFolderMissing(FileNotFoundError):
    """The folder of a workspace that was in use is not there: unmounted, or moved away."""


def _append(agent_id: str, lines: list[bytes], settings: LogSettings) -> None:
    """Opened for each call: a file kept open would hold the disk space of one that is deleted."""
    if settings.first_opened_path.exists() and not settings.logs_folder.is_dir():
        # A new folder in its place would count as "all files deleted" once a line is in it.
        raise LogsFolderMissing(
            errno.ENOENT,
            "the folder of the logs is missing; put it back, or make it to begin anew",
            str(settings.logs_folder),
        )
    path = settings.logs_folder / active_name(agent_id)
    appender = Appender(path, rotation_bytes=settings.rotation_bytes, fsync=settings.fsync)
    with closing(appender):
        appender.append_lines(lines)


def _examine(agent_id: str, entry: Any) -> tuple[Receipt, bytes | None]:
    """The receipt of an entry, and its line unless it is refused."""
    if not isinstance(entry, dict):
        return Receipt(None, f"The log entry is {shown(entry)}; expected a JSON object."), None
    log_id = entry.get("log_id")
    if not (isinstance(log_id, str) and log_id):
        return Receipt(None, f"'log_id' is {shown(log_id)}; expected a non-empty string."), None
    try:
        return Receipt(log_id), _line(agent_id, entry)
    except NotKept as error:
        return Receipt(log_id, f"The log entry is {error}; nothing was stored."), None


def _line(agent_id: str, entry: dict[str, Any]) -> bytes:
    """The entry as it came, unless the file would then speak of another agent. Raises NotKept.

    The name of a file tells its agent, except for ids so long that their names are cut: there the
    line itself has to say whose it is.
    """
    if owner(active_name(agent_id), entry.get("agent_id")) != agent_id:
        entry = {**entry, "agent_id": agent_id}
    line = kept_json(entry)
    if len(line) > MAX_LINE_BYTES:
        raise NotKept(f"a line of {len(line)} bytes; expected up to {MAX_LINE_BYTES}")
    return line + b"\n"
