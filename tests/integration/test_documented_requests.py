"""The requests that README and docs/api.md show with curl are answered as they say."""

import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.house.checkout import ROOT
from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import entry, studio_with

PAGES = ("README.md", "docs/api.md")
FOR_EVER = "curl -N "
EXAMPLES = [
    command
    for page in PAGES
    for command in re.findall(r"^curl .*$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    weather: dict[str, Any] = {"messages": [{"role": "user", "content": "Weather in Cologne?"}]}
    entries = [entry(1, agent_id="my-agent", **weather), entry(2, agent_id="my_agent", error="x")]
    with studio_with(tmp_path_factory.mktemp("examples") / "workspace", *entries) as running:
        yield running


def test_there_are_examples() -> None:
    assert len([example for example in EXAMPLES if FOR_EVER in example]) == 1
    assert len(EXAMPLES) > 5


@pytest.mark.parametrize("example", [one for one in EXAMPLES if FOR_EVER not in one])
def test_a_question_is_answered(studio: RunningStudio, example: str) -> None:
    command = example.replace("curl ", "curl -fsS ").replace("http://localhost:8700", studio.url)
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    if "/stats" in example:
        assert answer["calls"] == 2
    else:
        assert len(answer["logs"]) == answer["total_count"] == 1


def test_the_live_feed_opens(studio: RunningStudio) -> None:
    (example,) = [one for one in EXAMPLES if FOR_EVER in one]
    command = example.replace("curl ", "exec curl -fsS ")
    command = command.replace("http://localhost:8700", studio.url)
    with subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE) as curl:
        assert curl.stdout is not None
        assert curl.stdout.readline() == b": ok\n"
        curl.terminate()
