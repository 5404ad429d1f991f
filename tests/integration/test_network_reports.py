"""Entries that arrive as events: acknowledged only when they are in the file of their agent."""

import json
import math
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from llmlogs.conf import LogSettings
from llmlogs.ingest import reader
from llmlogs.network import receiver
from llmlogs.network.receiver import receive
from tests.integration.network_server import NetworkServer

ENTRY = {
    "log_id": "id-1",
    "agent_id": "bot",
    "timestamp": 1_700_000_000.25,
    "model_name": "gpt-4o",
    "provider": "openai",
    "messages": [{"role": "user", "content": "Grüße"}, {"role": "assistant", "content": None}],
    "tools": None,
    "completion": "Hallo",
    "tool_calls": [{"id": "c", "name": "f", "arguments": '{"a": 1}'}],
    "latency_ms": 12,
    "input_tokens": 0,
    "output_tokens": None,
    "total_tokens": 3,
    "error": None,
    "of_tomorrow": {"kept": [1, 2.5, "x"]},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with NetworkServer(tmp_path_factory.mktemp("network") / "workspace") as running:
        yield running


def lines_of(server, agent_id):
    path = server.workspace / "logs" / "llm" / f"{agent_id}.jsonl"
    if not path.exists():
        return []
    data = path.read_bytes()
    assert data.endswith(b"\n")
    return [json.loads(line) for line in data.splitlines()]


def test_a_reported_entry_is_in_the_file_of_the_payloads_agent_as_it_was_sent(server):
    answer = server.report("reporter", {**ENTRY, "agent_id": "somebody else"})
    assert answer == {
        "success": True,
        "message": "LLM log stored successfully",
        "data": {
            "type": "system_response",
            "command": "report_llm_log",
            "log_id": "id-1",
            "agent_id": "reporter",
        },
    }
    assert lines_of(server, "reporter") == [{**ENTRY, "agent_id": "somebody else"}]


def test_the_keys_of_an_entry_keep_their_order(server):
    backwards = dict(reversed(ENTRY.items()))
    assert server.report("order", backwards)["success"]
    assert list(lines_of(server, "order")[0]) == list(backwards)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (None, "The log entry is missing or null; expected a JSON object."),
        ([ENTRY], "The log entry is a JSON array; expected a JSON object."),
        ("text", "The log entry is 'text'; expected a JSON object."),
        ({}, "'log_id' is missing or null; expected a non-empty string."),
        ({**ENTRY, "log_id": ""}, "'log_id' is ''; expected a non-empty string."),
        ({**ENTRY, "log_id": 17}, "'log_id' is a number; expected a non-empty string."),
    ],
)
def test_what_is_no_entry_is_refused_and_leaves_no_trace(server, entry, reason):
    before = server.files()
    answer = server.report("refused", entry)
    assert answer["success"] is False
    assert answer["message"] == answer["error_message"] == reason
    assert server.files() == before


def test_a_batch_is_stored_in_its_order_and_each_entry_gets_its_receipt(server):
    entries = [{**ENTRY, "log_id": f"b-{number}"} for number in range(50)]
    entries[20] = {"log_id": None}
    answer = server.send("system.report_llm_logs", {"agent_id": "batch", "entries": entries})
    assert answer["success"] is False
    assert answer["message"] == "49 of 50 LLM logs stored"
    results = answer["data"]["results"]
    assert results[0] == {"log_id": "b-0", "success": True}
    assert results[20] == {
        "log_id": None,
        "success": False,
        "error": "'log_id' is missing or null; expected a non-empty string.",
    }
    stored = [result["log_id"] for result in results if result["success"]]
    assert [line["log_id"] for line in lines_of(server, "batch")] == stored
    assert len(stored) == 49


def test_a_batch_without_a_list_of_entries_is_refused(server):
    answer = server.send("system.report_llm_logs", {"agent_id": "batch-2", "entries": {}})
    assert answer["success"] is False
    assert answer["message"] == "'entries' is a JSON object; expected an array of log entries."


