"""Errors that are no text count as errors wherever errors are counted, listed or shown."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import entry, studio_with

ERRORS: dict[str, Any] = {
    "object": {"code": 429},
    "list": ["x"],
    "true": True,
    "number": 503,
    "text": "Overloaded",
}
FINE: dict[str, Any] = {"null": None, "empty": "", "none": [], "nothing": {}, "false": False}
ENTRIES = [
    entry(number, log_id=name, error=error)
    for number, (name, error) in enumerate({**ERRORS, **FINE}.items(), 1)
]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    workspace = tmp_path_factory.mktemp("odd-errors") / "workspace"
    with studio_with(workspace, *ENTRIES) as running:
        yield running


def html(studio: RunningStudio, path: str) -> str:
    return studio.request("GET", f"/studio/llm-logs{path}").body.decode()


@pytest.mark.parametrize(("asked", "names"), [("true", ERRORS), ("false", FINE)])
def test_the_filter_selects_them(studio: RunningStudio, asked: str, names: dict[str, Any]) -> None:
    answer = studio.request("GET", f"/api/llm-logs?has_error={asked}").json
    assert {one["log_id"] for one in answer["logs"]} == set(names)
    assert {one["log_id"]: one["error"] for one in answer["logs"]} == names, "served as stored"


def test_numbers_and_histogram_count_them(studio: RunningStudio) -> None:
    totals = studio.request("GET", "/api/llm-logs/stats").json
    assert totals["errors"] == len(ERRORS)
    counted = re.findall(r'data-errors="(\d+)"', html(studio, "/overview"))
    assert sum(map(int, counted)) == len(ERRORS)


def test_the_list_shows_them_as_failed(studio: RunningStudio) -> None:
    rows = re.findall(r'<li class="call [^"]*is-failed".*?</li>', html(studio, ""), re.DOTALL)
    shown = {re.sub(r"<[^>]+>", "", row) for row in rows}
    assert len(shown) == len(ERRORS)
    for words in ("429", "[&#34;x&#34;]", "true", "503", "Overloaded"):
        assert any(words in row for row in shown), words


@pytest.mark.parametrize("log_id", [*ERRORS, *FINE])
def test_the_page_of_a_call_says_the_same(studio: RunningStudio, log_id: str) -> None:
    assert ('class="call-error"' in html(studio, f"/bot/{log_id}")) == (log_id in ERRORS)


@pytest.mark.parametrize(("search", "log_id"), [("429", "object"), ("503", "number")])
def test_a_code_can_be_searched(studio: RunningStudio, search: str, log_id: str) -> None:
    answer = studio.request("GET", f"/api/llm-logs?search={search}").json
    assert [one["log_id"] for one in answer["logs"]] == [log_id]
