"""Delivery receipts of agents, checked: what arrived as an event or lay beside the log files.

In: JSON that claims to be one. Out: a `DeliveryReceipt`, bounded in every part, or `InvalidReceipt`
with a sentence. Pure; the sender is anybody, so nothing is believed but what fits.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents_sdk.errors import InvalidAgentId
from agents_sdk.files.names import check_agent_id
from agents_sdk.losses import as_reason
from agents_sdk.receipt import bounded_reasons

MAX_COUNT = 2**53 - 1
"""The largest whole number that every JSON reader has exactly."""
MAX_GIVEN_REASONS = 1_000
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_NO_REASON = "no reason was given"


class InvalidReceipt(ValueError):
    """This is no delivery receipt; the text says what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReceipt:
    """What became of the entries of one process (`instance`) of an agent since `started_at`.

    Times are Unix seconds by the agent's own clock. `spool` is "" if the process looks after none.
    """

    agent_id: str
    instance: str
    spool: str
    started_at: float
    reported_at: float
    lost_at: float | None
    written: int
    delivered: int
    waiting: int
    dropped: Mapping[str, int]

    @property
    def dropped_entries(self) -> int:
        return min(sum(self.dropped.values()), MAX_COUNT)

    def lost_at_by(self, reported_at: float) -> float | None:
        """When an entry was lost last, by the clock that received the receipt at that time."""
        if not self.dropped_entries:
            return None
        ago = 0.0 if self.lost_at is None else max(self.reported_at - self.lost_at, 0.0)
        return reported_at - ago


def read_receipt(value: object) -> DeliveryReceipt:
    """Check what claims to be a receipt. Raises InvalidReceipt."""
    if not isinstance(value, dict):
        raise InvalidReceipt(f"The receipt is {_kind(value)}; expected a JSON object.")
    reported_at = _time(value, "reported_at")
    lost_at = value.get("lost_at")
    return DeliveryReceipt(
        agent_id=_agent_id(value),
        instance=_name(value, "instance"),
        spool="" if value.get("spool") in (None, "") else _name(value, "spool"),
        started_at=_time(value, "started_at"),
        reported_at=reported_at,
        lost_at=None if lost_at is None else _time(value, "lost_at"),
        written=_count(value.get("written"), "'written'"),
        delivered=_count(value.get("delivered"), "'delivered'"),
        waiting=_count(value.get("waiting"), "'waiting'"),
        dropped=_reasons(value.get("dropped")),
    )


def _agent_id(value: dict[str, Any]) -> str:
    agent_id = value.get("agent_id")
    if not isinstance(agent_id, str):
        raise InvalidReceipt(f"'agent_id' is {_kind(agent_id)}; expected the agent's id.")
    try:
        check_agent_id(agent_id)
    except InvalidAgentId as error:
        raise InvalidReceipt(str(error)) from None
    return agent_id


def _name(value: dict[str, Any], field: str) -> str:
    name = value.get(field)
    if isinstance(name, str) and _NAME.fullmatch(name):
        return name
    raise InvalidReceipt(
        f"'{field}' is {_kind(name)}; expected 1 to 64 letters, digits, '-' or '_'."
    )


def _time(value: dict[str, Any], field: str) -> float:
    time = value.get(field)
    if isinstance(time, int | float) and not isinstance(time, bool) and 0 <= time <= MAX_COUNT:
        return float(time)
    raise InvalidReceipt(f"'{field}' is {_kind(time)}; expected Unix seconds.")


def _count(count: object, what: str) -> int:
    if isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= MAX_COUNT:
        return count
    raise InvalidReceipt(
        f"{what} is {_kind(count)}; expected a whole number from 0 to {MAX_COUNT}."
    )


def _reasons(dropped: object) -> dict[str, int]:
    if not isinstance(dropped, dict) or len(dropped) > MAX_GIVEN_REASONS:
        raise InvalidReceipt(
            f"'dropped' is {_kind(dropped)}; expected an object of up to {MAX_GIVEN_REASONS} "
            "reasons with their counts."
        )
    counts: dict[str, int] = {}
    for reason, entries in dropped.items():
        said = as_reason(reason) or _NO_REASON
        counts[said] = counts.get(said, 0) + _count(entries, "A count in 'dropped'")
    return bounded_reasons({reason: entries for reason, entries in counts.items() if entries})


def _kind(value: object) -> str:
    """What was given, without repeating it: receipts come from anybody."""
    kinds = {type(None): "missing or null", bool: "a boolean", dict: "a JSON object"}
    kinds |= {list: "a JSON array", str: "a text", int: "a number", float: "a number"}
    return kinds.get(type(value), "a value of another kind")