def test_an_empty_batch_is_stored_without_a_file(server):
    answer = server.send("system.report_llm_logs", {"agent_id": "empty", "entries": []})
    assert (answer["success"], answer["data"]["results"]) == (True, [])
    assert "logs/llm/empty.jsonl" not in server.files()


@pytest.mark.parametrize(
    "agent_id",
    [
        "..%2fescape",
        "../escape",
        "../../escape",
        "/tmp/llm-logs-escape",
        "*",
        "a/b",
        "a\\b",
        "%2e%2e%2f",
        "[x]?",
        "C:\\x",
        "ü" * 200,
        "bot_20251208_120000",
        "CON",
        "~",
        "-rf",
    ],
)
def test_an_id_that_looks_like_a_path_stays_in_the_folder_of_the_logs(server, agent_id):
    before = set(server.files())
    answer = server.report(agent_id, {**ENTRY, "agent_id": agent_id})
    assert answer["success"], answer
    new = set(server.files()) - before
    assert len(new) == 1
    assert new.pop().startswith("logs/llm/")
    assert not (server.workspace.parent / "escape.jsonl").exists()


@pytest.mark.parametrize("agent_id", [".", "..", "a\0b", "a\nb", "x" * 201, "", None, 7, {}])
def test_an_id_that_cannot_be_one_is_answered_4xx_and_reaches_no_file(server, agent_id):
    before = server.files()
    body = {
        "event_name": "system.report_llm_log",
        "source_id": "sender",
        "payload": {"agent_id": agent_id, "log_entry": ENTRY},
    }
    response = server.post("/api/send_event", body)
    assert response.status_code == 400
    assert response.json()["success"] is False
    assert response.json()["error"] != ""
    assert server.files() == before


def test_an_agent_whose_file_name_is_cut_is_named_by_the_line(server):
    agent_id = "long-" + "ä" * 190
    assert server.report(agent_id, {"log_id": "1", "agent_id": "other"})["success"]
    [path] = (server.workspace / "logs" / "llm").glob("long-*~*.jsonl")
    assert json.loads(path.read_bytes())["agent_id"] == agent_id


def test_bot_and_bot_2_have_files_of_their_own(server):
    for agent_id in ("bot", "bot_2", "bot_20251208_120001"):
        assert server.report(agent_id, {"log_id": agent_id, "agent_id": agent_id})["success"]
    assert [line["log_id"] for line in lines_of(server, "bot")] == ["bot"]
    assert [line["log_id"] for line in lines_of(server, "bot_2")] == ["bot_2"]
    assert not (server.workspace / "logs" / "llm" / "bot_20251208_120001.jsonl").exists()


OBSTACLES = {
    "link": lambda path: path.symlink_to(path.with_name("elsewhere")),
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
}


@pytest.mark.parametrize("kind", OBSTACLES)
def test_what_no_repetition_can_store_is_refused_for_good(server, kind):
    agent_id = f"behind-a-{kind}"
    path = server.workspace / "logs" / "llm" / f"{agent_id}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    OBSTACLES[kind](path)
    sentence = (
        f"The log file '{agent_id}.jsonl' is not a regular file; expected one, or none; "
        "nothing was stored. Move it out of the way on the Studio's machine."
    )
    answer = server.report(agent_id, ENTRY)
    assert (answer["success"], answer["message"]) == (False, sentence)
    assert answer["data"]["log_id"] == "id-1"
    batch = server.send(
        "system.report_llm_logs", {"agent_id": agent_id, "entries": [ENTRY, {"log_id": ""}]}
    )
    assert batch["data"]["results"] == [
        {"log_id": "id-1", "success": False, "error": sentence},
        {"log_id": None, "success": False, "error": sentence},
    ]
    assert not path.with_name("elsewhere").exists()


