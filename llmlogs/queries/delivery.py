"""What became of the entries of each agent: receipts that arrived, and those beside the log files.

In: the folder of the workspace and a clock. Out: frozen dataclasses, the agents that lost something
first. The numbers are what the agents said of themselves; receipts older than the retention are
left out as entries are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from agents_sdk import codec
from agents_sdk.files.sidecar import read_sidecars, sidecar_folder
from agents_sdk.receipt import bounded_reasons
from llmlogs.models import AgentDelivery
from llmlogs.receipts import InvalidReceipt, read_receipt

RECENT_LOSS_SECONDS = 86_400.0
"""For so long after a loss the list of calls speaks of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentReport:
    """The sum of an agent's processes. Times are Unix seconds; reasons go from most to least."""

    agent_id: str
    processes: int
    written: int
    delivered: int
    waiting: int
    dropped: tuple[tuple[str, int], ...]
    lost_at: float | None
    reported_at: float

    @property
    def dropped_entries(self) -> int:
        return sum(entries for _, entries in self.dropped)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTroubles:
    """How many agents lost entries of late, and how many have some that wait."""

    losing: int
    waiting: int


@dataclass(frozen=True, slots=True)
class _Process:
    """One receipt, wherever it was; `reported_at` and `lost_at` by this machine's clock."""

    agent_id: str
    processes: int
    written: int
    delivered: int
    waiting: int
    dropped: dict[str, int]
    lost_at: float | None
    reported_at: float


def agent_reports(
    workspace: Path, *, since: float, agent_ids: Sequence[str] = ()
) -> tuple[AgentReport, ...]:
    """All agents (or these) with a receipt since then (Unix seconds)."""
    processes: dict[str, list[_Process]] = {}
    for process in (*_received(since), *_left_beside_logs(workspace, since)):
        if not agent_ids or process.agent_id in agent_ids:
            processes.setdefault(process.agent_id, []).append(process)
    reports = [_summed(agent_id, found) for agent_id, found in processes.items()]
    return tuple(sorted(reports, key=_worst_first))


def delivery_troubles(workspace: Path, *, now: float, since: float) -> DeliveryTroubles:
    """In two small questions to the database; asked with every list."""
    lost_since = max(now - RECENT_LOSS_SECONDS, since)
    # One condition each, so that SQLite takes the index of the few and not that of the times.
    lost = AgentDelivery.objects.filter(lost_at__gte=lost_since)
    waiting = AgentDelivery.objects.filter(waiting__gt=0).values_list("agent_id", "received_at")
    losing = set(lost.values_list("agent_id", flat=True))
    losing |= {
        process.agent_id
        for process in _left_beside_logs(workspace, since)
        if process.lost_at is not None and process.lost_at >= lost_since
    }
    return DeliveryTroubles(
        losing=len(losing),
        waiting=len({agent_id for agent_id, received_at in waiting if received_at >= since}),
    )


def _received(since: float) -> Iterator[_Process]:
    for row in AgentDelivery.objects.filter(received_at__gte=since).iterator():
        yield _Process(
            row.agent_id,
            row.processes,
            row.written,
            row.delivered,
            row.waiting,
            codec.loads(row.dropped),
            row.lost_at,
            row.received_at,
        )


def _left_beside_logs(workspace: Path, since: float) -> Iterator[_Process]:
    """Of file loggers; anybody may write there, so what is no receipt is passed over."""
    for written_at, content in read_sidecars(sidecar_folder(workspace), since=since):
        try:
            receipt = read_receipt(content)
        except InvalidReceipt:
            continue
        yield _Process(
            receipt.agent_id,
            1,
            receipt.written,
            receipt.delivered,
            receipt.waiting,
            dict(receipt.dropped),
            receipt.lost_at_by(written_at),
            written_at,
        )


def _summed(agent_id: str, processes: Iterable[_Process]) -> AgentReport:
    found, dropped = list(processes), dict[str, int]()
    for process in found:
        for reason, entries in process.dropped.items():
            dropped[reason] = dropped.get(reason, 0) + entries
    return AgentReport(
        agent_id=agent_id,
        processes=sum(process.processes for process in found),
        written=sum(process.written for process in found),
        delivered=sum(process.delivered for process in found),
        waiting=sum(process.waiting for process in found),
        dropped=tuple(
            sorted(bounded_reasons(dropped).items(), key=lambda item: (-item[1], item[0]))
        ),
        lost_at=max((p.lost_at for p in found if p.lost_at is not None), default=None),
        reported_at=max(process.reported_at for process in found),
    )


def _worst_first(report: AgentReport) -> tuple[float, int, float, str]:
    """Latest loss, then most that waits, then the latest report."""
    return -(report.lost_at or 0.0), -report.waiting, -report.reported_at, report.agent_id
