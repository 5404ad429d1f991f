"""From an agent's counts to the Studio: what is kept, how it adds up, how it stays bounded."""

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from agents_sdk.delivery import Deliveries
from agents_sdk.files.sidecar import sidecar_folder, write_sidecar
from agents_sdk.receipt import receipt_of
from llmlogs.models import AgentDelivery
from llmlogs.network import receiptbook
from llmlogs.network.receiptbook import ReceiptBook
from llmlogs.queries.delivery import AgentReport, agent_reports, delivery_troubles
from llmlogs.receipts import read_receipt

pytestmark = pytest.mark.django_db

NOW = 1_780_000_000.0
DAY_SECONDS = 86_400.0


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(clock: Clock) -> ReceiptBook:
    return ReceiptBook(clock, threading.Lock())


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Path]:
    with override_settings(LLMLOGS={"workspace": tmp_path, "retention_days": 7}):
        yield tmp_path


def receipt(instance: str = "one", **changes: Any) -> dict[str, Any]:
    return {
        "agent_id": "bot",
        "instance": instance,
        "spool": f"spool-of-{instance}",
        "started_at": NOW - 1000,
        "reported_at": NOW,
        "lost_at": None,
        "written": 10,
        "delivered": 10,
        "waiting": 0,
        "dropped": {},
        **changes,
    }


def keep(book: ReceiptBook, *receipts: dict[str, Any]) -> None:
    for one in receipts:
        book.keep(read_receipt(one))


def reports(workspace: Path, clock: Clock) -> list[AgentReport]:
    return list(agent_reports(workspace, since=clock.now - 7 * DAY_SECONDS))


def test_a_process_is_counted_once_however_often_it_reports(
    book: ReceiptBook, workspace: Path, clock: Clock
) -> None:
    keep(book, receipt(written=5, delivered=4, waiting=1))
    clock.now += 60
    keep(book, receipt(written=20, delivered=19, waiting=1, dropped={"no room": 2}))
    [report] = reports(workspace, clock)
    assert (report.written, report.delivered, report.waiting) == (20, 19, 1)
    assert (report.processes, report.dropped) == (1, (("no room", 2),))
    assert (report.reported_at, report.lost_at) == (clock.now, clock.now)


def test_processes_of_an_agent_add_up_and_agents_stay_apart(
    book: ReceiptBook, workspace: Path, clock: Clock
) -> None:
    keep(
        book,
        receipt("a", dropped={"no room": 1, "refused: x": 5}),
        receipt("b", dropped={"no room": 2}),
        receipt("a", agent_id="other"),
    )
    worst, calm = reports(workspace, clock)
    assert (worst.agent_id, worst.processes, worst.written) == ("bot", 2, 20)
    assert (worst.dropped, worst.dropped_entries) == ((("refused: x", 5), ("no room", 3)), 8)
    assert (calm.agent_id, calm.processes, calm.dropped) == ("other", 1, ())


def test_what_waits_in_a_spool_is_told_by_the_last_who_looked_after_it(
    book: ReceiptBook, workspace: Path, clock: Clock
) -> None:
    keep(book, receipt("dead", spool="same", waiting=500), receipt("elsewhere", waiting=7))
    assert reports(workspace, clock)[0].waiting == 507
    keep(book, receipt("standby", spool="", waiting=0))
    assert reports(workspace, clock)[0].waiting == 507
    keep(book, receipt("heir", spool="same", waiting=20))
    assert reports(workspace, clock)[0].waiting == 27


def test_an_agent_of_short_processes_keeps_its_sums(
    book: ReceiptBook, workspace: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiptbook, "MAX_PER_AGENT", 5)
    for number in range(40):
        clock.now += 1
        keep(book, receipt(f"process-{number}", dropped={"no room": 1}))
    [report] = reports(workspace, clock)
    assert AgentDelivery.objects.count() == 5
    assert (report.processes, report.written, report.dropped) == (40, 400, (("no room", 40),))
    assert report.lost_at == clock.now
    clock.now += 1
    keep(book, receipt("process-39", written=11))
    assert reports(workspace, clock)[0].written == 401


def test_all_agents_together_are_bounded(
    book: ReceiptBook, workspace: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiptbook, "MAX_RECEIPTS", 20)
    for number in range(50):
        clock.now += 1
        keep(book, receipt(agent_id=f"agent-{number}"))
    kept = {report.agent_id for report in reports(workspace, clock)}
    assert kept == {f"agent-{number}" for number in range(30, 50)}


def test_receipts_leave_with_the_retention(
    book: ReceiptBook, workspace: Path, clock: Clock
) -> None:
    keep(book, receipt("old", dropped={"no room": 1}))
    clock.now += 7 * DAY_SECONDS + 1
    assert reports(workspace, clock) == []
    keep(book, receipt("new", agent_id="other"))
    assert list(AgentDelivery.objects.values_list("instance", flat=True)) == ["new"]


def test_what_file_loggers_left_is_read_when_asked(
    book: ReceiptBook, workspace: Path, clock: Clock
) -> None:
    keep(book, receipt("a"))
    deliveries = Deliveries("bot", clock=clock)
    deliveries.count_written()
    deliveries.drop("No space left on device", 3)
    folder = sidecar_folder(workspace)
    write_sidecar(folder, receipt_of(deliveries, now=clock.now), keep_since=0)
    (folder / f"x.{0:016}.json").write_text(json.dumps(receipt(agent_id="x", written="many")))
    [path] = folder.glob("bot.*")
    os.utime(path, (NOW, NOW))
    [report] = reports(workspace, clock)
    assert (report.processes, report.written) == (2, 11)
    assert report.dropped == (("No space left on device", 3),)
    clock.now += 8 * DAY_SECONDS
    assert reports(workspace, clock) == []


def test_the_troubles_are_recent_losses_and_whatever_waits(
    book: ReceiptBook, workspace: Path, clock: Clock, django_assert_num_queries: Any
) -> None:
    since = NOW - 7 * DAY_SECONDS

    def troubles() -> tuple[int, int]:
        with django_assert_num_queries(2):
            found = delivery_troubles(workspace, now=clock.now, since=since)
        return found.losing, found.waiting

    assert troubles() == (0, 0)
    keep(book, receipt("a"), receipt("b", waiting=3), receipt("c", waiting=1))
    assert troubles() == (0, 1)
    keep(book, receipt("a", dropped={"no room": 1}), receipt("b", dropped={"no room": 1}))
    keep(
        book, receipt("a", agent_id="other", dropped={"no room": 1}, lost_at=NOW - 2 * DAY_SECONDS)
    )
    assert troubles() == (1, 1)
    clock.now += DAY_SECONDS + 1
    assert troubles() == (0, 1)


def test_a_loss_beside_the_logs_counts_too(workspace: Path, clock: Clock) -> None:
    deliveries = Deliveries("bot", clock=clock)
    deliveries.drop("no room")
    write_sidecar(sidecar_folder(workspace), receipt_of(deliveries, now=NOW), keep_since=0)
    [path] = sidecar_folder(workspace).iterdir()
    os.utime(path, (NOW, NOW))
    found = delivery_troubles(workspace, now=NOW + 1, since=NOW - DAY_SECONDS)
    assert (found.losing, found.waiting) == (1, 0)
