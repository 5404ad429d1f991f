"""What the environment says about logging; read when a logger or client is made, never at import.

A value that cannot be read is named in a warning, once, and its default is used: a typing error in
a setting must not stop an agent.
"""

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agents_sdk.errors import InvalidAgentId, InvalidUrl
from agents_sdk.files.names import check_agent_id
from agents_sdk.urls import is_token, parse_url

DEFAULT_URL = "http://localhost:8700"
DEFAULT_WORKSPACE = "workspace"
DEFAULT_AGENT_ID = "agent"
DEFAULT_SPOOL_DIR = "~/.local/state/studio-llm-logs"
DEFAULT_SPOOL_BYTES = 1_073_741_824
DEFAULT_ROTATION_BYTES = 52_428_800
DEFAULT_RETENTION_DAYS = 7
MAX_RETENTION_DAYS = 36_500

HOMELESS_SPOOL_DIR = ".studio-llm-logs"
_MAX_DIGITS = 18
_HIDDEN = "(hidden)"

_Text = Callable[[str, str], str]
"""The value of a variable, or what stands for one that is not set."""

_log = logging.getLogger("agents_sdk")
_warned_of: set[tuple[str, str]] = set()


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
        url=_url(text("AGENTS_SDK_URL", DEFAULT_URL)).rstrip("/"),
        api_token=_token(text("AGENTS_SDK_API_TOKEN", "").strip()),
        workspace=_folder("AGENTS_SDK_WORKSPACE", text, DEFAULT_WORKSPACE, DEFAULT_WORKSPACE),
        agent_id=_agent_id(text("AGENTS_SDK_AGENT_ID", DEFAULT_AGENT_ID)),
        spool_dir=_folder("AGENTS_SDK_SPOOL_DIR", text, DEFAULT_SPOOL_DIR, HOMELESS_SPOOL_DIR),
        spool_bytes=_size(values, "AGENTS_SDK_SPOOL_BYTES", DEFAULT_SPOOL_BYTES),
        rotation_bytes=_size(values, "AGENTS_SDK_ROTATION_BYTES", DEFAULT_ROTATION_BYTES),
        retention_days=_retention_days(values),
        fsync=_is_on("STUDIO_FSYNC", text),
    )


def asked_studio() -> tuple[str, str]:
    """Address and token for whoever asks a Studio something.

    The address is what was given, whatever it is: an answer of another Studio would be wrong.
    """
    url = os.environ.get("AGENTS_SDK_URL") or DEFAULT_URL
    return url.rstrip("/"), _token(os.environ.get("AGENTS_SDK_API_TOKEN", "").strip())


def anchored(path: Path | str) -> Path:
    """A folder where it is now, for a program that changes its own later, as coding agents do.

    In a folder that was deleted nothing can be said of a relative path; it stays as it is.
    """
    try:
        return Path(path).absolute()
    except FileNotFoundError:
        return Path(path)


def _url(given: str) -> str:
    try:
        parse_url(given)
    except InvalidUrl:
        _warn("AGENTS_SDK_URL", given, "no address of a server",
              f"one like {DEFAULT_URL}; using that")  # fmt: skip
        return DEFAULT_URL
    return given


def _token(given: str) -> str:
    """Warned of without its value, which is nobody's business."""
    if is_token(given):
        return given
    _warn("AGENTS_SDK_API_TOKEN", _HIDDEN, "no token that a request can carry",
          "the STUDIO_API_TOKEN of the Studio, in printable ASCII; using none")  # fmt: skip
    return ""


def _agent_id(given: str) -> str:
    try:
        check_agent_id(given)
    except InvalidAgentId:
        _warn("AGENTS_SDK_AGENT_ID", given, "no agent id",
              f"a name of 1 to 200 characters; using {DEFAULT_AGENT_ID!r}")  # fmt: skip
        return DEFAULT_AGENT_ID
    return given


def _folder(name: str, text: _Text, default: str, homeless: str) -> Path:
    """Some users have no home folder, as in many containers, and some texts name nobody's."""
    given = text(name, default)
    try:
        return Path(given).expanduser()
    except RuntimeError:
        _warn(name, given, "no folder: that home is not known",
              f"an absolute path; using {homeless!r} in the current folder")  # fmt: skip
        return Path(homeless)


def _is_on(name: str, text: _Text) -> bool:
    given = text(name, "0")
    if given not in ("0", "1"):
        _warn(name, given, "neither on nor off", "1 or 0; using 0")
    return given == "1"


def _retention_days(values: Mapping[str, str]) -> int:
    """Here an empty value means something, and what cannot be read deletes nothing."""
    given = values.get("AGENTS_SDK_RETENTION_DAYS", str(DEFAULT_RETENTION_DAYS)) or "0"
    days = _whole(given)
    if days is not None and days <= MAX_RETENTION_DAYS:
        return days
    expected = f"a whole number from 0 (never delete) to {MAX_RETENTION_DAYS}; nothing is deleted"
    _warn("AGENTS_SDK_RETENTION_DAYS", given, "not a number of days", expected)
    return 0


def _size(values: Mapping[str, str], name: str, default: int) -> int:
    given = values.get(name) or str(default)
    size = _whole(given)
    if size:
        return size
    _warn(name, given, "not a number of bytes", f"a whole number above 0, using {default}")
    return default


def _whole(given: str) -> int | None:
    is_number = given.isascii() and given.isdigit() and len(given) <= _MAX_DIGITS
    return int(given) if is_number else None


def _warn(name: str, given: str, problem: str, expected: str) -> None:
    """Once for each value: the settings are read for every logger that is made."""
    if (name, given) in _warned_of:
        return
    _warned_of.add((name, given))
    shown = given if given is _HIDDEN else f"{given!r:.60}"
    _log.warning("%s=%s is %s; expected %s", name, shown, problem, expected)
