"""HEAD answers as GET does, without a body, on every page and every route that reads."""

from collections.abc import Iterator

import pytest

from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import entry, studio_with

PAGES = "/studio/llm-logs"
READ = [
    "/",
    PAGES,
    f"{PAGES}/",
    f"{PAGES}?open=bot/log-1",
    f"{PAGES}/overview",
    f"{PAGES}/choices?field=agent",
    f"{PAGES}/state",
    f"{PAGES}/rejected",
    f"{PAGES}/delivery",
    f"{PAGES}/bot/log-1",
    f"{PAGES}/bot/log-1?part=panel",
    f"{PAGES}/bot/log-1?part=json",
    f"{PAGES}/bot/log-1?part=text",
    f"{PAGES}/bot/nothing",
    "/api/health",
    "/api/docs",
    "/api/openapi.json",
    "/api/llm-logs",
    "/api/llm-logs?limit=no",
    "/api/llm-logs/log-1",
    "/api/llm-logs/nothing",
    "/api/llm-logs/stats",
    "/api/llm-logs/agents",
    "/api/llm-logs/models",
    "/api/llm-logs/stream?since=no",
    "/api/agents/delivery",
    "/api/agents/service/bot/llm-logs",
    "/api/agents/service/bot/llm-logs/log-1",
]
SAME = ("content-type", "cache-control", "vary", "location")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    workspace = tmp_path_factory.mktemp("heads") / "workspace"
    with studio_with(workspace, entry(1)) as running:
        yield running


@pytest.mark.parametrize("path", READ)
def test_a_head_is_answered_as_a_get_without_a_body(studio: RunningStudio, path: str) -> None:
    head, get = studio.request("HEAD", path), studio.request("GET", path)
    assert head.status == get.status != 405
    assert head.body == b""
    assert [head.headers.get(name) for name in SAME] == [get.headers.get(name) for name in SAME]


@pytest.mark.parametrize("path", ["/api/llm-logs/stream", f"{PAGES}/feed"])
def test_the_head_of_a_stream_ends(studio: RunningStudio, path: str) -> None:
    head = studio.request("HEAD", path)
    assert (head.status, head.headers["content-type"], head.body) == (200, "text/event-stream", b"")


def test_a_head_takes_no_mail(studio: RunningStudio) -> None:
    """What a poll hands out is gone, and a HEAD must change nothing."""
    assert studio.request("HEAD", "/api/poll?agent_id=bot").status == 405
