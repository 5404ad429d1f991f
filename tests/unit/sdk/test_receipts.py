"""What an event logger tells the server of its deliveries: seldom, only news, never in the way."""

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents_sdk import AgentClient, EventBasedLLMLogger
from agents_sdk.codec import dumps, encode_line
from agents_sdk.delivery import Deliveries
from agents_sdk.receipt import MAX_RECEIPT_BYTES, MAX_RECEIPT_REASONS, receipt_of
from agents_sdk.spool.reader import SpoolReader
from agents_sdk.spool.receipts import PAUSE_SECONDS, QUIET_SECONDS, ReceiptSender
from agents_sdk.spool.reporter import Reporter
from agents_sdk.spool.writer import SpoolWriter
from tests.unit.sdk.conftest import MakeLogger, eventually
from tests.unit.sdk.protocol_server import ProtocolServer

NOW = 1_780_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Sender:
    """A sender in charge of a spool, on a clock of its own, at a real server."""

    def __init__(self, server: ProtocolServer, folder: Path) -> None:
        self.clock = Clock()
        self.deliveries = Deliveries("bot", monotonic=self.clock, clock=lambda: NOW)
        self.client = AgentClient("bot", server.url, timeout_seconds=60)
        self.spool = SpoolWriter(folder, limit_bytes=1_000_000)
        self.reporter = Reporter(self.client)
        self._sender = ReceiptSender(
            self.reporter,
            SpoolReader(folder),
            self.deliveries,
            monotonic=self.clock,
            clock=lambda: NOW + self.clock.now,
        )

    def tell(self, after_seconds: float = 0.0, *, is_in_charge: bool = True) -> None:
        self.clock.now += after_seconds
        self._sender.tell(is_in_charge=is_in_charge)

    def tell_last(self) -> None:
        self._sender.hurry()
        self._sender.tell(is_in_charge=True)


@pytest.fixture
def sender(server: ProtocolServer, tmp_path: Path) -> Iterator[Sender]:
    sender = Sender(server, tmp_path / "one-spool")
    yield sender
    sender.reporter.close()


def log(logger: EventBasedLLMLogger, **extra: Any) -> str:
    return logger.log_call_sync("gpt-4o", "openai", [], None, {"content": "Rain."}, 12, **extra)


def test_a_receipt_says_who_since_when_and_what_became_of_the_entries(
    server: ProtocolServer, sender: Sender
) -> None:
    for number in range(3):
        sender.spool.write(encode_line({"log_id": str(number)}))
        sender.deliveries.count_written()
    sender.deliveries.drop("no room", 2)
    sender.tell()
    [receipt] = server.receipts
    spool = receipt.pop("spool")
    assert len(spool) == 16
    assert receipt == {
        "agent_id": "bot",
        "instance": sender.deliveries.instance,
        "started_at": NOW,
        "reported_at": NOW,
        "lost_at": NOW,
        "written": 3,
        "delivered": 0,
        "waiting": 3,
        "dropped": {"no room": 2},
    }


def test_without_a_loss_the_first_one_waits_a_minute_and_the_next_ones_for_news(
    server: ProtocolServer, sender: Sender
) -> None:
    sender.deliveries.count_written()
    sender.tell(after_seconds=PAUSE_SECONDS - 1)
    assert server.receipts == []
    sender.tell(after_seconds=1)
    sender.tell(after_seconds=PAUSE_SECONDS * 10)
    assert len(server.receipts) == 1
    sender.deliveries.count_delivered()
    sender.deliveries.drop("no room")
    sender.tell()
    assert [receipt["delivered"] for receipt in server.receipts] == [0, 1]
    for _ in range(100):
        sender.deliveries.drop("no room")
        sender.tell(after_seconds=1)
    assert [sum(receipt["dropped"].values()) for receipt in server.receipts] == [0, 1, 61]


def test_entries_that_wait_are_looked_at_every_minute_until_they_are_gone(
    server: ProtocolServer, sender: Sender
) -> None:
    sender.spool.write(encode_line({"log_id": "1"}))
    sender.deliveries.count_written()
    sender.tell(after_seconds=PAUSE_SECONDS)
    sender.tell(after_seconds=PAUSE_SECONDS)
    (sender.spool.folder / "entries.jsonl").unlink()  # another process has delivered it
    sender.tell(after_seconds=PAUSE_SECONDS)
    sender.tell(after_seconds=PAUSE_SECONDS)
    assert [receipt["waiting"] for receipt in server.receipts] == [1, 0]


def test_a_process_that_does_not_ship_leaves_the_spool_to_the_one_that_does(
    server: ProtocolServer, sender: Sender
) -> None:
    sender.spool.write(encode_line({"log_id": "1"}))
    sender.deliveries.count_written()
    sender.tell(after_seconds=PAUSE_SECONDS, is_in_charge=False)
    [receipt] = server.receipts
    assert (receipt["written"], receipt["waiting"], receipt["spool"]) == (1, 0, "")


def test_the_last_one_waits_for_no_minute_and_says_nothing_twice(
    server: ProtocolServer, sender: Sender
) -> None:
    sender.deliveries.count_written()
    sender.tell_last()
    sender.tell_last()
    assert [receipt["written"] for receipt in server.receipts] == [1]


def test_a_server_that_knows_no_receipts_is_left_alone_for_an_hour(
    server: ProtocolServer, sender: Sender
) -> None:
    server.knows_receipts = False
    sender.deliveries.count_written()
    sender.tell_last()
    asked = len(server.events)
    sender.deliveries.count_written()
    sender.tell_last()
    sender.tell(after_seconds=QUIET_SECONDS - 1)
    assert len(server.events) == asked == 1
    assert len(server.registrations) == 1
    server.knows_receipts = True
    sender.tell(after_seconds=1)
    assert [receipt["written"] for receipt in server.receipts] == [2]


