"""Which host names mean this machine, and which the Studio answers to. Pure functions."""

import ipaddress
import socket
from collections.abc import Collection

LOOPBACK_NAME = "localhost"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on `host` (an address or a name)."""
    address = _address(host)
    if address is not None:
        return address.is_loopback
    return host.lower() == LOOPBACK_NAME or _is_short_loopback(host)


def is_allowed(host_header: str, *, bound_to: str, allowed: Collection[str]) -> bool:
    """Whether a request that names this host is meant for the Studio.

    A page of an attacker whose name was rebound to this machine still sends its own name. So on
    loopback only loopback names count. Beyond it a bare address counts too, because a browser can
    send one only if the user typed or followed it: no name was resolved that could be rebound.
    """
    host = name_of(host_header)
    if not host:
        return False
    if is_loopback(host) or host.endswith("." + LOOPBACK_NAME) or _is_listed(host, allowed):
        return True
    return not is_loopback(bound_to) and (host == bound_to.lower() or _address(host) is not None)


def name_of(host_header: str) -> str:
    """The host of a `Host` header in lower case, without port and brackets; "" if malformed.

    >>> name_of("[::1]:8700"), name_of("Example.org."), name_of("a,b")
    ('::1', 'example.org', '')
    """
    host, has_bracket, after = host_header.lower().partition("]")
    if has_bracket:
        inner = host.removeprefix("[")
        return inner if inner != host and _address(inner) and _is_port(after) else ""
    name, colon, port = host.partition(":")
    if not _is_port(colon + port) or not all(char.isalnum() or char in ".-_" for char in name):
        return ""
    return name.removesuffix(".")


def _is_port(text: str) -> bool:
    return not text or (text[0] == ":" and text[1:].isascii() and text[1:].isdigit())


def _is_listed(host: str, allowed: Collection[str]) -> bool:
    if "*" in allowed or host in allowed:
        return True
    return any(entry.startswith(".") and ("." + host).endswith(entry) for entry in allowed)


def _is_short_loopback(host: str) -> bool:
    """Whether the system reads this as 127.…, as it does `127.1`; names are not looked up."""
    try:
        # After white space `inet_aton` takes anything.
        return len(host.split()) == 1 and socket.inet_aton(host)[0] == 127
    except OSError:
        return False


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
