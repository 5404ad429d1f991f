"""Keeps the newest delivery receipt of each process, for the page that shows them.

In: receipts that were checked. Promises: a process's receipt takes the place of its last one; what
leaves to make room stays in the sum of its agent; a receipt lives as long as entries do. Bounded
per agent and in all, whoever sends.
"""

import threading
from collections.abc import Callable
from typing import Any

from django.db import transaction

from agents_sdk import codec
from agents_sdk.receipt import bounded_reasons
from llmlogs import conf
from llmlogs.models import AgentDelivery
from llmlogs.receipts import MAX_COUNT, DeliveryReceipt

MAX_PER_AGENT = 64
"""As many as may register under one id; an agent of short processes has a new one every minute."""
MAX_RECEIPTS = 10_000
EXPIRY_EVERY_SECONDS = 3_600
EARLIER = ""
"""The `instance` of the row that holds the sum of processes that had to make room."""


class ReceiptBook:
    """Receipts in the database; `clock` and `writing` as in the registry."""

    def __init__(self, clock: Callable[[], float], writing: threading.Lock) -> None:
        self._clock = clock
        self._writing = writing
        self._next_expiry_at = 0.0

    def keep(self, receipt: DeliveryReceipt) -> None:
        """Put a receipt on record. Raises DatabaseError."""
        now = self._clock()
        with self._writing, transaction.atomic():
            self._expire(now)
            AgentDelivery.objects.update_or_create(
                agent_id=receipt.agent_id,
                instance=receipt.instance,
                defaults=_columns(receipt, now),
            )
            if receipt.spool:
                # What waits there was told by an earlier process until now.
                others = AgentDelivery.objects.filter(
                    agent_id=receipt.agent_id, spool=receipt.spool, waiting__gt=0
                )
                others.exclude(instance=receipt.instance).update(waiting=0)
            _sum_up_oldest(receipt.agent_id)
            _make_room()

    def _expire(self, now: float) -> None:
        retention_seconds = conf.get().retention_seconds
        if now >= self._next_expiry_at:
            self._next_expiry_at = now + EXPIRY_EVERY_SECONDS
            AgentDelivery.objects.filter(received_at__lt=now - retention_seconds).delete()


def _columns(receipt: DeliveryReceipt, now: float) -> dict[str, Any]:
    return {
        "spool": receipt.spool,
        "started_at": receipt.started_at,
        "received_at": now,
        "lost_at": receipt.lost_at_by(now),
        "processes": 1,
        "written": receipt.written,
        "delivered": receipt.delivered,
        "waiting": receipt.waiting,
        "dropped": codec.dumps(dict(receipt.dropped)).decode(),
    }


def _sum_up_oldest(agent_id: str) -> None:
    """Beyond the limit of an agent the processes heard of longest ago become one row."""
    rows = AgentDelivery.objects.filter(agent_id=agent_id)
    excess = rows.count() - MAX_PER_AGENT
    if excess <= 0:
        return
    earlier = rows.filter(instance=EARLIER).first()
    oldest = rows.exclude(instance=EARLIER).order_by("received_at", "id")
    summed = [*oldest[: excess if earlier else excess + 1], *([earlier] if earlier else [])]
    rows.filter(id__in=[row.id for row in summed]).delete()
    _sum(agent_id, summed).save(force_insert=True)


def _sum(agent_id: str, rows: list[AgentDelivery]) -> AgentDelivery:
    dropped: dict[str, int] = {}
    for row in rows:
        for reason, entries in codec.loads(row.dropped).items():
            dropped[reason] = min(dropped.get(reason, 0) + entries, MAX_COUNT)
    return AgentDelivery(
        agent_id=agent_id,
        instance=EARLIER,
        spool="",
        started_at=min(row.started_at for row in rows),
        received_at=max(row.received_at for row in rows),
        lost_at=max((row.lost_at for row in rows if row.lost_at is not None), default=None),
        processes=sum(row.processes for row in rows),
        written=min(sum(row.written for row in rows), MAX_COUNT),
        delivered=min(sum(row.delivered for row in rows), MAX_COUNT),
        waiting=min(sum(row.waiting for row in rows), MAX_COUNT),
        dropped=codec.dumps(bounded_reasons(dropped)).decode(),
    )


def _make_room() -> None:
    excess = AgentDelivery.objects.count() - MAX_RECEIPTS
    if excess > 0:
        oldest = AgentDelivery.objects.order_by("received_at", "id").values_list("id", flat=True)
        AgentDelivery.objects.filter(id__in=list(oldest[:excess])).delete()
