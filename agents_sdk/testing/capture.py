"""A logger that keeps its entries in memory."""

from collections.abc import Callable
from typing import Any

from agents_sdk.codec import decode_line
from agents_sdk.delivery import DeliveryReport
from agents_sdk.loggers.base import CallLogger, new_log_id
from agents_sdk.testing.clock import FrozenClock


class CapturingLogger(CallLogger):
    """Takes the place of any logger; `entries` are as a reader of the file would get them."""

    def __init__(
        self,
        agent_id: str = "agent",
        *,
        clock: Callable[[], float] | None = None,
        new_id: Callable[[], str] = new_log_id,
    ) -> None:
        super().__init__(agent_id, clock=clock or FrozenClock(), new_id=new_id)
        self.entries: list[dict[str, Any]] = []

    def delivery_report(self) -> DeliveryReport:
        return self._deliveries.report()

    def _write(self, line: bytes) -> None:
        self.entries.append(decode_line(line).entry)
        self._deliveries.count_written()
        self._deliveries.count_delivered()
