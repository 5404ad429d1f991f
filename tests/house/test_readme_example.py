"""The README's example, run as it stands."""

import json
import os
import re
import subprocess
import sys

from tests.house.checkout import ROOT


def test_the_example_of_the_readme_logs_a_call(tmp_path):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", example],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    log = tmp_path / "workspace" / "logs" / "llm" / "my-agent.jsonl"
    entry = json.loads(log.read_text(encoding="utf-8"))
    assert (entry["model_name"], entry["completion"]) == ("gpt-4o", "Rain.")
    assert (entry["input_tokens"], entry["output_tokens"]) == (12, 2)
