"""Storing entries, told apart by whether trying again can help.

In and out as in `receiver.receive`. A disk that refuses for now stays an `OSError`: the client
keeps its entries and comes back. What stands where the file should be (a link, a pipe, a folder)
stays until somebody moves it; a client that came back for ever would block all that follows, so
its entries are refused.
"""

import logging
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agents_sdk.files.names import active_name
from llmlogs.conf import LogSettings
from llmlogs.network import receiver
from llmlogs.network.receiver import Receipt

logger = logging.getLogger(__name__)


def store(agent_id: str, entries: Sequence[Any], settings: LogSettings) -> list[Receipt]:
    """One receipt each, in their order. Raises OSError if the disk refuses for now."""
    try:
        return receiver.receive(agent_id, entries, settings)
    except OSError as error:
        path = settings.logs_folder / active_name(agent_id)
        if not _is_in_the_way(path):
            raise
        logger.error("Entries are refused, a log file is none: %s", error)
        return [Receipt(_log_id(entry), _sentence(path)) for entry in entries]


def _is_in_the_way(path: Path) -> bool:
    """Whether the name is taken by something that is no file; a link counts, wherever it leads."""
    try:
        return not stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _sentence(path: Path) -> str:
    return (
        f"The log file '{path.name}' is not a regular file; expected one, or none; "
        "nothing was stored. Move it out of the way on the Studio's machine."
    )


def _log_id(entry: Any) -> str | None:
    log_id = entry.get("log_id") if isinstance(entry, dict) else None
    return log_id if isinstance(log_id, str) and log_id else None
