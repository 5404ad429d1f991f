"""Unmodified clients of openagents 0.8.0 report to the Studio without a change on their side."""

import hashlib
import json
import time

import pytest

from tests.integration.loopback_model import ANSWER, TOOL_CALL, loopback_model
from tests.integration.network_server import NetworkServer
from tests.integration.openagents_process import OpenAgentsProcess, interpreter
from tests.integration.openagents_scripts.shapes import MESSAGES, TOOL_CALL_ENTRY, TOOLS

KEYS = [
    *("log_id", "agent_id", "timestamp", "model_name", "provider", "messages", "tools"),
    *("completion", "tool_calls", "latency_ms", "input_tokens", "output_tokens"),
    *("total_tokens", "error"),
]


@pytest.fixture(scope="module")
def python():
    return interpreter("OPENAGENTS_PYTHON", ".venv-openagents/bin/python", "openagents==0.8.0")


@pytest.fixture
def server(tmp_path):
    with NetworkServer(tmp_path / "workspace") as running:
        yield running


def entries_of(server, agent_id):
    path = server.workspace / "logs" / "llm" / f"{agent_id}.jsonl"
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def without_identity(entry):
    return {key: entry[key] for key in KEYS if key not in ("log_id", "timestamp", "agent_id")}


def test_the_event_logger_reports_every_field_before_and_after_a_restart(python, server, tmp_path):
    began_at = time.time()
    with OpenAgentsProcess(
        *(python, "report_with_logger.py", "127.0.0.1", server.port, "reporter"),
        output=tmp_path / "client.log",
    ) as client:
        assert client.wait_for("CONNECTED") == "True"
        ids = client.wait_for("REPORTED")
        entries = entries_of(server, "reporter")
        assert [entry["log_id"] for entry in entries] == ids
        server.kill()
        server.start()
        client.go_on()
        ids = client.wait_for("REPORTED-AGAIN")
        client.wait_for("LEFT")

    entries = entries_of(server, "reporter")
    assert [entry["log_id"] for entry in entries] == ids
    assert all(list(entry) == KEYS for entry in entries)
    assert all(entry["agent_id"] == "reporter" for entry in entries)
    assert all(began_at <= entry["timestamp"] <= time.time() for entry in entries)
    answered = {
        "model_name": "gpt-4o",
        "provider": "openai",
        "messages": MESSAGES,
        "tools": None,
        "completion": "Sunny.",
        "tool_calls": None,
        "latency_ms": 120,
        "input_tokens": 11,
        "output_tokens": 3,
        "total_tokens": None,
        "error": None,
    }
    called = {
        **answered,
        "tools": TOOLS,
        "completion": "",
        "tool_calls": [TOOL_CALL_ENTRY],
        "latency_ms": 0,
        "input_tokens": None,
        "output_tokens": None,
        "total_tokens": 2**53 + 1,
    }
    failed = {
        **dict.fromkeys(answered),
        "model_name": "claude-x",
        "provider": "claude",
        "messages": [],
        "completion": "",
        "latency_ms": 7,
        "error": "boom",
    }
    assert [without_identity(entry) for entry in entries] == [
        answered,
        called,
        failed,
        {**answered, "latency_ms": 121},
    ]


def test_a_client_with_the_network_password_reports_beyond_loopback(python, tmp_path):
    settings = {
        "STUDIO_HOST": "0.0.0.0",
        "STUDIO_PASSWORD": "for readers",
        "STUDIO_NETWORK_PASSWORD": "for agents",
    }
    password_hash = hashlib.sha256(b"for agents").hexdigest()
    with NetworkServer(tmp_path / "workspace", **settings) as server:
        with OpenAgentsProcess(
            *(python, "report_with_logger.py", "127.0.0.1", server.port, "far", password_hash),
            output=tmp_path / "client.log",
        ) as client:
            assert client.wait_for("CONNECTED") == "True"
            client.wait_for("REPORTED")
            server.kill()
            server.start()
            client.go_on()
            client.wait_for("LEFT")
        assert len(entries_of(server, "far")) == 4

        with OpenAgentsProcess(
            *(python, "report_with_logger.py", "127.0.0.1", server.port, "stranger"),
            output=tmp_path / "stranger.log",
        ) as client:
            assert client.wait_for("CONNECTED") == "False"
            client.wait_for("REPORTED")
        assert "logs/llm/stranger.jsonl" not in server.files()


def test_orchestrate_agent_reports_each_call_of_its_loop(python, server, tmp_path):
    with (
        loopback_model() as model_url,
        OpenAgentsProcess(
            *(python, "orchestrate.py", "127.0.0.1", server.port, "looper"),
            output=tmp_path / "client.log",
            OPENAI_BASE_URL=model_url,
            OPENAI_API_KEY="sk-loopback",
        ) as client,
    ):
        client.wait_for("DONE")
    asked, answered, failed = entries_of(server, "looper")
    assert all(list(entry) == KEYS for entry in (asked, answered, failed))
    function = TOOL_CALL["function"]
    assert asked["tool_calls"] == [{"id": TOOL_CALL["id"], **function}]
    assert [tool["name"] for tool in asked["tools"]] == ["weather", "finish"]
    assert (asked["completion"], asked["total_tokens"], asked["error"]) == ("", 25, None)
    assert (answered["completion"], answered["tool_calls"]) == (ANSWER, None)
    assert answered["messages"][: len(asked["messages"])] == asked["messages"]
    assert [message["role"] for message in answered["messages"]] == [
        *("system", "user", "assistant", "tool")
    ]
    assert answered["messages"][-1]["content"] == "It rains in Köln."
    assert (failed["model_name"], failed["completion"]) == ("gpt-broken", "")
    assert "This model is broken." in failed["error"]


def test_an_agent_runner_gets_its_mail_and_reports_its_calls(python, server, tmp_path):
    with (
        loopback_model() as model_url,
        OpenAgentsProcess(
            *(python, "run_runner.py", "127.0.0.1", server.port, "runner"),
            output=tmp_path / "client.log",
            OPENAI_BASE_URL=model_url,
            OPENAI_API_KEY="sk-loopback",
        ) as client,
    ):
        client.wait_for("RUNNING")
        question = {"content": {"text": "How is the weather?"}}
        assert server.send("agent.message", question, target_agent_id="agent:runner")["success"]
        assert client.wait_for("REACTING") == "TO agent.message"
        client.wait_for("DONE")
    entries = entries_of(server, "runner")
    assert len(entries) >= 1
    assert all(list(entry) == KEYS for entry in entries)
    assert {entry["agent_id"] for entry in entries} == {"runner"}
    assert "Answer the question." in json.dumps(entries[0]["messages"])
    assert entries[-1]["completion"] == ANSWER
