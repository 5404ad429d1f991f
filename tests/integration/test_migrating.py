"""Agents written for OpenAgents run with their imports changed and nothing else."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.loopback_model import ANSWER, TOOL_CALL, loopback_model
from tests.integration.network_server import NetworkServer
from tests.integration.openagents_process import (
    ROOT,
    SCRIPTS,
    OpenAgentsProcess,
    interpreter,
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NetworkServer]:
    with NetworkServer(tmp_path / "workspace") as running:
        yield running


@contextmanager
def migrated(
    script: str, server: NetworkServer, agent_id: str, tmp_path: Path
) -> Iterator[OpenAgentsProcess]:
    program = (SCRIPTS / script).read_text(encoding="utf-8")
    program, changes = re.subn(r"from openagents\.[\w.]+ import", "from agents_sdk import", program)
    assert changes
    path = tmp_path / script
    path.write_text(program, encoding="utf-8")
    with (
        loopback_model() as model_url,
        OpenAgentsProcess(
            *(sys.executable, str(path), "127.0.0.1", server.port, agent_id),
            output=tmp_path / "agent.log",
            OPENAI_BASE_URL=model_url,
            OPENAI_API_KEY="sk-loopback",
            PYTHONPATH=str(ROOT),
            AGENTS_SDK_SPOOL_DIR=str(tmp_path / "spool"),
        ) as agent,
    ):
        yield agent


def entries_of(server: NetworkServer, agent_id: str) -> list[dict[str, object]]:
    path = server.workspace / "logs" / "llm" / f"{agent_id}.jsonl"
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_orchestrate_agent(server: NetworkServer, tmp_path: Path) -> None:
    with migrated("orchestrate.py", server, "looper", tmp_path) as agent:
        assert agent.wait_for("CONNECTED") == "True"
        agent.wait_for("DONE")
    asked, answered, failed = entries_of(server, "looper")
    assert asked["tool_calls"] == [{"id": TOOL_CALL["id"], **TOOL_CALL["function"]}]
    assert (asked["completion"], asked["total_tokens"], asked["error"]) == ("", 25, None)
    assert (answered["completion"], answered["tool_calls"]) == (ANSWER, None)
    assert (failed["model_name"], failed["completion"]) == ("gpt-broken", "")
    assert "This model is broken." in str(failed["error"])


def test_an_agent_runner_with_react(server: NetworkServer, tmp_path: Path) -> None:
    with migrated("run_runner.py", server, "runner", tmp_path) as agent:
        agent.wait_for("RUNNING")
        question = {"content": {"text": "How is the weather?"}}
        assert server.send("agent.message", question, target_agent_id="agent:runner")["success"]
        assert agent.wait_for("REACTING") == "TO agent.message"
        agent.wait_for("DONE")
    entries = entries_of(server, "runner")
    assert "Answer the question." in json.dumps(entries[0]["messages"])
    assert "How is the weather?" in json.dumps(entries[0]["messages"])
    assert entries[-1]["completion"] == ANSWER


def test_the_imports_of_the_page_work_before_and_after(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "migrating.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    python = interpreter("OPENAGENTS_PYTHON", ".venv-openagents/bin/python", "openagents==0.8.0")
    done = subprocess.run(
        [python, "-c", example], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
