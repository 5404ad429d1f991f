"""What the environment says about logging; read when a logger or client is made, never at import.

A value that cannot be read is named in a warning and its default is used: a typing error in a
setting must not stop an agent.
"""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_URL = "http://localhost:8700"
DEFAULT_WORKSPACE = "workspace"
DEFAULT_AGENT_ID = "agent"
DEFAULT_SPOOL_DIR = "~/.local/state/studio-llm-logs"
DEFAULT_SPOOL_BYTES = 1_073_741_824
DEFAULT_ROTATION_BYTES = 52_428_800
DEFAULT_RETENTION_DAYS = 7
MAX_RETENTION_DAYS = 36_500

_log = logging.getLogger("agents_sdk")


@dataclass(frozen=True, slots=True)
class Config:
    """The settings `AGENTS_SDK_…`; sizes in bytes."""

    url: str = DEFAULT_URL
    api_token: str = field(default="", repr=False)
    """What a Studio that asks readers for a login takes instead: its `STUDIO_API_TOKEN`."""
    workspace: Path = Path(DEFAULT_WORKSPACE)
    agent_id: str = DEFAULT_AGENT_ID
    spool_dir: Path = Path(DEFAULT_SPOOL_DIR)
    spool_bytes: int = DEFAULT_SPOOL_BYTES
    rotation_bytes: int = DEFAULT_ROTATION_BYTES
    retention_days: int = DEFAULT_RETENTION_DAYS
    """0: nothing is ever deleted."""
    fsync: bool = False


def from_environment(environment: Mapping[str, str] | None = None) -> Config:
    """The settings in force now; empty values count as not set."""
    values = os.environ if environment is None else environment

    def text(name: str, default: str) -> str:
        return values.get(name) or default

    return Config(
        url=text("AGENTS_SDK_URL", DEFAULT_URL).rstrip("/"),
        api_token=text("AGENTS_SDK_API_TOKEN", "").strip(),
        workspace=Path(text("AGENTS_SDK_WORKSPACE", DEFAULT_WORKSPACE)).expanduser(),
        agent_id=text("AGENTS_SDK_AGENT_ID", DEFAULT_AGENT_ID),
        spool_dir=Path(text("AGENTS_SDK_SPOOL_DIR", DEFAULT_SPOOL_DIR)).expanduser(),
        spool_bytes=_size(values, "AGENTS_SDK_SPOOL_BYTES", DEFAULT_SPOOL_BYTES),
        rotation_bytes=_size(values, "AGENTS_SDK_ROTATION_BYTES", DEFAULT_ROTATION_BYTES),
        retention_days=_retention_days(values),
        fsync=values.get("STUDIO_FSYNC") == "1",
    )


def anchored(path: Path | str) -> Path:
    """A folder where it is now, for a program that changes its own later, as coding agents do.

    In a folder that was deleted nothing can be said of a relative path; it stays as it is.
    """
    try:
        return Path(path).absolute()
    except FileNotFoundError:
        return Path(path)


def _retention_days(values: Mapping[str, str]) -> int:
    """Here an empty value means something, and what cannot be read deletes nothing."""
    given = values.get("AGENTS_SDK_RETENTION_DAYS", str(DEFAULT_RETENTION_DAYS)) or "0"
    if given.isascii() and given.isdigit() and len(given) <= 5 and int(given) <= MAX_RETENTION_DAYS:
        return int(given)
    _log.warning(
        "AGENTS_SDK_RETENTION_DAYS=%.60r is not a number of days; expected a whole number from 0 "
        "(never delete) to %d; nothing is deleted",
        given,
        MAX_RETENTION_DAYS,
    )
    return 0


def _size(values: Mapping[str, str], name: str, default: int) -> int:
    given = values.get(name) or str(default)
    if given.isascii() and given.isdigit() and int(given) > 0:
        return int(given)
    _log.warning(
        "%s=%.60r is not a number of bytes; expected a whole number above 0, using %d",
        name,
        given,
        default,
    )
    return default