@pytest.mark.parametrize("escape", ["\\ud800", "\\udfffbot", "\\ufffd"])
def test_an_id_of_broken_text_is_answered_4xx_and_reaches_no_file(server, escape):
    before = server.files()
    response = raw(server, '{"log_id":"1"}', "AGENT", escape)
    assert response.status_code == 400
    assert (
        "it must not contain U+FFFD, which is what is left of broken text;"
        in (response.json()["error"])
    )
    assert server.files() == before


def raw(server, entry_json, agent_id, agent_id_escape=None):
    event = {
        "event_name": "system.report_llm_log",
        "source_id": "s",
        "payload": {"agent_id": agent_id, "log_entry": "HERE"},
    }
    body = json.dumps(event).replace('"HERE"', entry_json)
    body = body.replace("AGENT", agent_id_escape) if agent_id_escape else body
    return server.http.post(
        "/api/send_event", content=body.encode(), headers={"Content-Type": "application/json"}
    )


def test_numbers_and_text_survive_as_far_as_json_carries_them(server):
    response = raw(
        server,
        r'{"log_id":"n","big":123456789012345678901234567890,"small":1e-300,"nan":NaN,'
        r'"lone":"\ud800","nul":"a\u0000b","neg":-0.0}',
        "numbers",
    )
    assert response.json()["success"] is True
    [line] = lines_of(server, "numbers")
    assert line["big"] == 123456789012345678901234567890
    assert line["small"] == 1e-300
    assert line["nan"] is None
    assert line["lone"] == "\ufffd"
    assert line["nul"] == "a\0b"
    assert math.copysign(1, line["neg"]) == -1


@pytest.mark.parametrize("depth", [10, 200, 400, 499])
def test_an_entry_nested_deep_is_stored(server, depth):
    nested = '{"log_id":"deep","x":' + "[" * depth + "]" * depth + "}"
    assert raw(server, nested, f"deep-{depth}").json()["success"] is True
    [line] = server.files()[f"logs/llm/deep-{depth}.jsonl"].splitlines()
    assert line.decode() == nested


def test_an_entry_nested_deeper_than_500_levels_is_refused_and_its_neighbours_are_stored(server):
    deep = '{"log_id":"deep","x":' + "[" * 500 + "]" * 500 + "}"
    sentence = (
        "The log entry is nested deeper than 500 levels; expected up to that many; nothing was "
        "stored."
    )
    answer = raw(server, deep, "too-deep").json()
    assert (answer["success"], answer["message"]) == (False, sentence)
    assert "logs/llm/too-deep.jsonl" not in server.files()

    entries = [{"log_id": "a"}, json.loads(deep), {"log_id": "b"}]
    payload = {"agent_id": "mixed-depths", "entries": entries}
    results = server.send("system.report_llm_logs", payload)["data"]["results"]
    assert results == [
        {"log_id": "a", "success": True},
        {"log_id": "deep", "success": False, "error": sentence},
        {"log_id": "b", "success": True},
    ]
    assert [line["log_id"] for line in lines_of(server, "mixed-depths")] == ["a", "b"]


@pytest.mark.parametrize("depth", [2_000, 100_000])
def test_an_entry_nested_without_end_is_answered_4xx(server, depth):
    nested = '{"log_id":"deep","x":' + "[" * depth + "]" * depth + "}"
    response = raw(server, nested, "bottomless")
    assert response.status_code == 400
    assert "nested deeper than" in response.json()["error"]


def test_an_entry_of_twenty_megabytes_is_stored(server):
    entry = {**ENTRY, "messages": [{"role": "user", "content": "x" * 20_000_000}]}
    assert server.report("large", entry)["success"]
    assert lines_of(server, "large") == [entry]


