"""Who may do what: the policy of the network, as pure functions.

In: how the caller stands with the registry and whether the Studio listens beyond loopback. Out:
None if it may, else the sentence that says why not. On loopback only what an issued secret
protects is closed; beyond it nothing happens without a secret, and no secret is issued without the
password.
"""

import hashlib
import hmac
from dataclasses import dataclass
from enum import Enum, auto

from django.conf import settings

from llmlogs.network.events import shown


class Standing(Enum):
    """How a caller that names an agent id stands with the registry."""

    PROVEN = auto()
    """It holds a secret that was issued for this agent."""
    UNKNOWN = auto()
    """No secret of this agent is on record: never registered, or the record was deleted."""
    SILENT = auto()
    """The agent is registered, and the caller gave no secret."""
    WRONG = auto()
    """The agent is registered, and the secret is none of its own."""


@dataclass(frozen=True, slots=True)
class NetworkAccess:
    """What the operator decided."""

    is_open: bool
    """Whether machines other than this one can reach the Studio."""
    password: str


def current() -> NetworkAccess:
    """The decision in force now, from `settings.STUDIO`."""
    return NetworkAccess(settings.STUDIO.is_open, settings.STUDIO.network_password)


def refusal_to_register(access: NetworkAccess, password_hash: object) -> str | None:
    """Beyond loopback the sha256 of the network password opens the door; on loopback it is open."""
    if not access.is_open:
        return None
    if not access.password:
        return (
            "Registrations are closed: this Studio listens beyond loopback and has no network "
            "password. Its operator opens them by setting STUDIO_NETWORK_PASSWORD."
        )
    expected = hashlib.sha256(access.password.encode()).hexdigest()
    given = password_hash if isinstance(password_hash, str) else ""
    if hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        return None
    return (
        "'password_hash' is not the one of this network; expected the sha256, in hex, of its "
        "STUDIO_NETWORK_PASSWORD."
    )


def refusal_to_send(access: NetworkAccess, standing: Standing, agent_id: str) -> str | None:
    """A wrong secret is refused everywhere, a missing one only beyond loopback."""
    if standing is Standing.WRONG:
        return _wrong_secret(agent_id)
    if standing is Standing.PROVEN or not access.is_open:
        return None
    return _needs_secret(agent_id)


def refusal_to_collect(access: NetworkAccess, standing: Standing, agent_id: str) -> str | None:
    """To poll or to leave: a secret that was issued is needed, on loopback too.

    An unknown agent may collect on loopback even if it presents a secret: its record was deleted,
    and its client would never register again.
    """
    if standing is Standing.WRONG:
        return _wrong_secret(agent_id)
    if standing is Standing.PROVEN or (standing is Standing.UNKNOWN and not access.is_open):
        return None
    return _needs_secret(agent_id)


def _wrong_secret(agent_id: str) -> str:
    return (
        f"The secret given for agent {shown(agent_id)} is none that was issued to it; expected the "
        "'secret' from the answer of POST /api/register."
    )


def _needs_secret(agent_id: str) -> str:
    return (
        f"Agent {shown(agent_id)} gave no valid 'secret'; expected the one from the answer of "
        "POST /api/register."
    )
