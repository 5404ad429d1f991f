"""Settings that cannot be read: named once, and the agent goes on."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents_sdk import (
    AgentClient,
    EventBasedLLMLogger,
    InvalidUrl,
    LLMCallLogger,
    ServerUnreachable,
    get_llm_logs,
    instrument,
    uninstrument,
)
from agents_sdk import config as settings
from agents_sdk.config import Config, from_environment

DEFAULTS = Config(spool_dir=Path(settings.DEFAULT_SPOOL_DIR).expanduser())


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.WARNING, "agents_sdk"):
        yield caplog


URL_IS_NONE = "is no address of a server; expected one like http://localhost:8700; using that"
BYTES_ARE_NONE = "is not a number of bytes; expected a whole number above 0, using "


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("AGENTS_SDK_URL", "yes please", URL_IS_NONE),
        ("AGENTS_SDK_URL", "ftp://studio", URL_IS_NONE),
        ("AGENTS_SDK_URL", "http://localhost:99999", URL_IS_NONE),
        ("AGENTS_SDK_URL", "http:", URL_IS_NONE),
        ("AGENTS_SDK_AGENT_ID", "..", "is no agent id; expected a name of 1 to 200 characters"),
        ("AGENTS_SDK_AGENT_ID", "a\nb", "is no agent id; expected a name of 1 to 200 characters"),
        ("AGENTS_SDK_SPOOL_BYTES", "-5", f"{BYTES_ARE_NONE}1073741824"),
        ("AGENTS_SDK_SPOOL_BYTES", "9" * 5000, f"{BYTES_ARE_NONE}1073741824"),
        ("AGENTS_SDK_ROTATION_BYTES", "yes please", f"{BYTES_ARE_NONE}52428800"),
        ("AGENTS_SDK_ROTATION_BYTES", "0", f"{BYTES_ARE_NONE}52428800"),
        ("AGENTS_SDK_WORKSPACE", "~nobody-at-all/w", "is no folder: that home is not known"),
        ("STUDIO_FSYNC", "yes please", "is neither on nor off; expected 1 or 0; using 0"),
    ],
)
def test_rubbish_is_named_once_and_the_default_is_used(
    name: str, value: str, sentence: str, said: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        assert from_environment({name: value}) == DEFAULTS
    (message,) = said.messages
    assert message.startswith(f"{name}={value!r:.60} ")
    assert sentence in message


def test_another_value_is_named_again(said: pytest.LogCaptureFixture) -> None:
    for value in ("-1", "-2", "-1"):
        from_environment({"AGENTS_SDK_SPOOL_BYTES": value})
    assert len(said.messages) == 2


@pytest.mark.parametrize("token", ["secret\nsecret", "sécret"])
def test_a_token_that_cannot_be_sent_is_shown_nowhere(
    token: str, said: pytest.LogCaptureFixture
) -> None:
    assert from_environment({"AGENTS_SDK_API_TOKEN": token}).api_token == ""
    with pytest.raises(ServerUnreachable, match="expected printable ASCII") as caught:
        get_llm_logs(api_token=token, base_url="http://127.0.0.1:1")
    assert len(said.messages) == 1
    assert "cret" not in said.text + str(caught.value)


def test_a_user_without_a_home_has_a_spool_where_the_program_is(
    said: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(path: Path) -> Path:
        if path.parts[0] == "~":
            raise RuntimeError("Could not determine home directory.")
        return path

    monkeypatch.setattr(Path, "expanduser", nobody)
    assert from_environment({"AGENTS_SDK_WORKSPACE": "w"}).spool_dir == Path(".studio-llm-logs")
    (message,) = said.messages
    assert "AGENTS_SDK_SPOOL_DIR='~/.local/state/studio-llm-logs' is no folder" in message


def test_an_agent_goes_on_whatever_the_environment_says(
    tmp_path: Path, said: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AGENTS_SDK_SPOOL_DIR", str(tmp_path / "spool"))
    for name in ("URL", "SPOOL_BYTES", "ROTATION_BYTES", "RETENTION_DAYS"):
        monkeypatch.setenv(f"AGENTS_SDK_{name}", "yes please")
    monkeypatch.setenv("AGENTS_SDK_AGENT_ID", "..")
    assert AgentClient("bot").base_url == "http://localhost:8700"
    assert LLMCallLogger().path == tmp_path / "workspace" / "logs" / "llm" / "agent.jsonl"
    for logger in (EventBasedLLMLogger(), instrument()):
        assert logger.agent_id == "agent"
    uninstrument()
    assert len(said.messages) == 5


def test_whoever_reads_is_told_that_the_address_is_none(
    monkeypatch: pytest.MonkeyPatch, said: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AGENTS_SDK_URL", "yes please")
    with pytest.raises(InvalidUrl, match="'yes please' is no address of a server"):
        get_llm_logs()
    assert said.messages == []