def test_an_entry_whose_line_would_be_passed_over_is_refused(tmp_path):
    """1e15 has 4 characters when it comes and 18 in the file."""
    settings = LogSettings(workspace=tmp_path)
    long = {"log_id": "long", "n": [1e15] * 4_000_000}
    receipts = receive("long", [{"log_id": "a"}, long], settings)
    assert receipts[0].is_stored
    assert receipts[1].error == (
        "The log entry is a line of 76000023 bytes; expected up to 67108864; nothing was stored."
    )
    path = settings.logs_folder / "long.jsonl"
    assert path.read_bytes() == b'{"log_id":"a"}\n'


def test_the_longest_line_that_is_stored_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(receiver, "MAX_LINE_BYTES", 3_000_000)
    monkeypatch.setattr(reader, "MAX_LINE_BYTES", 3_000_000)
    settings = LogSettings(workspace=tmp_path)
    frame = len(b'{"log_id":"0","x":""}')
    entries = [{"log_id": str(size), "x": "x" * (3_000_000 - frame + size)} for size in (0, 1)]
    assert [receipt.is_stored for receipt in receive("bot", entries, settings)] == [True, False]
    path = settings.logs_folder / "bot.jsonl"
    size = path.stat().st_size
    with path.open("rb") as file:
        read = reader.read_lines(
            file.fileno(), 0, size, scanned=0, budget_bytes=1 << 20, is_final=False
        )
    assert [line.is_too_long for line in read.lines] == [False]


def test_many_clients_at_once_lose_and_mix_nothing(server):
    def report(number):
        return server.report(f"crowd-{number % 3}", {**ENTRY, "log_id": f"c-{number}"})["success"]

    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(report, range(240)))
    for crowd in range(3):
        ids = [line["log_id"] for line in lines_of(server, f"crowd-{crowd}")]
        assert sorted(ids) == sorted(f"c-{number}" for number in range(crowd, 240, 3))


def test_the_rotation_limit_of_the_settings_is_honoured(tmp_path):
    with NetworkServer(tmp_path / "workspace", STUDIO_ROTATION_BYTES="2000") as server:
        for number in range(8):
            assert server.report("turner", {**ENTRY, "log_id": f"r-{number}"})["success"]
        files = {name: data for name, data in server.files().items() if "turner" in name}
    assert len(files) > 1
    ids = [json.loads(line)["log_id"] for data in files.values() for line in data.splitlines()]
    assert sorted(ids) == [f"r-{number}" for number in range(8)]


def test_a_body_over_the_limit_is_answered_413(tmp_path):
    with NetworkServer(tmp_path / "workspace", STUDIO_MAX_EVENT_BYTES="5000") as server:
        body = {
            "event_name": "system.report_llm_log",
            "source_id": "s",
            "payload": {"agent_id": "big", "log_entry": {**ENTRY, "completion": "x" * 5000}},
        }
        response = server.post("/api/send_event", body)
        assert response.status_code == 413
        assert response.json()["success"] is False
        assert "larger than 5000 bytes" in response.json()["error"]
        assert not any("big" in name for name in server.files())


def test_a_disk_that_refuses_is_answered_503_and_nothing_is_acknowledged(tmp_path):
    with NetworkServer(tmp_path / "workspace", STUDIO_FSYNC="1") as server:
        logs = server.workspace / "logs"
        logs.mkdir(exist_ok=True)
        (logs / "llm").rmdir() if (logs / "llm").exists() else None
        (logs / "llm").write_bytes(b"a file where a folder should be")
        body = {
            "event_name": "system.report_llm_log",
            "source_id": "s",
            "payload": {"agent_id": "bot", "log_entry": ENTRY},
        }
        response = server.post("/api/send_event", body)
        assert response.status_code == 503
        assert response.json()["success"] is False
        assert response.json()["error"] == (
            "The Studio could not store or read what /api/send_event needs: Not a directory. "
            "Nothing was acknowledged; try again later."
        )
        (logs / "llm").unlink()
        assert server.report("bot", ENTRY)["success"] is True
