"""The address of a server, taken apart and put together."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from agents_sdk.errors import InvalidUrl

DEFAULT_HOST = "localhost"
DEFAULT_PORT = 8700
_SCHEMES = ("http", "https")
"""No host is named so: `http:` is an address without one."""
_SPACE = re.compile(r"[\s\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Url:
    host: str
    port: int
    is_tls: bool
    prefix: str
    shown: str


def parse_url(base_url: str) -> Url:
    """The parts of a server's address. Raises InvalidUrl.

    >>> parse_url("http://localhost:8700").port
    8700
    """
    try:
        parts = urlsplit(base_url if "://" in base_url else f"http://{base_url}")
        port = parts.port
    except ValueError:
        raise InvalidUrl(base_url) from None
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise InvalidUrl(base_url)
    if parts.hostname in _SCHEMES or _SPACE.search(base_url):
        raise InvalidUrl(base_url)
    is_tls = parts.scheme == "https"
    shown = f"{parts.scheme}://{parts.hostname}:{port or (443 if is_tls else 80)}"
    prefix = parts.path.rstrip("/")
    return Url(parts.hostname, port or (443 if is_tls else 80), is_tls, prefix, shown)


def is_token(text: str) -> bool:
    """Whether a header can carry it; what cannot would be shown by whoever refuses it."""
    return text.isascii() and (text.isprintable() or not text)


def address_of_host(host: str | None, port: int | None) -> str:
    """The address of a server by its host and port, either of which may be the usual one.

    >>> address_of_host("::1", None)
    'http://[::1]:8700'
    """
    named = host or DEFAULT_HOST
    return f"http://{f'[{named}]' if ':' in named else named}:{port or DEFAULT_PORT}"
