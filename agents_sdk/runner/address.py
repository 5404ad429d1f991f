"""Where an agent connects to, from the many ways in which that is said."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from agents_sdk.client import AgentClient
from agents_sdk.urls import address_of_host

_KNOWN = frozenset(
    ("url", "host", "port", "network_host", "network_port", "network_id", "metadata")
    + ("password_hash", "password", "ssl_verify")
)

_log = logging.getLogger("agents_sdk")


def connected_client(
    agent_id: str, client: AgentClient | None, wanted: Mapping[str, Any]
) -> AgentClient:
    """The client to connect with: the given one, moved to a wanted address, or a new one."""
    _name_unknown(agent_id, [name for name, value in wanted.items() if value])
    address = address_of(wanted)
    if client is None or wanted.get("password") or wanted.get("password_hash"):
        return AgentClient(
            agent_id,
            address or (client.base_url if client else None),
            password=wanted.get("password") or "",
            password_hash=wanted.get("password_hash") or "",
            metadata=wanted.get("metadata"),
        )
    if address:
        client.base_url = address
    return client


def _name_unknown(agent_id: str, names: Iterable[str]) -> None:
    """Say which arguments of a start change nothing."""
    unknown = sorted(name for name in names if name not in _KNOWN)
    if "interval" in unknown:
        unknown.remove("interval")
        _log.warning("agent %s: interval is left out; give it to the constructor", agent_id)
    if unknown:
        verb = "is" if len(unknown) == 1 else "are"
        _log.warning("agent %s: %s %s not supported here", agent_id, ", ".join(unknown), verb)


def address_of(wanted: Mapping[str, Any]) -> str | None:
    """The address, or None if nothing says one. Raises ValueError for schemes that are not HTTP.

    >>> address_of({"network_host": "::1", "network_port": 8701})
    'http://[::1]:8701'
    """
    url = wanted.get("url")
    if url:
        if urlsplit(url).scheme not in ("http", "https"):
            raise ValueError(
                f"{str(url)[:100]!r} cannot be connected to; "
                "agents speak HTTP here: give http://host:port"
            )
        return str(url).rstrip("/")
    host = wanted.get("network_host") or wanted.get("host")
    port = wanted.get("network_port") or wanted.get("port")
    if not host and not port:
        return None
    return address_of_host(host, port)
