"""Worker, web server and agents are killed at random moments, and nothing acknowledged is lost."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

from tests.integration.running_studio import CHECKOUT, RunningStudio, until

KILLS = 200
MAX_PAUSE_SECONDS = 0.5
SCRIPT = CHECKOUT / "tests" / "integration" / "agent_scripts" / "busy_agent.py"
AGENTS = (("file", "writer"), ("file", "writer_2"), ("event", "remote"), ("event", "remote/2"))

IMPATIENT = (
    "import sys; from studio import service, supervisor; "
    "service.LONGEST_DELAY_SECONDS = 0.1; sys.exit(supervisor.main())"
)
"""A supervisor that does not wait longer for a process that is killed again and again."""


class Agent:
    """A busy agent that is started again whenever it was killed."""

    def __init__(self, how: str, agent_id: str, studio: RunningStudio, record: Path) -> None:
        target = str(studio.workspace) if how == "file" else studio.url
        self.command = [sys.executable, str(SCRIPT), how, target, agent_id, str(record)]
        self.start()

    def start(self) -> None:
        environ = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
        self.process = subprocess.Popen(self.command, env=environ)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def busy_agents(studio: RunningStudio, record: Path) -> Iterator[list[Agent]]:
    agents = [Agent(how, agent_id, studio, record) for how, agent_id in AGENTS]
    try:
        yield agents
    finally:
        for agent in agents:
            agent.kill()


def kill_one(studio: RunningStudio, agents: list[Agent], rng: random.Random) -> str:
    victim = rng.choice(["logworker", "studioweb", "agent"])
    if victim == "agent":
        agent = rng.choice(agents)
        agent.kill()
        agent.start()
        return victim
    pid = until(lambda: studio.pid_of(victim), f"the process '{victim}'")
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return victim


def entries_of_api(studio: RunningStudio) -> list[tuple[str, str]]:
    """Agent and log id of every entry, by walking all pages; none if an entry came meanwhile."""
    found: list[tuple[str, str]] = []
    cursor: dict[str, str] = {}
    while True:
        query = urlencode({"limit": "500", **cursor})
        answer = studio.request("GET", f"/api/llm-logs?{query}").json
        found += [(entry["agent_id"], entry["log_id"]) for entry in answer["logs"]]
        if not answer["has_more"]:
            return found if answer["total_count"] == len(found) else []
        cursor = {"cursor": answer["next_cursor"]}


def acknowledged(record: Path) -> set[tuple[str, str]]:
    """Agent and log id of every entry that was acknowledged to its agent."""
    lines = record.read_text().splitlines() if record.exists() else []
    parts = (line.rpartition(" ") for line in lines)
    return {(agent_id, log_id) for agent_id, _, log_id in parts}


def is_caught_up(studio: RunningStudio, expected: set[tuple[str, str]]) -> bool:
    answer = studio.request("GET", "/api/llm-logs?limit=1")
    return answer.status == 200 and answer.json["total_count"] >= len(expected)


def test_two_hundred_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    rng = random.Random(20251208)
    record = tmp_path / "acknowledged"
    victims: Counter[str] = Counter()
    studio = RunningStudio(tmp_path / "workspace", worker=None)
    studio.command = [sys.executable, "-c", IMPATIENT]
    with studio:
        with busy_agents(studio, record) as agents:
            for _ in range(KILLS):
                time.sleep(rng.uniform(0, MAX_PAUSE_SECONDS))
                victims[kill_one(studio, agents, rng)] += 1
            until(lambda: len(acknowledged(record)) > KILLS, "agents that were busy")
        expected = acknowledged(record)
        until(lambda: is_caught_up(studio, expected), "every acknowledged entry in the index")
        until(lambda: expected <= set(entries_of_api(studio)), "every acknowledged entry served")
        served = until(lambda: entries_of_api(studio), "a list at rest")
    assert expected <= set(served)
    assert len(served) == len(set(served)), "an entry is served twice"
    assert min(victims.values()) > KILLS / 6
