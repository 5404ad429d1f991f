"""Recording calls straight into the workspace."""

import asyncio
import json
import logging
import os
import subprocess
import sys
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest

from agents_sdk import InvalidAgentId, LLMCallLogger
from agents_sdk.codec import MAX_LINE_BYTES, decode_line
from agents_sdk.entry import KEYS, OPTIONAL_KEYS
from llmlogs import conf

MESSAGES = [{"role": "user", "content": "What is the weather in Köln?"}]
TOOLS = [{"type": "function", "function": {"name": "weather"}}]
RESPONSE = {
    "content": "",
    "tool_calls": [{"id": "call_1", "name": "weather", "arguments": '{"city": "Köln"}'}],
    "usage": {"prompt_tokens": 12, "completion_tokens": 0, "total_tokens": 12},
}


@pytest.fixture
def logger(tmp_path: Path) -> LLMCallLogger:
    return LLMCallLogger(tmp_path, "bot", clock=lambda: 1765195200.25, new_id=lambda: "id-1")


def entries(logger: LLMCallLogger) -> list[dict[str, Any]]:
    return [decode_line(line).entry for line in logger.path.read_bytes().splitlines()]


async def test_a_call_is_one_line_with_the_keys_of_the_format_in_their_order(
    logger: LLMCallLogger, tmp_path: Path
) -> None:
    log_id = await logger.log_call("gpt-4o", "openai", MESSAGES, TOOLS, RESPONSE, 812)
    assert log_id == "id-1"
    line = (tmp_path / "logs" / "llm" / "bot.jsonl").read_text(encoding="utf-8")
    assert line.endswith("\n")
    assert json.loads(line) == {
        "log_id": "id-1",
        "agent_id": "bot",
        "timestamp": 1765195200.25,
        "model_name": "gpt-4o",
        "provider": "openai",
        "messages": MESSAGES,
        "tools": TOOLS,
        "completion": "",
        "tool_calls": RESPONSE["tool_calls"],
        "latency_ms": 812,
        "input_tokens": 12,
        "output_tokens": 0,
        "total_tokens": 12,
        "error": None,
        "usage": RESPONSE["usage"],
    }
    assert tuple(json.loads(line))[: len(KEYS)] == KEYS


def test_without_an_event_loop_it_is_the_same(logger: LLMCallLogger) -> None:
    logger.log_call_sync("m", "p", MESSAGES, None, {"content": "sync"}, 1)
    asyncio.run(logger.log_call("m", "p", MESSAGES, None, {"content": "async"}, 1))
    first, second = entries(logger)
    assert {**first, "completion": ""} == {**second, "completion": ""}


def test_an_id_is_a_new_uuid_unless_the_caller_has_one(tmp_path: Path) -> None:
    logger = LLMCallLogger(tmp_path, "bot")
    log_id = logger.log_call_sync("m", "p", [], None, None, 1)
    assert uuid.UUID(log_id).version == 4
    assert logger.log_call_sync("m", "p", [], None, None, 1, log_id="mine") == "mine"
    assert logger.log_call_sync("m", "p", [], None, None, 1, log_id=7) not in ("7", "")
    assert len({entry["log_id"] for entry in entries(logger)}) == 3


def test_a_failed_call_has_its_error_and_an_empty_completion(logger: LLMCallLogger) -> None:
    logger.log_call_sync("m", "p", MESSAGES, None, None, 5, error="rate limited")
    logger.log_call_sync("m", "p", MESSAGES, None, None, 5, error=TimeoutError("10 s"))
    logger.log_call_sync("m", "p", MESSAGES, None, None, 5, error="")
    text, exception, none = entries(logger)
    assert (text["error"], text["completion"], text["tool_calls"]) == ("rate limited", "", None)
    assert (exception["error"], exception["error_type"]) == ("TimeoutError: 10 s", "TimeoutError")
    assert none["error"] == ""
    assert text["input_tokens"] is None and "error_type" not in text


