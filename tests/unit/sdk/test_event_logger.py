"""Reporting calls over a network that fails: nothing lost, nothing twice, nothing in the way."""

import logging
import os
import random
import signal
import stat
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from agents_sdk import AgentClient, EventBasedLLMLogger
from agents_sdk.codec import encode_line
from agents_sdk.entry import KEYS
from agents_sdk.spool import shipper
from agents_sdk.spool.reader import SpoolReader
from agents_sdk.spool.writer import SpoolWriter, spool_folder
from tests.unit.sdk.conftest import MakeLogger, eventually
from tests.unit.sdk.protocol_server import ProtocolServer

MESSAGES = [{"role": "user", "content": "What is the weather?"}]


def log(logger: EventBasedLLMLogger, **extra: Any) -> str:
    response = {"content": "Rain.", "tool_calls": None, "usage": {"prompt_tokens": 3}}
    return logger.log_call_sync("gpt-4o", "openai", MESSAGES, None, response, 12, **extra)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipper, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(shipper, "LONGEST_PAUSE_SECONDS", 0.05)


async def test_a_call_arrives_with_every_field(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    logger = make_logger("team/bot")
    log_id = await logger.log_call(
        "gpt-4o", "openai", MESSAGES, [{"name": "t"}], {"content": "x"}, 5, tags=["a"]
    )
    assert await logger.flush(60)
    entry = server.entries[log_id]
    assert list(entry) == [*KEYS, "tags"]
    assert (entry["agent_id"], entry["messages"], entry["tags"]) == ("team/bot", MESSAGES, ["a"])
    assert server.agents_of_entries[log_id] == "team/bot"
    assert server.registrations[0] == {
        "agent_id": "team/bot",
        "metadata": {},
        "password_hash": "",
    }
    assert logger.delivery_report().delivered == 1


def test_a_relative_spool_stays_where_it_was_when_the_program_changes_its_folder(
    server: ProtocolServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("start", "elsewhere"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "start")
    logger = EventBasedLLMLogger("bot", AgentClient("bot", server.url), spool_dir="spool")
    monkeypatch.chdir(tmp_path / "elsewhere")
    log(logger)
    assert logger.flush_sync()
    assert [entry.name for entry in (tmp_path / "start").iterdir()] == ["spool"]
    assert not list((tmp_path / "elsewhere").iterdir())


def test_many_calls_travel_in_few_batches_and_leave_an_empty_spool(
    server: ProtocolServer, make_logger: MakeLogger, tmp_path: Path
) -> None:
    server.hang_seconds = 600  # however fast the calls come, they wait behind the first batch
    logger = make_logger()
    log_ids = [log(logger) for _ in range(1200)]
    server.hang_seconds = 0
    assert logger.flush_sync(60)
    assert set(server.entries) == set(log_ids)
    assert set(server.arrivals.values()) == {1}
    assert len(server.batch_sizes) <= 5
    assert sum(server.batch_sizes) == 1200
    report = logger.delivery_report()
    assert (report.written, report.delivered, report.waiting) == (1200, 1200, 0)
    assert report.dropped == {}
    assert list((tmp_path / "spool").rglob("*.jsonl")) == []


def test_spool_files_are_for_this_user_only(
    server: ProtocolServer, make_logger: MakeLogger, tmp_path: Path
) -> None:
    server.stop()
    logger = make_logger()
    log(logger)
    modes = {
        path.relative_to(tmp_path).parts[-1]: stat.S_IMODE(path.stat().st_mode)
        for path in (tmp_path / "spool").rglob("*")
        if path.is_file()
    }
    assert modes and set(modes.values()) == {0o600}
    folders = [tmp_path / "spool", *(tmp_path / "spool").iterdir()]
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in folders] == [0o700, 0o700]


def test_an_outage_costs_nothing_and_delays_no_call(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    server.stop()
    logger = make_logger()
    started_at = time.monotonic()
    log_ids = [log(logger) for _ in range(300)]
    assert time.monotonic() - started_at < 60, "with the shipper's pauses it would be hours"
    assert logger.delivery_report().waiting == 300
    assert not logger.flush_sync(0.1)
    server.start()
    assert logger.flush_sync(60)
    assert set(server.entries) == set(log_ids)


@pytest.mark.parametrize("fault", [500, 503, 429, 301, 404, "close", "half", "not json"])
def test_a_failing_server_is_asked_again_until_it_recovers(
    server: ProtocolServer, make_logger: MakeLogger, fault: int | str
) -> None:
    logger = make_logger()
    log(logger)
    assert logger.flush_sync(60)
    server.faults.extend([fault] * 4)
    log_ids = [log(logger) for _ in range(20)]
    assert logger.flush_sync(60)
    assert set(log_ids) < set(server.entries)
    assert logger.delivery_report().dropped == {}


def test_waiting_for_a_server_leaves_the_random_numbers_of_the_program_alone(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    logger = make_logger()
    before = random.getstate()
    server.faults.extend([500] * 4)
    log(logger)
    assert logger.flush_sync(60)
    assert not server.faults, "it had to wait"
    assert random.getstate() == before


def test_an_answer_that_got_lost_means_the_same_entry_again_under_its_id(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    logger = make_logger()
    log(logger)
    assert logger.flush_sync(60)
    server.faults.extend(["lost answer", "lost answer"])
    log_id = log(logger)
    assert logger.flush_sync(60)
    assert server.arrivals[log_id] > 1
    assert list(server.entries).count(log_id) == 1


def test_a_server_that_forgot_the_agent_is_registered_with_again(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    logger = make_logger()
    log(logger)
    assert logger.flush_sync(60)
    server.stop()
    server.secrets.clear()
    server.start()
    log_id = log(logger)
    assert logger.flush_sync(60)
    assert log_id in server.entries
    assert len(server.registrations) == 2


def test_a_server_without_batches_gets_the_entries_one_by_one(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    server.knows_batches = False
    logger = make_logger()
    log_ids = [log(logger) for _ in range(10)]
    assert logger.flush_sync(60)
    assert list(server.entries) == log_ids
    assert {event["event_name"] for event in server.events[-10:]} == {"system.report_llm_log"}


@pytest.mark.parametrize("knows_batches", [True, False])
def test_a_refused_entry_is_counted_with_its_reason_and_not_sent_for_ever(
    server: ProtocolServer, make_logger: MakeLogger, knows_batches: bool
) -> None:
    server.knows_batches = knows_batches
    server.refused_log_ids.add("unwanted")
    logger = make_logger()
    first, _, last = log(logger), log(logger, log_id="unwanted"), log(logger)
    assert logger.flush_sync(60)
    assert set(server.entries) == {first, last}
    report = logger.delivery_report()
    reason = "refused: not wanted" if knows_batches else "refused: HTTP 200"
    assert sum(report.dropped.values()) == 1
    assert next(iter(report.dropped)).startswith("refused: ")
    assert report.delivered == 2
    if knows_batches:
        assert report.dropped == {reason: 1}


def test_an_entry_the_server_does_not_speak_of_is_asked_about_once_more(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    server.forgotten_log_ids.add("forgotten")
    logger = make_logger()
    kept = [log(logger), log(logger, log_id="forgotten") and log(logger)]
    assert logger.flush_sync(60)
    assert set(server.entries) == set(kept)
    assert logger.delivery_report().dropped == {
        "refused: the server did not say what became of it": 1
    }


def test_a_batch_too_large_for_the_server_is_split_and_only_what_never_fits_is_dropped(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    server.max_body_bytes = 20_000
    logger = make_logger()
    log_ids = [log(logger, tags="x" * 4_000) for _ in range(20)]
    log(logger, tags="x" * 40_000)
    log_ids.append(log(logger))
    assert logger.flush_sync(60)
    assert set(server.entries) == set(log_ids)
    assert logger.delivery_report().dropped == {"refused: too large": 1}


@pytest.fixture
def left_over(server: ProtocolServer) -> SpoolWriter:
    """The spool of agent `bot` as a process that is gone left it."""
    folder = spool_folder(Path(os.environ["AGENTS_SDK_SPOOL_DIR"]), "bot", server.url)
    return SpoolWriter(folder, limit_bytes=1_000_000)


def test_a_torn_line_in_the_spool_hides_no_neighbour(
    server: ProtocolServer, make_logger: MakeLogger, left_over: SpoolWriter
) -> None:
    left_over.write(encode_line({"log_id": "first"}))
    left_over.write(b'{"log_id":"torn","messages":[{"role":"user"}')
    left_over.write(encode_line({"log_id": "last"}))
    logger = make_logger()
    assert logger.flush_sync(60)
    assert set(server.entries) == {"first", "last"}
    assert logger.delivery_report().dropped == {"a line of the spool was torn": 1}


def test_a_host_name_the_server_does_not_allow_costs_no_entry(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    logger = make_logger()
    log(logger)
    assert logger.flush_sync(60)
    server.faults.extend([400] * 5)
    log_id = log(logger)
    assert logger.flush_sync(60)
    assert log_id in server.entries
    assert logger.delivery_report().dropped == {}


def test_a_full_spool_refuses_the_newest_and_says_so_once_a_minute(
    server: ProtocolServer, make_logger: MakeLogger, caplog: pytest.LogCaptureFixture
) -> None:
    server.stop()
    logger = make_logger(spool_bytes=3_000)
    with caplog.at_level(logging.WARNING, "agents_sdk"):
        log_ids = [log(logger) for _ in range(50)]
    report = logger.delivery_report()
    reason = "the spool is full (3000 bytes, AGENTS_SDK_SPOOL_BYTES)"
    assert report.written + report.dropped[reason] == 50
    assert 0 < report.written == report.waiting < 15
    assert [record.getMessage() for record in caplog.records] == [
        f"LLM log entries of agent bot were lost: {reason} (1 so far)"
    ]
    server.start()
    assert logger.flush_sync(60)
    assert set(server.entries) == set(log_ids[: report.written])
    eventually(lambda: log(logger) and logger.delivery_report().written > report.written)


def test_what_a_dead_process_left_is_delivered_by_the_next_of_that_agent(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    server.stop()
    child = os.fork()
    if child == 0:
        logger = make_logger()
        for number in range(5):
            log(logger, log_id=f"left-{number}")
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    server.start()
    make_logger("other")
    assert server.entries == {}
    make_logger()
    eventually(lambda: len(server.entries) == 5)


def test_only_one_logger_of_an_agent_ships_and_the_next_takes_over(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    first, second = make_logger(), make_logger()
    log(first)
    assert first.flush_sync(60)
    log_id = log(second)
    assert second.flush_sync(60)
    assert second.delivery_report().delivered == 0
    assert log_id in server.entries
    first.close(60)
    log_id = log(second)
    assert second.flush_sync(60)
    assert log_id in server.entries
    assert second.delivery_report().delivered == 1


def test_a_child_after_a_fork_has_a_shipper_of_its_own(
    server: ProtocolServer, make_logger: MakeLogger
) -> None:
    logger = make_logger()
    log(logger)
    assert logger.flush_sync(60)
    child = os.fork()
    if child == 0:
        signal.alarm(120)
        log(logger, log_id="child")
        report = logger.delivery_report()
        is_shipped = logger.flush_sync(60)
        os._exit(0 if is_shipped and report.written == 1 else 1)
    assert os.waitpid(child, 0)[1] == 0
    log(logger, log_id="parent")
    assert logger.flush_sync(60)
    assert {"child", "parent"} < set(server.entries)


def test_the_note_of_what_was_acknowledged_survives_and_damage_to_it_costs_a_repeat_only(
    server: ProtocolServer, make_logger: MakeLogger, left_over: SpoolWriter
) -> None:
    for number in range(4):
        left_over.write(encode_line({"log_id": str(number)}))
    reader = SpoolReader(left_over.folder)
    batch = reader.next_batch()
    reader.acknowledge(batch[1])
    assert SpoolReader(left_over.folder).next_batch() == batch[2:]
    (left_over.folder / "position.json").write_bytes(b"{")
    assert SpoolReader(left_over.folder).next_batch() == batch
    reader.acknowledge(batch[1])
    assert make_logger().flush_sync(60)
    assert set(server.entries) == {"2", "3"}


def test_a_segment_that_was_begun_is_ended_before_one_with_an_older_name(
    left_over: SpoolWriter,
) -> None:
    for number in range(3):
        left_over.write(encode_line({"log_id": str(number)}))
    reader = SpoolReader(left_over.folder)
    begun = reader.next_batch()
    reader.acknowledge(begun[0])
    (left_over.folder / "entries_20200101_000000.jsonl").write_bytes(b'{"log_id":"older"}\n')
    assert reader.next_batch() == begun[1:]
    reader.acknowledge(begun[2])
    assert [line.data for line in reader.next_batch()] == [b'{"log_id":"older"}']
    assert reader.waiting_entries() == 1


async def test_disconnecting_delivers_first(server: ProtocolServer) -> None:
    client = AgentClient("bot", server.url)
    assert await client.connect()
    logger = EventBasedLLMLogger("bot", client)
    log_id = log(logger)
    assert await client.disconnect()
    assert log_id in server.entries
    assert server.requests[-1] == "POST /api/unregister"
    logger.close(0)


def test_a_password_is_told_as_the_network_expects_it(server: ProtocolServer) -> None:
    server.password_hash = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
    wrong = EventBasedLLMLogger("bot", AgentClient("bot", server.url))
    log_id = log(wrong)
    assert not wrong.flush_sync(0.3)
    assert wrong.delivery_report().waiting == 1
    wrong.close(0)
    right = EventBasedLLMLogger("bot", AgentClient("bot", server.url, password="secret"))
    assert right.flush_sync(60)
    assert log_id in server.entries
    right.close(0)


def test_a_call_never_raises(server: ProtocolServer, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    logger = EventBasedLLMLogger(
        "bot", AgentClient("bot", server.url), spool_dir=tmp_path / "file" / "spool"
    )
    assert log(logger)
    assert logger.delivery_report().dropped == {"Not a directory": 1}
    logger.close(0)


def test_a_server_that_is_slower_than_its_client_is_patient_gets_the_entry_once_it_is_waited_for(
    server: ProtocolServer,
) -> None:
    server.hang_seconds = 0.5
    logger = EventBasedLLMLogger("bot", AgentClient("bot", server.url, timeout_seconds=0.1))
    log_id = log(logger)
    assert logger.flush_sync(60)
    server.hang_seconds = 0
    assert logger.delivery_report().delivered == 1
    assert set(server.entries) == {log_id}
    assert server.arrivals[log_id] <= 11, "its patience doubles, from 0.1 s to two minutes"
    logger.close(0)


def test_an_entry_that_no_thread_can_bring_away_waits_and_is_not_counted_as_lost(
    server: ProtocolServer, make_logger: MakeLogger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    logger = make_logger()
    with monkeypatch.context() as at_the_limit:
        at_the_limit.setattr(threading.Thread, "start", refuse)
        first = log(logger)
        report = logger.delivery_report()
        assert (report.written, report.waiting, dict(report.dropped)) == (1, 1, {})
        assert not logger.flush_sync(0.1)
        make_logger()  # it finds left-overs, and cannot start either
    second = log(logger)
    assert logger.flush_sync(60)
    assert set(server.entries) == {first, second}
