"""What a file logger leaves in the workspace when entries were lost, and only then."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agents_sdk import LLMCallLogger
from agents_sdk.delivery import Deliveries
from agents_sdk.files import sidecar
from agents_sdk.files.sidecar import read_sidecars, sidecar_folder, write_sidecar
from agents_sdk.loggers.losses import PAUSE_SECONDS, LossKeeper
from agents_sdk.receipt import MAX_RECEIPT_BYTES, receipt_of

NOW = 1_780_000_000.0
DAY_SECONDS = 86_400.0


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sidecar_folder(tmp_path)


def left_in(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_bytes()) for path in sorted(folder.glob("*"))]


def log(logger: LLMCallLogger) -> str:
    return logger.log_call_sync("m", "p", [], None, {"content": "x"}, 1)


def stand_in_the_way(workspace: Path) -> Path:
    """Something that is no log file has the name of the agent's."""
    path = workspace / "logs" / "llm" / "team%2Fbot.jsonl"
    path.mkdir(parents=True)
    return path


def test_nothing_is_left_behind_where_nothing_was_lost(tmp_path: Path) -> None:
    logger = LLMCallLogger(tmp_path, "team/bot")
    for _ in range(10):
        log(logger)
    logger.close()
    assert [path.name for path in (tmp_path / "logs").iterdir()] == ["llm"]


def test_a_loss_leaves_one_private_file_with_the_numbers_of_the_process(
    tmp_path: Path, folder: Path
) -> None:
    obstacle = stand_in_the_way(tmp_path)
    logger = LLMCallLogger(tmp_path, "team/bot", clock=lambda: NOW)
    for _ in range(3):
        log(logger)
    obstacle.rmdir()
    log(logger)
    logger.close()
    [path] = folder.iterdir()
    receipt = json.loads(path.read_bytes())
    assert path.name == f"team%2Fbot.{receipt['instance']}.json"
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(folder.stat().st_mode)) == (
        0o600,
        0o700,
    )
    assert receipt["agent_id"] == "team/bot"
    assert (receipt["written"], receipt["delivered"], receipt["waiting"]) == (1, 1, 0)
    assert receipt["dropped"] == {"Is a directory": 3}
    assert receipt["reported_at"] == NOW
    assert [path.name for path in (tmp_path / "logs" / "llm").iterdir()] == ["team%2Fbot.jsonl"]


def test_the_file_is_written_once_a_minute_and_once_more_at_the_end(folder: Path) -> None:
    clock = Clock()
    deliveries = Deliveries("bot", monotonic=clock)
    keeper = LossKeeper(folder, deliveries, 0.0, monotonic=clock)
    seen = []
    for _ in range(130):
        deliveries.drop("no room")
        keeper.keep_up()
        [receipt] = left_in(folder)
        seen.append(receipt["dropped"]["no room"])
        clock.now += 1
    assert list(dict.fromkeys(seen)) == [1, PAUSE_SECONDS + 1, 2 * PAUSE_SECONDS + 1]
    keeper.finish()
    written_at = next(folder.iterdir()).stat().st_mtime_ns
    keeper.finish()
    assert left_in(folder)[0]["dropped"] == {"no room": 130}
    assert next(folder.iterdir()).stat().st_mtime_ns == written_at


ENDS = """
import sys
from agents_sdk import LLMCallLogger
logger = LLMCallLogger(sys.argv[1], "bot")
for _ in range(50):
    logger.log_call_sync("m", "p", [], None, None, 1)
"""


def test_a_program_that_ends_leaves_its_last_numbers(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "logs" / "llm" / "bot.jsonl").mkdir(parents=True)
    ended = subprocess.run(
        [sys.executable, "-c", ENDS, str(tmp_path)],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert [receipt["dropped"] for receipt in left_in(folder)] == [{"Is a directory": 50}]
    assert ended.stderr.splitlines() == [
        "LLM log entries of agent bot were lost: Is a directory (1 so far)",
        "LLM log entries of agent bot were lost: Is a directory (50 so far)",
    ]


def test_a_disk_that_takes_no_sidecar_either_costs_the_agent_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where a folder belongs")
    logger = LLMCallLogger(tmp_path, "bot")
    assert log(logger) and log(logger)
    logger.close()
    assert logger.delivery_report().dropped == {"Not a directory": 2}


def test_a_child_after_a_fork_has_a_file_of_its_own_at_once(tmp_path: Path, folder: Path) -> None:
    stand_in_the_way(tmp_path)
    logger = LLMCallLogger(tmp_path, "team/bot")
    log(logger)
    child = os.fork()
    if child == 0:
        signal.alarm(120)
        log(logger)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert [receipt["dropped"] for receipt in left_in(folder)] == [{"Is a directory": 1}] * 2


def test_old_files_go_and_the_number_of_files_is_bounded(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sidecar, "MAX_SIDECARS", 10)
    folder.mkdir(parents=True)
    for number in range(30):
        path = folder / f"old.{number:016}.json"
        path.write_text("{}")
        age_seconds = 8 * DAY_SECONDS if number < 5 else number
        os.utime(path, (NOW - age_seconds, NOW - age_seconds))
    for name in ("0" * 32 + ".draft", "notes.txt", "someone-elses.json", "plan.draft"):
        (folder / name).write_text("{")
        os.utime(folder / name, (NOW - 8 * DAY_SECONDS,) * 2)
    receipt = receipt_of(Deliveries("bot"), now=NOW)
    write_sidecar(folder, receipt, keep_since=NOW - 7 * DAY_SECONDS)
    kept = {path.name for path in folder.iterdir()}
    assert f"bot.{receipt['instance']}.json" in kept
    foreign = {"notes.txt", "someone-elses.json", "plan.draft"}
    assert foreign < kept
    assert kept - foreign - {f"bot.{receipt['instance']}.json"} == {
        f"old.{number:016}.json" for number in range(5, 14)
    }


def test_only_small_regular_files_of_json_are_read(folder: Path, tmp_path: Path) -> None:
    folder.mkdir(parents=True)
    names = (f"bot.{number:016x}.json" for number in range(99))
    (folder / next(names)).write_text('{"agent_id": "bot"}')
    (folder / next(names)).write_text('{"agent_id":')
    (folder / next(names)).write_text("[" * 60_000)
    (folder / next(names)).write_text(" " * MAX_RECEIPT_BYTES + "{}")
    (folder / next(names)).mkdir()
    (tmp_path / "elsewhere.json").write_text("{}")
    (folder / next(names)).symlink_to(tmp_path / "elsewhere.json")
    os.mkfifo(folder / next(names))
    (folder / "other.json").write_text("{}")
    (folder / ("0" * 32 + ".draft")).write_text("{}")
    assert [content for _, content in read_sidecars(folder, since=0)] == [{"agent_id": "bot"}]
    assert list(read_sidecars(folder, since=NOW * 2)) == []
    assert list(read_sidecars(tmp_path / "nowhere", since=0)) == []
