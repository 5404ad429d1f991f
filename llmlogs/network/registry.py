"""Which clients registered, under which secret, and when they were last seen.

In: agent ids and secrets. Out: a new secret, how a caller stands, the agents known. Promises: only
the hash of a secret is stored; registrations survive a restart; several processes may run under
one agent id, each with a secret of its own; a client that keeps polling costs one write a minute.
Bounded: beyond the limits a registration whose secret nobody used goes, else the one that was seen
longest ago.
"""

import hashlib
import hmac
import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError
from django.db.models import F, Max
from django.db.models.lookups import GreaterThan

from agents_sdk import codec
from llmlogs.models import AgentRegistration
from llmlogs.network.access import Standing
from llmlogs.network.kept import NotKept, kept_json

logger = logging.getLogger(__name__)

MAX_PER_AGENT = 64
"""Processes under one agent id; a crash loop registers again and again, so there must be an end."""
MAX_REGISTRATIONS = 10_000
MAX_METADATA_BYTES = 16_384
SEEN_EVERY_SECONDS = 60
"""How exact `last_seen_at` is, and how long a proven secret is believed without a look."""


@dataclass(frozen=True, slots=True)
class KnownAgent:
    """An agent id with registrations; metadata are those of the newest."""

    agent_id: str
    metadata: dict[str, Any]
    last_seen_at: float


class Registry:
    """Registrations in the database, with a memory of who was proven lately.

    `clock` gives Unix seconds; `writing` is held while rows change, so that the threads of this
    process wait in a line instead of for SQLite's lock.
    """

    def __init__(self, clock: Callable[[], float], writing: threading.Lock) -> None:
        self._clock = clock
        self._writing = writing
        self._proven: dict[tuple[str, str], float] = {}

    def register(self, agent_id: str, metadata: dict[str, Any]) -> str:
        """Put a client on record and return its secret."""
        secret = secrets.token_urlsafe(32)
        now = self._clock()
        with self._writing:
            _make_room(agent_id)
            AgentRegistration.objects.create(
                agent_id=agent_id,
                secret_hash=_hash(secret),
                metadata=_bounded_json(metadata),
                registered_at=now,
                last_seen_at=now,
            )
        return secret

    def unregister(self, agent_id: str, secret: str) -> None:
        """Forget the registration this secret belongs to; others of the agent stay."""
        key = (agent_id, _hash(secret))
        self._proven.pop(key, None)
        with self._writing:
            AgentRegistration.objects.filter(agent_id=agent_id, secret_hash=key[1]).delete()

    def standing(self, agent_id: str, secret: str) -> Standing:
        """How the caller stands; a proven one counts as seen."""
        key = (agent_id, _hash(secret))
        now = self._clock()
        if now < self._proven.get(key, 0.0):
            return Standing.PROVEN
        hashes = AgentRegistration.objects.filter(agent_id=agent_id).values_list(
            "secret_hash", flat=True
        )
        standing = _standing(list(hashes), key[1], is_silent=not secret)
        if standing is Standing.PROVEN:
            self._mark_seen(key, now)
        return standing

    def known_agents(self, limit: int) -> list[KnownAgent]:
        """The agents seen last, newest first."""
        agents = (
            AgentRegistration.objects.values("agent_id")
            .annotate(seen=Max("last_seen_at"), newest=Max("id"))
            .order_by("-seen", "-newest")[:limit]
        )
        rows = AgentRegistration.objects.in_bulk([agent["newest"] for agent in agents])
        return [
            KnownAgent(row.agent_id, _metadata_of(row), agent["seen"])
            for agent in agents
            if (row := rows.get(agent["newest"])) is not None
        ]

    def _mark_seen(self, key: tuple[str, str], now: float) -> None:
        if len(self._proven) >= MAX_REGISTRATIONS:
            self._proven.clear()
        self._proven[key] = now + SEEN_EVERY_SECONDS
        try:
            with self._writing:
                AgentRegistration.objects.filter(secret_hash=key[1]).update(last_seen_at=now)
        except DatabaseError as error:
            logger.error("The time an agent was last seen could not be kept: %s", error)


def _standing(hashes: list[str], given: str, *, is_silent: bool) -> Standing:
    if any(hmac.compare_digest(known, given) for known in hashes):
        return Standing.PROVEN
    if not hashes:
        return Standing.UNKNOWN
    return Standing.SILENT if is_silent else Standing.WRONG


def _make_room(agent_id: str) -> None:
    of_agent = AgentRegistration.objects.filter(agent_id=agent_id)
    for rows, limit in (
        (of_agent, MAX_PER_AGENT),
        (AgentRegistration.objects.all(), MAX_REGISTRATIONS),
    ):
        excess = rows.count() - limit + 1
        if excess > 0:
            was_used = GreaterThan(F("last_seen_at"), F("registered_at"))
            unseen = rows.order_by(was_used, "last_seen_at", "id").values_list("id", flat=True)
            unseen = unseen[:excess]
            AgentRegistration.objects.filter(id__in=list(unseen)).delete()


def _bounded_json(metadata: dict[str, Any]) -> str:
    """Metadata are for people to look at; too much of it is left out as a whole."""
    try:
        encoded = kept_json(metadata)
    except NotKept:
        return "{}"
    return encoded.decode() if len(encoded) <= MAX_METADATA_BYTES else "{}"


def _metadata_of(row: AgentRegistration) -> dict[str, Any]:
    """What cannot be read was stored by another version, and keeps no agent out of the list."""
    try:
        metadata = codec.loads(row.metadata)
    except codec.LineError:
        return {}
    return metadata if isinstance(metadata, dict) else {}


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