def test_extras_are_kept_and_unknown_ones_too_but_none_takes_the_place_of_the_agent(
    logger: LLMCallLogger,
) -> None:
    logger.log_call_sync(
        "m", "p", MESSAGES, None, {"content": "x", "finish_reason": "stop"}, 5,
        session_id="s", request={"temperature": 0}, time_to_first_token_ms=3, reasoning=None,
        input_tokens=4, timestamp=1.5, team="blue", agent_id="other", completion="other",
    )  # fmt: skip
    (entry,) = entries(logger)
    assert entry["session_id"] == "s" and entry["request"] == {"temperature": 0}
    assert (entry["time_to_first_token_ms"], entry["team"]) == (3, "blue")
    assert (entry["input_tokens"], entry["timestamp"]) == (4, 1.5)
    assert (entry["agent_id"], entry["completion"]) == ("bot", "x")
    assert entry["finish_reason"] == "stop"
    assert "reasoning" not in entry
    assert {"session_id", "request", "finish_reason"} < set(OPTIONAL_KEYS)


def test_messages_are_as_they_were_when_the_call_was_logged(logger: LLMCallLogger) -> None:
    messages: list[dict[str, Any]] = [{"role": "user", "content": "before"}]
    logger.log_call_sync("m", "p", messages, None, None, 1)
    messages[0]["content"] = "after"
    assert entries(logger)[0]["messages"][0]["content"] == "before"


def test_what_json_cannot_carry_is_marked_and_the_rest_of_the_call_is_kept(
    logger: LLMCallLogger,
) -> None:
    logger.log_call_sync("m", "p", [{"role": "user", "content": b"\xff"}], None, None, 1)
    (entry,) = entries(logger)
    assert entry["messages"] == [{"role": "user", "content": {"__repr__": r"b'\xff'"}}]


@pytest.mark.parametrize("value", [None, 5, "text", object(), [1], {"content": [{"text": "x"}]}])
def test_no_argument_makes_it_raise(logger: LLMCallLogger, value: Any) -> None:
    logger.log_call_sync(value, value, value, value, value, value, value, anything=value)
    assert entries(logger)[0]["log_id"] == "id-1"


def test_a_disk_that_refuses_is_counted_and_named_once_a_minute(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "logs").write_text("a file where a folder belongs")
    logger = LLMCallLogger(tmp_path, "bot")
    with caplog.at_level(logging.WARNING, "agents_sdk"):
        for _ in range(3):
            assert logger.log_call_sync("m", "p", [], None, None, 1)
    report = logger.delivery_report()
    assert (report.written, report.delivered, report.dropped) == (0, 0, {"Not a directory": 3})
    assert [record.getMessage() for record in caplog.records] == [
        "LLM log entries of agent bot were lost: Not a directory (1 so far)"
    ]


def test_an_agent_no_file_can_be_named_after_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidAgentId, match="it must not be empty"):
        LLMCallLogger(tmp_path, "..")


