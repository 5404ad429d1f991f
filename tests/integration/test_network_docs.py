"""Every example of docs/network.md is run, in order, and answered as the page says."""

import json
import re
import subprocess
from typing import Any

import pytest

from llmlogs.network.dispatch import SYSTEM_EVENTS
from llmlogs.network.urls import urlpatterns
from tests.integration.network_server import ROOT, NetworkServer

PAGE = (ROOT / "docs" / "network.md").read_text(encoding="utf-8")
ANY = "…"


def examples() -> list[tuple[str, str]]:
    """Commands with what the page shows as their output."""
    blocks = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    steps = [step for block in blocks for step in re.split(r"^\$ ", block, flags=re.M) if step]
    return [tuple(step.split("\n", 1)) for step in steps]  # type: ignore[misc]


def agrees(shown: Any, actual: Any) -> bool:
    if shown == ANY:
        return actual is not None
    if isinstance(shown, dict) and isinstance(actual, dict):
        return shown.keys() == actual.keys() and all(agrees(shown[k], actual[k]) for k in shown)
    if isinstance(shown, list) and isinstance(actual, list):
        return len(shown) == len(actual) and all(map(agrees, shown, actual))
    return bool(shown == actual)


def test_the_examples_are_answered_as_the_page_shows(tmp_path):
    steps = examples()
    assert len(steps) > 10
    with NetworkServer(tmp_path / "workspace") as server:
        script = "\n".join(f"{command}\nprintf '\\0'" for command, _ in steps)
        script = script.replace("http://localhost:8700", server.url)
        run = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=60
        )
    assert run.returncode == 0, run.stderr
    outputs = run.stdout.split("\0")[:-1]
    for (command, shown), output in zip(steps, outputs, strict=True):
        if not shown.strip():
            assert output == ""
            continue
        assert agrees(json.loads(shown), json.loads(output)), f"{command}\n{output}"


@pytest.mark.parametrize("name", [f"/{route.pattern}" for route in urlpatterns])
def test_every_route_is_described(name):
    assert re.search(rf"^## (GET|POST) {re.escape(name)}$", PAGE, re.M)


@pytest.mark.parametrize("name", SYSTEM_EVENTS)
def test_every_system_event_is_described(name):
    assert re.search(rf"^###.*{re.escape(name)}", PAGE, re.M)
