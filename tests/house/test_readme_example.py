"""The README's examples, run as they stand."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.house.checkout import ROOT

A_CALL = """
import openai
from agents_sdk.testing import OpenAIServer, Reply

with OpenAIServer(Reply("Rain.")) as server:
    client = openai.OpenAI(base_url=server.base_url, api_key="test")
    question = [{"role": "user", "content": "Weather in Cologne?"}]
    client.chat.completions.create(model="gpt-4o", messages=question)
    client.close()
"""


def example(number: int) -> str:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    every, by_hand = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    return (every, by_hand)[number]


def entry_of(program: str, folder: Path) -> Any:
    """Run a program there; the one entry it logged."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    log = folder / "workspace" / "logs" / "llm" / "my-agent.jsonl"
    return json.loads(log.read_text(encoding="utf-8"))


def test_a_call_of_a_program_with_the_one_line_is_logged(tmp_path: Path) -> None:
    entry = entry_of(example(0) + A_CALL, tmp_path)
    assert (entry["model_name"], entry["completion"]) == ("gpt-4o", "Rain.")
    assert entry["messages"] == [{"role": "user", "content": "Weather in Cologne?"}]


def test_the_example_by_hand_logs_a_call(tmp_path: Path) -> None:
    entry = entry_of(example(1), tmp_path)
    assert (entry["model_name"], entry["completion"]) == ("gpt-4o", "Rain.")
    assert (entry["input_tokens"], entry["output_tokens"]) == (12, 2)