def test_the_environment_says_where_and_who(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AGENTS_SDK_WORKSPACE", str(tmp_path / "w"))
    monkeypatch.setenv("AGENTS_SDK_AGENT_ID", "worker")
    monkeypatch.setenv("AGENTS_SDK_ROTATION_BYTES", "1000")
    logger = LLMCallLogger()
    for _ in range(10):
        logger.log_call_sync("m", "p", MESSAGES, None, None, 1)
    assert logger.path == tmp_path / "w" / "logs" / "llm" / "worker.jsonl"
    assert len(list(logger.path.parent.iterdir())) > 1
    monkeypatch.setenv("AGENTS_SDK_ROTATION_BYTES", "50 MB")
    LLMCallLogger()
    assert caplog.records[-1].getMessage() == (
        "AGENTS_SDK_ROTATION_BYTES='50 MB' is not a number of bytes; "
        "expected a whole number above 0, using 52428800"
    )


def test_many_threads_log_for_one_agent(tmp_path: Path) -> None:
    loggers = [LLMCallLogger(tmp_path, "bot") for _ in range(3)]

    def log(number: int) -> None:
        for _ in range(50):
            loggers[number % 3].log_call_sync("m", "p", MESSAGES, None, RESPONSE, 1)

    threads = [threading.Thread(target=log, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({entry["log_id"] for entry in entries(loggers[0])}) == 300
    assert sum(logger.delivery_report().written for logger in loggers) == 300


KILLED = """
import os, signal, sys
from agents_sdk import LLMCallLogger
LLMCallLogger(sys.argv[1], "bot").log_call_sync("m", "p", [], None, {"content": "last"}, 1)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_logged_call_survives_the_death_of_its_process(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    line = (tmp_path / "logs" / "llm" / "bot.jsonl").read_bytes()
    assert decode_line(line).entry["completion"] == "last"


FORKED = """
import os, sys
from agents_sdk import LLMCallLogger
logger = LLMCallLogger(sys.argv[1], "bot")
logger.log_call_sync("m", "p", [], None, {"content": "parent"}, 1)
if os.fork() == 0:
    logger.log_call_sync("m", "p", [], None, {"content": "child"}, 1)
    os._exit(0)
os.wait()
"""


def test_parent_and_child_log_after_a_fork(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", FORKED, str(tmp_path)], check=True)
    lines = (tmp_path / "logs" / "llm" / "bot.jsonl").read_bytes().splitlines()
    assert [decode_line(line).entry["completion"] for line in lines] == ["parent", "child"]


IMPORT = """
import sys
before = set(sys.modules)
import agents_sdk
new = {name.split(".")[0] for name in set(sys.modules) - before}
print(sorted(new - set(sys.stdlib_module_names)))
from agents_sdk import *
new = {name.split(".")[0] for name in set(sys.modules) - before}
print(sorted(new - set(sys.stdlib_module_names)))
"""


def test_importing_the_package_loads_nothing_third_party() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    result = subprocess.run(
        [sys.executable, "-S", "-c", IMPORT],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    assert result.stdout == "['agents_sdk']\n['agents_sdk']\n"


def test_every_public_name_is_there_and_an_unknown_one_is_an_attribute_error() -> None:
    import agents_sdk

    assert list(agents_sdk.__all__) == sorted(agents_sdk.__all__)
    for name in agents_sdk.__all__:
        assert getattr(agents_sdk, name).__name__ == name
        assert name in dir(agents_sdk)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        agents_sdk.nonsense  # noqa: B018


def test_an_entry_that_no_reader_would_take_is_refused_and_counted(
    logger: LLMCallLogger, caplog: pytest.LogCaptureFixture
) -> None:
    assert MAX_LINE_BYTES == conf.MAX_LINE_BYTES
    longest = "x" * (MAX_LINE_BYTES - 400)
    with caplog.at_level(logging.WARNING, logger="agents_sdk"):
        logger.log_call_sync("gpt-4o", "openai", longest + "x" * 400, None, RESPONSE, 812)
    reason = "the entry is longer than 64 MiB, which no reader takes; it was not written"
    assert logger.delivery_report().dropped == {reason: 1}
    assert reason in caplog.text
    assert not logger.path.exists()
    logger.log_call_sync("gpt-4o", "openai", longest[: -len(longest) // 2], None, RESPONSE, 812)
    assert len(entries(logger)) == logger.delivery_report().written == 1


def test_a_relative_workspace_stays_where_it_was_when_the_program_changes_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("start", "elsewhere"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "start")
    logger = LLMCallLogger("workspace", "bot")
    monkeypatch.chdir(tmp_path / "elsewhere")
    logger.log_call_sync("m", "p", [], None, None, 1)
    assert logger.path == tmp_path / "start" / "workspace" / "logs" / "llm" / "bot.jsonl"
    assert len(entries(logger)) == 1
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_program_whose_folder_was_deleted_may_log_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    logger = LLMCallLogger("workspace", "bot")
    logger.log_call_sync("m", "p", [], None, None, 1)
    assert sum(logger.delivery_report().dropped.values()) == 1
