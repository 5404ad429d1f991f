"""The pages about the SDK say what is so: every example runs, every key and setting is there."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

import agents_sdk
import agents_sdk.testing
from agents_sdk import codec
from agents_sdk.config import from_environment
from agents_sdk.entry import KEYS, OPTIONAL_KEYS
from tests.unit.sdk.protocol_server import ProtocolServer

DOCS = Path(__file__).parents[3] / "docs"
SDK = (DOCS / "sdk.md").read_text(encoding="utf-8")
FORMAT = (DOCS / "entry-format.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", SDK, re.DOTALL)


def table_after(page: str, heading: str) -> list[str]:
    section = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_runs(
    number: int, server: ProtocolServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AGENTS_SDK_URL", server.url)
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(EXAMPLES[number], f"docs/sdk.md, example {number + 1}", "exec"), names)
    logger = names.get("logger")
    if isinstance(logger, agents_sdk.EventBasedLLMLogger):
        assert len(server.entries) == 1
        logger.close(0)
    if isinstance(logger, agents_sdk.LLMCallLogger):
        assert (tmp_path / "workspace" / "logs" / "llm" / "researcher.jsonl").exists()


def test_every_public_name_is_described_and_nothing_else() -> None:
    exported = [*agents_sdk.__all__, *agents_sdk.testing.__all__]
    assert table_after(SDK, "All names") == exported


def test_every_key_of_an_entry_is_described_in_its_order() -> None:
    assert table_after(FORMAT, "Always there") == list(KEYS)
    assert table_after(FORMAT, "Where they are known") == list(OPTIONAL_KEYS)


def test_the_example_of_an_entry_has_the_keys_in_their_order() -> None:
    entry = json.loads(FORMAT.split("```json\n")[1].split("```")[0])
    assert tuple(entry)[: len(KEYS)] == KEYS
    assert set(entry) - set(KEYS) < set(OPTIONAL_KEYS)


def test_every_reason_of_an_unreadable_line_is_described() -> None:
    reasons = [
        codec.NOT_UTF8,
        codec.NOT_JSON,
        codec.NOT_AN_OBJECT,
        codec.TOO_DEEP.format(codec.MAX_DEPTH),
    ]
    assert table_after(FORMAT, "What a reader does with odd lines") == reasons


def test_every_setting_is_described_with_its_default() -> None:
    section = SDK.split("## Settings\n")[1].split("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| `?([^`|]+?)`? \|", section, re.MULTILINE))
    config = from_environment({})
    expanded = {name: Path(value).expanduser() for name, value in rows.items()}
    defaults = {
        "AGENTS_SDK_URL": config.url,
        "AGENTS_SDK_API_TOKEN": config.api_token or "–",
        "AGENTS_SDK_AGENT_ID": config.agent_id,
        "AGENTS_SDK_SPOOL_BYTES": str(config.spool_bytes),
        "AGENTS_SDK_ROTATION_BYTES": str(config.rotation_bytes),
        "AGENTS_SDK_RETENTION_DAYS": str(config.retention_days),
        "STUDIO_FSYNC": "0",
    }
    assert expanded.pop("AGENTS_SDK_WORKSPACE") == config.workspace
    assert expanded.pop("AGENTS_SDK_SPOOL_DIR") == config.spool_dir
    assert {name: rows[name] for name in expanded} == defaults
    assert len(rows) == len(dataclasses.fields(config))