def test_a_refusal_of_an_outdated_registration_is_no_refusal_of_receipts(
    server: ProtocolServer, sender: Sender
) -> None:
    assert sender.client.connect_sync()
    server.secrets.clear()
    sender.deliveries.count_written()
    sender.tell(after_seconds=PAUSE_SECONDS)
    assert server.receipts == []
    assert sender.client.connect_sync()  # as the next entries would make it do
    sender.tell(after_seconds=PAUSE_SECONDS)
    assert [receipt["written"] for receipt in server.receipts] == [1]


@pytest.mark.parametrize("fault", [500, 503, 413, 401, "close", "half", "not json"])
def test_one_that_did_not_arrive_is_told_again_a_minute_later(
    server: ProtocolServer, sender: Sender, fault: int | str
) -> None:
    assert sender.client.connect_sync()
    server.faults.append(fault)
    if not isinstance(fault, int):
        server.faults.append(fault)  # a kept connection is tried once more at once
    sender.deliveries.count_written()
    sender.tell(after_seconds=PAUSE_SECONDS)
    server.faults.clear()
    sender.tell(after_seconds=PAUSE_SECONDS)
    assert [receipt["written"] for receipt in server.receipts][-1:] == [1]


def test_an_agent_that_left_is_not_brought_back_by_a_receipt(
    server: ProtocolServer, sender: Sender
) -> None:
    assert sender.client.connect_sync()
    assert sender.client.disconnect_sync()
    sender.deliveries.count_written()
    sender.tell_last()
    assert server.receipts == []
    assert server.secrets == {}


def test_whatever_was_lost_a_receipt_stays_small() -> None:
    deliveries = Deliveries("ä" * 200)
    for number in range(100):
        deliveries.drop(f"{number} " + "漢" * 300, number + 1)
    receipt = receipt_of(deliveries, now=NOW)
    assert len(receipt["dropped"]) <= MAX_RECEIPT_REASONS
    assert sum(receipt["dropped"].values()) == sum(range(1, 101))
    assert len(dumps(receipt)) < MAX_RECEIPT_BYTES / 4


def test_a_logger_whose_every_entry_is_lost_says_so_at_once(
    server: ProtocolServer, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    client = AgentClient("bot", server.url)
    logger = EventBasedLLMLogger("bot", client, spool_dir=tmp_path / "file" / "spool")
    log(logger)
    eventually(lambda: bool(server.receipts))
    for _ in range(9):
        log(logger)
    logger.close(60)
    assert server.receipts[-1]["dropped"] == {"Not a directory": 10}
    assert (server.receipts[-1]["written"], server.receipts[-1]["waiting"]) == (0, 0)
    assert len(server.receipts) == 2


def test_closing_a_logger_tells_the_last_numbers_after_the_last_entry(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    logger = make_logger()
    for _ in range(20):
        log(logger)
    logger.close(60)
    assert [(r["written"], r["delivered"], r["waiting"]) for r in server.receipts] == [(20, 20, 0)]
    assert server.requests[-1] == "POST /api/send_event"


def test_a_logger_that_is_forgotten_tells_its_last_numbers_too(server: ProtocolServer) -> None:
    logger = EventBasedLLMLogger("bot", AgentClient("bot", server.url))
    log(logger)
    del logger
    gc.collect()
    eventually(lambda: bool(server.receipts))
    assert server.receipts[-1]["delivered"] == 1


def test_leaving_tells_the_numbers_before_the_goodbye(server: ProtocolServer) -> None:
    client = AgentClient("bot", server.url)
    logger = EventBasedLLMLogger("bot", client)
    log(logger)
    assert client.disconnect_sync()
    assert [receipt["delivered"] for receipt in server.receipts] == [1]
    assert server.requests[-1] == "POST /api/unregister"
    logger.close(0)


def test_a_child_after_a_fork_tells_its_own_numbers_under_its_own_name(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    logger = make_logger()
    log(logger)
    log(logger)
    assert logger.flush_sync(60)  # registered: this server knows one secret for each agent
    child = os.fork()
    if child == 0:
        signal.alarm(120)
        log(logger)
        logger.close(60)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    logger.close(60)
    written = {receipt["instance"]: receipt["written"] for receipt in server.receipts}
    assert sorted(written.values()) == [1, 2]


ENDS = """
import sys
from agents_sdk import AgentClient, EventBasedLLMLogger
from agents_sdk.spool import shipper
shipper.EXIT_FLUSH_SECONDS = 60.0  # on a machine that stands still, two do not suffice
logger = EventBasedLLMLogger("bot", AgentClient("bot", sys.argv[1]), spool_bytes=int(sys.argv[2]))
for number in range(100):
    logger.log_call_sync("m", "p", [], None, {"content": "x"}, 1)
print("all are logged", flush=True)
"""


def test_the_end_of_a_program_tells_and_logs_the_last_numbers(server: ProtocolServer) -> None:
    server.hang_seconds = 600  # so that the spool is full before anything was delivered
    command = [sys.executable, "-c", ENDS, server.url, "5000"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "all are logged\n"
        server.hang_seconds = 0
        _, said = program.communicate(timeout=120)
    assert program.returncode == 0
    lost = sum(server.receipts[-1]["dropped"].values())
    assert lost > 50
    reason = "the spool is full (5000 bytes, AGENTS_SDK_SPOOL_BYTES)"
    assert said.splitlines() == [
        f"LLM log entries of agent bot were lost: {reason} (1 so far)",
        f"LLM log entries of agent bot were lost: {reason} ({lost} so far)",
    ]
