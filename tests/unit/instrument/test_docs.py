"""The page about instrumentation says what is so."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agents_sdk import uninstrument
from agents_sdk.instrumentation.openai import COMPATIBLE
from agents_sdk.normalise import failures, providers

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "instrument.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_runs(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "example"}
    try:
        exec(compile(EXAMPLES[number], f"docs/instrument.md, example {number + 1}", "exec"), names)
    finally:
        uninstrument()


def test_the_command_runs(tmp_path: Path) -> None:
    (command,) = re.findall(r"^    (\w+=.* agents_sdk run .*)$", PAGE, re.MULTILINE)
    (tmp_path / "agent.py").write_text("import os; print(os.environ['AGENTS_SDK_AGENT_ID'])")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": path}
    done = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "researcher\n", "")


def test_the_handlers_for_frameworks_are_where_the_page_imports_them_from() -> None:
    """Their frameworks may be absent here; test_instrument_frameworks.py uses them."""
    found = re.findall(r"^    from ([\w.]+) import (\w+)", PAGE, re.MULTILINE)
    assert len(found) == 2
    for module, name in found:
        source = (ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
        assert re.search(rf"\b{name}\b", source)


def test_every_provider_and_class_of_error_is_named() -> None:
    words = {*providers._HOSTS.values(), *failures._BY_WORD, COMPATIBLE, "cancelled", "unknown"}
    assert [word for word in sorted(words) if f"`{word}`" not in PAGE] == []
