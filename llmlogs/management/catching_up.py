"""Waiting until the worker of another process has indexed what is in the files now.

Which files there are and how long they are is noted once, at the beginning: what is written
meanwhile is not waited for, and a half-written last line is nothing that could be indexed.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from django.db import DatabaseError, connections

from llmlogs.conf import LogSettings
from llmlogs.ingest.reader import READ_BYTES, read_lines
from llmlogs.ingest.scan import SeenFile, scan
from llmlogs.ingest.upkeep import is_active
from llmlogs.models import IndexState, LogFile
from llmlogs.queries.reading import INDEX, snapshot

LOOK_SECONDS = 0.1
UNHEARD_SECONDS = 60.0
NEW_REPORTS = 3
"""The first was written before the wait, the second may be of a look before it."""
Offsets = Mapping[tuple[int, int], int]
"""How far a file is indexed, by device and inode."""


class NotCaughtUp(Exception):
    """There is no hope of it; the message says why, and where to look."""


def wait_for_worker(settings: LogSettings) -> None:
    """Return when the lines that are in the files now are indexed. Raises NotCaughtUp."""
    folder = settings.logs_folder
    files = _files(folder)
    heard_at, last_said, reports = time.monotonic(), None, 0
    while True:
        state, offsets = _worker_says()
        if state is not None and state.logs_folder_error and reports >= NEW_REPORTS:
            raise NotCaughtUp(f"The log files cannot be read: {state.logs_folder_error}.")
        if state is not None and state.is_complete:
            files = unread(folder, files, offsets)
            if not files:
                return
        if state is not None and state.heartbeat_at != last_said:
            heard_at, last_said, reports = time.monotonic(), state.heartbeat_at, reports + 1
        if time.monotonic() - heard_at > UNHEARD_SECONDS:
            raise NotCaughtUp(
                f"The worker has said nothing for {UNHEARD_SECONDS:.0f} seconds; "
                "look at the worker's log."
            )
        time.sleep(LOOK_SECONDS)


def unread(folder: Path, files: list[SeenFile], offsets: Offsets) -> list[SeenFile]:
    """Those of the files that hold a line, in the length they had, which is not indexed yet."""
    present = {file.identity: file for file in _files(folder)}
    found = []
    for file in files:
        now = present.get(file.identity)
        if now is not None and _has_line(
            folder / now.name, replace(file, name=now.name), offsets.get(file.identity, 0)
        ):
            found.append(file)
    return found


def _has_line(path: Path, file: SeenFile, offset: int) -> bool:
    if offset >= file.size:
        return False
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return True  # renamed or deleted since the look: the next one tells
    try:
        read = read_lines(
            fd,
            offset,
            file.size,
            scanned=offset,
            budget_bytes=READ_BYTES,
            is_final=not is_active(file.name),
        )
    finally:
        os.close(fd)
    return read.next_offset > offset


def _files(folder: Path) -> list[SeenFile]:
    try:
        return scan(folder)
    except OSError as error:
        raise NotCaughtUp(f"The log files cannot be read: {error.strerror}: '{folder}'.") from None


def _worker_says() -> tuple[IndexState | None, Offsets]:
    """Where the index in force stands; None while there is none that can be read."""
    connections[INDEX].close()  # the generation may be another one by now
    try:
        with snapshot():
            state = IndexState.objects.using(INDEX).first()
            rows = LogFile.objects.using(INDEX).filter(is_gone=False)
            places = rows.values_list("device", "inode", "offset")
            return state, {(device, int(inode)): offset for device, inode, offset in places}
    except DatabaseError:
        return None, {}
