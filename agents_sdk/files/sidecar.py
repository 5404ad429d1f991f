"""Where a file logger leaves word of lost entries: one small file per process, beside the logs.

    {workspace}/logs/delivery/{agent}.{instance}.json        (decision 0007)

Outside of `logs/llm`, where only log files count, and there only if something was lost. A file is
replaced as a whole, its content is a delivery receipt (`agents_sdk.receipt`), and whoever writes
one removes those that are too old or too many, so that the folder stays small by itself. Files that
have no name of ours are neither read nor removed.
"""

import contextlib
import json
import os
import re
import stat
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agents_sdk.codec import dumps
from agents_sdk.files.folder import make_private_folder
from agents_sdk.files.names import stem_of
from agents_sdk.receipt import MAX_RECEIPT_BYTES

FOLDER_NAME = "delivery"
MAX_SIDECARS = 200
"""Of all agents of a workspace; the ones written longest ago go first."""
MAX_LOOKED_AT = 10_000
_OURS = re.compile(r".+\.[0-9a-f]{16}\.json|[0-9a-f]{32}\.draft", re.DOTALL)


def sidecar_folder(workspace: Path) -> Path:
    return workspace / "logs" / FOLDER_NAME


def write_sidecar(folder: Path, receipt: Mapping[str, Any], *, keep_since: float) -> None:
    """Put a receipt in the place of the same process's last one. Raises OSError.

    Files last written before `keep_since` (Unix seconds) are removed.
    """
    name = f"{stem_of(receipt['agent_id'])}.{receipt['instance']}.json"
    make_private_folder(folder)
    draft = folder / f"{uuid.uuid4().hex}.draft"
    try:
        _write(draft, dumps(receipt))
        draft.replace(folder / name)
    finally:
        draft.unlink(missing_ok=True)
    _remove_old(folder, keep_since)


def read_sidecars(folder: Path, *, since: float) -> Iterator[tuple[float, Any]]:
    """The JSON of the newest files, each with the time of its writing.

    Left out is what cannot be read, and whatever else stands there: links, folders, large files.
    """
    for modified_at, path in _newest_first(folder)[:MAX_SIDECARS]:
        if modified_at < since or path.suffix != ".json":
            continue
        with contextlib.suppress(OSError, ValueError, RecursionError):
            yield modified_at, json.loads(_read(path))


def _newest_first(folder: Path) -> list[tuple[float, Path]]:
    found = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for _, entry in zip(range(MAX_LOOKED_AT), entries, strict=False):
            with contextlib.suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode) and _OURS.fullmatch(entry.name):
                    found.append((status.st_mtime, folder / entry.name))
    return sorted(found, reverse=True)


def _remove_old(folder: Path, keep_since: float) -> None:
    for place, (modified_at, path) in enumerate(_newest_first(folder)):
        if place >= MAX_SIDECARS or modified_at < keep_since:
            with contextlib.suppress(OSError):
                path.unlink()


def _write(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)


def _read(path: Path) -> bytes:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags), "rb") as file:
        data = file.read(MAX_RECEIPT_BYTES + 1)
    if len(data) > MAX_RECEIPT_BYTES:
        raise ValueError("larger than any receipt")
    return data
