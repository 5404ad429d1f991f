"""Every error under /api has one shape and a sentence that says what to do."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.running_studio import RunningStudio, until
from tests.integration.studio_with_entries import entry, studio_with, total

AGENT = "/api/agents/service/bot/llm-logs"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    workspace = tmp_path_factory.mktemp("studio") / "workspace"
    with studio_with(workspace, *(entry(number) for number in range(1, 4))) as running:
        yield running


@pytest.mark.parametrize("route", [AGENT, "/api/llm-logs"])
@pytest.mark.parametrize(
    ("query", "field", "error"),
    [
        ("limit=-1", "limit", "limit is '-1'; expected a whole number of 0 or more."),
        ("limit=ten", "limit", "limit is 'ten'; expected a whole number of 0 or more."),
        ("since=nan", "since", "since is 'nan'; expected a number of 0 or more."),
        ("min_latency_ms=x", "min_latency_ms", "min_latency_ms is 'x'; expected a number"),
        ("view=half", "view", "view is 'half'; expected full or summary."),
        ("has_error=2", "has_error", "has_error is '2'; expected true or false."),
        ("cursor=abc", "cursor", "cursor is 'abc'; expected the next_cursor of an answer"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_400_with_its_field(
    studio: RunningStudio, route: str, query: str, field: str, error: str
) -> None:
    answer = studio.request("GET", f"{route}?{query}")
    assert answer.status == 400
    assert answer.json["success"] is False
    assert answer.json["error"].startswith(error)
    assert list(answer.json["fields"]) == [field]


@pytest.mark.parametrize("word", ["stats", "agents", "models", "stream"])
def test_the_other_routes_refuse_the_same(studio: RunningStudio, word: str) -> None:
    answer = studio.request("GET", f"/api/llm-logs/{word}?until=-5")
    assert answer.status == 400
    assert answer.json["fields"] == {"until": "until is '-5'; expected a number of 0 or more."}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/api/llm-logs/", 404),
        ("POST", "/api/llm-logs", 405),
        ("DELETE", AGENT + "/log-1", 405),
        ("DELETE", "/api/llm-logs/x", 405),
        ("FOO", "/api/llm-logs", 405),
        ("FOO", "/api/send_event", 405),
        ("POST", "/api/llm-logs/stream", 405),
    ],
)
def test_addresses_and_methods_that_are_not_served_are_json_too(
    studio: RunningStudio, method: str, path: str, status: int
) -> None:
    answer = studio.request(method, path)
    assert answer.status == status
    assert answer.json["success"] is False
    assert answer.json["error"].endswith(".")


def test_a_cursor_of_an_index_that_was_replaced_is_410(tmp_path: Path) -> None:
    entries = [entry(number) for number in range(1, 4)]
    with studio_with(tmp_path / "workspace", *entries) as studio:
        cursor = studio.request("GET", "/api/llm-logs?limit=1").json["next_cursor"]
        shutil.rmtree(studio.workspace / "studio" / "index")

        def expired() -> bool:
            answer = studio.request("GET", f"/api/llm-logs?cursor={cursor}")
            return answer.status == 410

        until(expired, "the cursor expires")
        answer = studio.request("GET", f"/api/llm-logs?cursor={cursor}")
        assert answer.json["success"] is False
        assert "begin again without a cursor" in answer.json["error"]
        until(lambda: total(studio) == 3, "the index is back")


@contextmanager
def studio_with_a_damaged_index(workspace: Path) -> Iterator[RunningStudio]:
    """Without a worker that would mend it."""
    index = workspace / "studio" / "index"
    with RunningStudio(workspace) as studio:
        index.mkdir(parents=True, exist_ok=True)
        (index / "g1.sqlite3").write_bytes(b"rubbish" * 10_000)
        (index / "CURRENT").write_text("g1.sqlite3\n")
        yield studio


def test_while_the_index_is_damaged_the_api_says_503_and_when_to_come_back(tmp_path: Path) -> None:
    with studio_with_a_damaged_index(tmp_path / "workspace") as studio:
        for path in ("/api/llm-logs", "/api/llm-logs/stream", "/studio/llm-logs/feed"):
            answer = studio.request("GET", path)
            assert (answer.status, answer.headers["retry-after"]) == (503, "2")
            assert answer.json["error"] == (
                "The index cannot be read just now: it is being replaced or repaired, and comes "
                "back by itself. Try again in 2 seconds."
            )


def test_while_the_index_is_damaged_every_page_says_so_and_looks_again(tmp_path: Path) -> None:
    with studio_with_a_damaged_index(tmp_path / "workspace") as studio:
        for path in ("", "/breakdown", "/rejected", "/bot/1", "/bot/1/json", "/state"):
            page = studio.request("GET", f"/studio/llm-logs{path}")
            assert page.status == 200, path
            assert b"The index is damaged" in page.body, path
        for path in ("/overview", "/choices?field=model", "/state"):
            asked = {"HX-Request": "true"}
            part = studio.request("GET", f"/studio/llm-logs{path}", headers=asked)
            assert (part.status, part.headers["hx-refresh"], part.body) == (503, "true", b""), path


def test_without_an_index_the_api_says_503_and_when_to_come_back(tmp_path: Path) -> None:
    with RunningStudio(tmp_path / "workspace") as studio:
        for path in ("/api/llm-logs", AGENT, "/api/llm-logs/x", "/api/llm-logs/stream"):
            answer = studio.request("GET", path)
            assert answer.status == 503
            assert answer.headers["retry-after"] == "2"
            assert answer.json["error"].startswith("There is no index")
            assert answer.json["error"].endswith("Try again in 2 seconds.")
        page = studio.request("GET", "/studio/llm-logs")
        assert page.status == 200
        assert b"No index yet" in page.body
        part = studio.request("GET", "/studio/llm-logs/overview", headers={"HX-Request": "true"})
        assert (part.status, part.headers["hx-refresh"], part.body) == (503, "true", b"")
