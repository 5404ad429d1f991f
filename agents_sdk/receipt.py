"""The delivery receipt: what became of the entries of one process, as JSON to be shown elsewhere.

Counts since the process began to log, under an id of its own (`instance`), so that receipts of one
process replace each other and those of several add up. Event loggers send it, file loggers leave it
beside the log files when something was lost. Bounded in size, whatever reasons there are.
"""

import heapq
from collections.abc import Mapping
from typing import Any

from agents_sdk.delivery import Deliveries
from agents_sdk.unsaid import OTHER_REASONS

MAX_RECEIPT_REASONS = 20
MAX_RECEIPT_BYTES = 65_536
"""Far above what 20 reasons of 200 characters can take."""


def receipt_of(
    deliveries: Deliveries, *, now: float, waiting: int = 0, spool: str = ""
) -> dict[str, Any]:
    """The receipt as of `now` (Unix seconds).

    `spool` names the spool whose `waiting` entries this process looks after; "" if it looks after
    none, because another process does.
    """
    report = deliveries.report(waiting)
    return {
        "agent_id": deliveries.agent_id,
        "instance": deliveries.instance,
        "spool": spool,
        "started_at": deliveries.started_at,
        "reported_at": now,
        "lost_at": deliveries.lost_at,
        "written": report.written,
        "delivered": report.delivered,
        "waiting": report.waiting,
        "dropped": bounded_reasons(report.dropped),
    }


def bounded_reasons(dropped: Mapping[str, int]) -> dict[str, int]:
    """The commonest reasons with their counts; the rest is counted together.

    >>> bounded_reasons({f"reason {n}": n for n in range(1, 31)})["other reasons"]
    66
    """
    if len(dropped) <= MAX_RECEIPT_REASONS:
        return dict(dropped)
    named = dict(heapq.nlargest(MAX_RECEIPT_REASONS - 1, dropped.items(), key=lambda item: item[1]))
    unnamed = sum(dropped.values()) - sum(named.values())
    return {**named, OTHER_REASONS: named.get(OTHER_REASONS, 0) + unnamed}
