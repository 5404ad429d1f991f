"""The answer of the health check: what a client reads before it connects.

Pure. Clients take some fields literally: transports other than theirs, a null where a number is
expected, or an announced host they cannot reach, and they do not connect. So no host is announced.
"""

from collections.abc import Iterable
from typing import Any

from llmlogs.network.registry import KnownAgent

NETWORK_ID = "llm-logs"
NETWORK_NAME = "LLM Logs"
MAX_CONNECTIONS = 10_000
TRANSPORT = "http"


def network_facts(agents: Iterable[KnownAgent], uptime_seconds: float) -> dict[str, Any]:
    """The `data` of GET /api/health."""
    listed: dict[str, dict[str, Any]] = {
        agent.agent_id: {
            "capabilities": [],
            "last_seen": agent.last_seen_at,
            "transport_type": TRANSPORT,
            "address": None,
        }
        for agent in agents
    }
    return {
        "network_id": NETWORK_ID,
        "network_name": NETWORK_NAME,
        "is_running": True,
        "uptime_seconds": uptime_seconds,
        "topology_mode": "centralized",
        "transports": [{"type": TRANSPORT, "config": {}}],
        "manifest_transport": TRANSPORT,
        "recommended_transport": TRANSPORT,
        "max_connections": MAX_CONNECTIONS,
        "agent_count": len(listed),
        "agents": listed,
        "mods": [],
    }
