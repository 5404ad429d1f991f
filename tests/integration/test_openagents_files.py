"""Files that the file-based logger of openagents 0.9.3 writes are such as the Studio reads."""

import json

import pytest

from agents_sdk.codec import decode_line
from agents_sdk.files.names import agent_of, owner
from tests.integration.openagents_process import OpenAgentsProcess, interpreter
from tests.integration.running_studio import RunningStudio, until
from tests.integration.studio_with_entries import wait_for_index

AGENTS = ("bot", "bot_2")
CALLS = 6


@pytest.fixture(scope="module")
def python():
    return interpreter(
        "OPENAGENTS_093_PYTHON", ".venv-openagents-0.9.3/bin/python", "openagents==0.9.3"
    )


def test_its_files_have_the_names_and_lines_that_are_picked_up(python, tmp_path):
    workspace = tmp_path / "workspace"
    with OpenAgentsProcess(
        *(python, "write_file_log.py", workspace, CALLS, *AGENTS), output=tmp_path / "writer.log"
    ) as writer:
        for agent_id in AGENTS:
            ids = writer.wait_for(agent_id)
            path = workspace / "logs" / "llm" / f"{agent_id}.jsonl"
            decoded = [decode_line(line) for line in path.read_bytes().splitlines()]
            assert [line.entry["log_id"] for line in decoded] == ids
            assert not any(line.is_repaired for line in decoded)
            assert {owner(path.name, line.entry["agent_id"]) for line in decoded} == {agent_id}
            assert agent_of(path.name) == agent_id
            assert decoded[0].entry["messages"][0]["content"] == "Grüße aus Köln"
            assert [line.entry["error"] for line in decoded] == [None] * 4 + ["boom", None]
    assert sorted(path.name for path in (workspace / "logs" / "llm").iterdir()) == [
        *("bot.jsonl", "bot_2.jsonl")
    ]


def test_a_file_that_reached_its_limit_is_set_aside_under_a_name_of_the_same_agent(
    python, tmp_path
):
    workspace = tmp_path / "workspace"
    logs = workspace / "logs" / "llm"
    logs.mkdir(parents=True)
    full = json.dumps({"log_id": "old", "agent_id": "bot_2", "x": "x" * 52_428_800}) + "\n"
    (logs / "bot_2.jsonl").write_text(full)
    with OpenAgentsProcess(
        *(python, "write_file_log.py", workspace, 1, "bot_2"), output=tmp_path / "writer.log"
    ) as writer:
        writer.wait_for("bot_2")
    names = sorted(path.name for path in logs.iterdir())
    assert len(names) == 2
    assert {agent_of(name) for name in names} == {"bot_2"}


def test_they_are_picked_up_while_they_grow(python, tmp_path):
    """A workspace of 0.9.3 agents, none of our code in their process, shown by a running Studio."""
    workspace = tmp_path / "workspace"
    with (
        RunningStudio(workspace, worker=None) as studio,
        OpenAgentsProcess(
            *(python, "write_file_log.py", workspace, CALLS, *AGENTS),
            output=tmp_path / "writer.log",
        ) as writer,
    ):
        wait_for_index(studio)
        for agent_id in AGENTS:
            ids = writer.wait_for(agent_id)
            path = f"/api/agents/service/{agent_id}/llm-logs?limit=500"
            until(
                lambda path=path: studio.request("GET", path).json["total_count"] == CALLS,
                f"the calls of '{agent_id}'",
            )
            logs = studio.request("GET", path).json["logs"]
            assert {log["log_id"] for log in logs} == set(ids)
            assert {log["agent_id"] for log in logs} == {agent_id}
            failed = studio.request("GET", f"{path}&has_error=true").json
            assert [log["error"] for log in failed["logs"]] == ["boom"]
            found = studio.request("GET", f"{path}&search=K%C3%96LN").json
            assert found["total_count"] > 0
