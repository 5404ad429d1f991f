"""Writers of one file are killed at random moments while others rotate it: nothing is lost."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from agents_sdk.codec import LineError, decode_line
from tests.integration.running_studio import until

WRITER = """
import os, sys
from agents_sdk.codec import encode_line
from agents_sdk.files.append import Appender
path, acknowledged, writer, rotation_bytes = sys.argv[1:]
appender = Appender(path, rotation_bytes=int(rotation_bytes) or None)
noted = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
for number in range(10**9):
    log_id = f"{writer}-{number}"
    appender.append(encode_line({"log_id": log_id, "filler": "x" * (number * 37 % 9000)}))
    os.write(noted, log_id.encode() + b"\\n")
"""
STRANGER = """
import os, sys, time, random
path = sys.argv[1]
while True:  # a logger that takes no lock of ours: renames to a name of its own, never overwrites
    time.sleep(random.random() / 50)
    try:
        os.rename(path, path.replace(".jsonl", f"{time.time_ns()}.jsonl"))
    except FileNotFoundError:
        pass
"""
ROTATOR = """
import sys, time, random
from pathlib import Path
from agents_sdk.files.rotate import rotate
while True:
    time.sleep(random.random() / 50)
    rotate(Path(sys.argv[1]), time.time())
"""
KILLS = 40
WRITERS = 3


def start(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code, *arguments])


def test_every_acknowledged_line_survives_the_death_of_its_writer(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "bot.jsonl"
    path.parent.mkdir()
    rotators = [start(ROTATOR, str(path)), start(ROTATOR, str(path))]
    writers: list[tuple[subprocess.Popen[bytes], Path]] = []
    chance = random.Random(20251208)
    started = 0
    try:
        while started < KILLS or writers:
            while len(writers) < WRITERS and started < KILLS:
                noted = tmp_path / f"acknowledged-{started}"
                writer = start(WRITER, str(path), str(noted), str(started), "200000")
                writers.append((writer, noted))
                started += 1
            victim, its_notes = writers.pop(chance.randrange(len(writers)))
            until(lambda its_notes=its_notes: has_begun(its_notes), "a line of the writer")
            time.sleep(chance.random() * 0.12 + 0.03)
            victim.send_signal(signal.SIGKILL)
            victim.wait()
    finally:
        for process in [*rotators, *(writer for writer, _ in writers)]:
            process.kill()
            process.wait()
    check(tmp_path, path.parent)


def has_begun(noted: Path) -> bool:
    return noted.exists() and noted.stat().st_size > 0


def check(tmp_path: Path, folder: Path) -> None:
    acknowledged = [
        log_id
        for noted in tmp_path.glob("acknowledged-*")
        for log_id in noted.read_text().split("\n")[:-1]
    ]
    found: list[str] = []
    torn = 0
    for file in folder.iterdir():
        for line in file.read_bytes().splitlines():
            try:
                found.append(str(decode_line(line).entry["log_id"]))
            except LineError:
                torn += 1
    assert len(acknowledged) > 100
    assert set(acknowledged) <= set(found)
    assert len(found) == len(set(found))
    assert torn <= KILLS


def test_a_stranger_who_renames_without_our_lock_costs_no_line(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "bot.jsonl"
    path.parent.mkdir()
    stranger = start(STRANGER, str(path))
    noted = [tmp_path / f"acknowledged-{number}" for number in range(2)]
    writers = [start(WRITER, str(path), str(file), file.name, "0") for file in noted]
    try:
        until(lambda: all(map(is_long, noted)), "enough lines")
    finally:
        for process in [*writers, stranger]:
            process.kill()
            process.wait()
    check(tmp_path, path.parent)


def is_long(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 20_000
