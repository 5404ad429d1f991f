"""The environment, read once and typed: every `STUDIO_*` setting, its default and what it is for.

In: a mapping of environment variables. Out: a frozen `Environment`, or an `InvalidSetting` whose
text is the one sentence a user needs. Nothing here imports Django: the supervisor reads it too.
"""

import difflib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.hosts import is_loopback

MAX_RETENTION_DAYS = 36_500
MAX_EVENT_BYTES = 2**30
"""One request is read as a whole; beyond a gigabyte it would hurt every other reader."""


class InvalidSetting(ValueError):
    """A setting holds something that cannot be used; the text says what to write instead."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: how a setting is called, read and explained."""

    name: str
    default: str
    help: str
    read: Callable[[str], Any]
    expected: str
    example: str
    is_secret: bool = False

    @property
    def field(self) -> str:
        return self.name.removeprefix("STUDIO_").lower()


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings in force; the fields are the names without `STUDIO_`."""

    host: str
    port: int
    workspace: Path
    password: str
    network_password: str
    api_token: str
    allowed_hosts: tuple[str, ...]
    rotation_bytes: int
    retention_days: float
    max_event_bytes: int
    fsync: bool

    @property
    def is_open(self) -> bool:
        """Whether machines other than this one can reach the Studio."""
        return not is_loopback(self.host)


def _text(raw: str) -> str:
    if not raw.isprintable():
        raise ValueError
    return raw


def _host(raw: str) -> str:
    if not raw or not raw.isprintable() or set(raw) & set(" /,"):
        raise ValueError
    return raw.strip("[]")


def _folder(raw: str) -> Path:
    path = Path(raw).expanduser()
    if not raw or "\0" in raw or (path.exists() and not path.is_dir()):
        raise ValueError
    return path.absolute()


def _names(raw: str) -> tuple[str, ...]:
    return tuple(name.lower() for name in _text(raw).replace(",", " ").split())


def _switch(raw: str) -> bool:
    return {"0": False, "1": True}[raw]


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def read(raw: str) -> int:
        if not (raw.isascii() and raw.isdigit() and lowest <= (number := int(raw)) <= highest):
            raise ValueError
        return number

    return read


def _days(raw: str) -> float:
    days = float(raw)
    if not math.isfinite(days) or not 0 < days <= MAX_RETENTION_DAYS:
        raise ValueError
    return days


_PRINTABLE = "printable characters only"

SETTINGS = (
    Setting(
        "STUDIO_HOST",
        "127.0.0.1",
        "Address the Studio listens on. Any address beyond loopback needs STUDIO_PASSWORD.",
        _host,
        "an address or host name",
        "127.0.0.1",
    ),
    Setting(
        "STUDIO_PORT",
        "8700",
        "Port the Studio listens on.",
        _whole(1, 65_535),
        "a whole number from 1 to 65535",
        "8700",
    ),
    Setting(
        "STUDIO_WORKSPACE",
        "workspace",
        "Folder that holds logs/llm and what the Studio keeps; made if it does not exist.",
        _folder,
        "a folder, or a path where one can be made",
        "./workspace",
    ),
    Setting(
        "STUDIO_PASSWORD",
        "",
        "Password of the login page. With it set, every reader logs in or sends the token.",
        _text,
        _PRINTABLE,
        "correct-horse-battery-staple",
        is_secret=True,
    ),
    Setting(
        "STUDIO_NETWORK_PASSWORD",
        "",
        "Password agents register with when the Studio listens beyond loopback.",
        _text,
        _PRINTABLE,
        "another-long-sentence",
        is_secret=True,
    ),
    Setting(
        "STUDIO_API_TOKEN",
        "",
        "Token scripts read the API with, as 'Authorization: Bearer …'.",
        _text,
        _PRINTABLE,
        "9f1c0e2a7b",
        is_secret=True,
    ),
    Setting(
        "STUDIO_ALLOWED_HOSTS",
        "",
        "Further names the Studio answers to, by comma; '.example.org' covers its subdomains.",
        _names,
        "host names, separated by commas",
        "logs.example.org,.internal",
    ),
    Setting(
        "STUDIO_ROTATION_BYTES",
        "52428800",
        "Size at which a log file is rotated.",
        _whole(1, 2**50),
        "a whole number of bytes above 0",
        "52428800",
    ),
    Setting(
        "STUDIO_RETENTION_DAYS",
        "7",
        "Age at which entries leave the answers and, with the last of their file, the disk.",
        _days,
        f"a number of days above 0 and up to {MAX_RETENTION_DAYS}",
        "7",
    ),
    Setting(
        "STUDIO_MAX_EVENT_BYTES",
        "33554432",
        "Largest body of a request; a bigger one is answered 413.",
        _whole(1, MAX_EVENT_BYTES),
        f"a whole number of bytes from 1 to {MAX_EVENT_BYTES}",
        "33554432",
    ),
    Setting(
        "STUDIO_FSYNC",
        "0",
        "1 makes an acknowledged entry survive a power cut too, at the price of a disk flush each.",
        _switch,
        "0 or 1",
        "1",
    ),
)


def read(environ: Mapping[str, str]) -> Environment:
    """Read and check every setting; an empty variable counts as not set."""
    values = {
        setting.field: _value(setting, environ.get(setting.name, "") or setting.default)
        for setting in SETTINGS
    }
    return Environment(**values)


def misspelt(environ: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each variable that is no setting but looks like one."""
    names = [setting.name for setting in SETTINGS]
    for name in sorted(environ):
        if name in names or not name.startswith("STUDIO"):
            continue
        for close in difflib.get_close_matches(name, names, n=1, cutoff=0.85):
            yield f"{name} is not a setting and has no effect; did you mean {close}?"


def _value(setting: Setting, raw: str) -> Any:
    try:
        return setting.read(raw)
    except (ValueError, KeyError):
        shown = "not usable (its value is not shown)" if setting.is_secret else f"'{raw}'"
        raise InvalidSetting(
            f"{setting.name} is {shown}; expected {setting.expected}; "
            f"for example {setting.example}."
        ) from None
