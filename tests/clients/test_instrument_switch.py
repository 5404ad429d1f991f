"""Turning the recording on and off, and what it leaves alone."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agents_sdk import LLMCallLogger, instrument, uninstrument
from agents_sdk.codec import decode_line
from agents_sdk.context import suppressed
from agents_sdk.instrumentation.switch import instrumentation_problems
from agents_sdk.testing import CapturingLogger, ModelServer

openai = pytest.importorskip("openai", reason="openai is not installed")
from openai._base_client import AsyncAPIClient, SyncAPIClient  # noqa: E402

QUESTION: list[Any] = [{"role": "user", "content": "How is the weather in Köln?"}]


@pytest.fixture
def client(model_server: ModelServer) -> Any:
    with openai.OpenAI(base_url=model_server.openai_url, api_key="key", max_retries=0) as made:
        yield made


def ask(client: Any) -> str:
    answer = client.chat.completions.create(model="gpt-5", messages=QUESTION)
    return str(answer.choices[0].message.content)


def test_turning_it_on_twice_records_once_and_with_the_last_logger(client: Any) -> None:
    first, second = CapturingLogger(), CapturingLogger()
    instrument(logger=first)
    instrument(logger=second)
    ask(client)
    assert (len(first.entries), len(second.entries)) == (0, 1)
    uninstrument()


def test_turning_it_off_puts_everything_back() -> None:
    before = SyncAPIClient.request, AsyncAPIClient.request, list(sys.meta_path)
    instrument(logger=CapturingLogger())
    assert SyncAPIClient.request is not before[0]
    uninstrument()
    assert (SyncAPIClient.request, AsyncAPIClient.request, list(sys.meta_path)) == before
    uninstrument()


def test_a_wrapper_that_others_put_around_it_keeps_working(client: Any) -> None:
    original = SyncAPIClient.request
    logger = CapturingLogger()
    instrument(logger=logger)
    ours = SyncAPIClient.request

    def theirs(self: Any, *args: Any, **kwargs: Any) -> Any:
        return ours(self, *args, **kwargs)

    theirs.__wrapped__ = ours  # type: ignore[attr-defined]
    SyncAPIClient.request = theirs
    try:
        uninstrument()
        ask(client)
        assert logger.entries == []
        instrument(logger=logger)
        ask(client)
        assert len(logger.entries) == 1
    finally:
        uninstrument()
        SyncAPIClient.request = original


def test_a_block_can_keep_its_calls_to_itself(client: Any, recorded: CapturingLogger) -> None:
    with suppressed():
        ask(client)
    assert recorded.entries == []


def test_only_the_chosen_providers_are_recorded(client: Any) -> None:
    logger = CapturingLogger()
    original = SyncAPIClient.request
    instrument(logger=logger)
    instrument(logger=logger, providers=["anthropic"])
    assert SyncAPIClient.request is original
    ask(client)
    assert logger.entries == []
    uninstrument()


def test_an_unknown_provider_is_named() -> None:
    with pytest.raises(ValueError, match=r"\['opneai'\].*openai, anthropic, bedrock, gemini"):
        instrument(logger=CapturingLogger(), providers=["opneai"])


class Hostile(CapturingLogger):
    def log_call_sync(self, *args: Any, **kwargs: Any) -> str:
        raise RuntimeError("the logger is broken")


def test_a_broken_logger_is_counted_and_the_caller_gets_its_answer(
    client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    instrument(logger=Hostile())
    try:
        assert ask(client) == "It rains in Köln today."
        chunks = client.chat.completions.create(model="gpt-5", messages=QUESTION, stream=True)
        assert len(list(chunks)) == 5
    finally:
        uninstrument()
    reason = "instrumentation: RuntimeError: the logger is broken"
    assert instrumentation_problems().pop(reason) >= 2


def test_the_workspace_of_the_environment_is_written(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTS_SDK_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("AGENTS_SDK_AGENT_ID", "from-environment")
    logger = instrument()
    ask(client)
    uninstrument()
    assert isinstance(logger, LLMCallLogger)
    (line,) = (tmp_path / "logs" / "llm" / "from-environment.jsonl").read_bytes().splitlines()
    assert decode_line(line).entry["completion"] == "It rains in Köln today."


LATE_IMPORT = """
import sys
import agents_sdk
from agents_sdk.testing import CapturingLogger

logger = CapturingLogger()
agents_sdk.instrument(logger=logger)
libraries = ("openai", "anthropic", "botocore", "google.genai")
loaded = [name for name in libraries if name in sys.modules]
assert loaded == [], loaded

import inspect
import openai
import openai._base_client as module

assert type(module.__loader__).__name__ == "SourceFileLoader", module.__loader__
assert module.__spec__.loader is module.__loader__
assert "class SyncAPIClient" in inspect.getsource(module)
client = openai.OpenAI(base_url=sys.argv[1], api_key="key", max_retries=0)
client.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": "Hello"}])
print(len(logger.entries))
"""


def test_nothing_is_imported_and_what_is_imported_later_is_recorded(
    model_server: ModelServer,
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", LATE_IMPORT, model_server.openai_url],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (run.stdout, run.stderr) == ("1\n", "")


LEFT_AT_EXIT = """
import sys
import agents_sdk
import openai

agents_sdk.instrument("leaver", workspace=sys.argv[2])
client = openai.OpenAI(base_url=sys.argv[1], api_key="key", max_retries=0)
stream = client.chat.completions.create(
    model="gpt-5", messages=[{"role": "user", "content": "Hello"}], stream=True
)
next(stream)
next(stream)
"""


def test_a_stream_left_at_the_end_of_the_program_has_its_entry(
    model_server: ModelServer,
    tmp_path: Path,
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", LEFT_AT_EXIT, model_server.openai_url, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    (line,) = (tmp_path / "logs" / "llm" / "leaver.jsonl").read_bytes().splitlines()
    entry = decode_line(line).entry
    assert (entry["completion"], entry["stream_end"]) == ("It rains", "abandoned")


FORKED_AMID = """
import os, sys
import agents_sdk
import openai

agents_sdk.instrument("forker", workspace=sys.argv[2])
client = openai.OpenAI(base_url=sys.argv[1], api_key="key", max_retries=0)
stream = client.chat.completions.create(
    model="gpt-5", messages=[{"role": "user", "content": "Hello"}], stream=True
)
next(stream)
child = os.fork()
if child == 0:
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
list(stream)
"""


def test_a_stream_that_is_open_at_a_fork_belongs_to_the_parent(
    model_server: ModelServer, tmp_path: Path
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FORKED_AMID, model_server.openai_url, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    (line,) = (tmp_path / "logs" / "llm" / "forker.jsonl").read_bytes().splitlines()
    entry = decode_line(line).entry
    assert (entry["completion"], entry["stream_end"]) == ("It rains in Köln today.", "complete")
