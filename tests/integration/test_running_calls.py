"""From an agent's call to feed and page, by way of the network: it runs, then it is over."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import agents_sdk
from agents_sdk.testing import Reply
from tests.integration.network_server import NetworkServer
from tests.integration.running_studio import RunningStudio, until
from tests.integration.slow_model import SlowModel
from tests.integration.studio_with_entries import EventStream, append, entry, studio_with

FEED = "/studio/llm-logs/feed"
LIST = "/studio/llm-logs"
STREAM = "/api/llm-logs/stream"
EVENT = "system.llm_call_started"

Say = Callable[..., dict[str, Any]]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[RunningStudio]:
    with studio_with(tmp_path / "workspace", entry(1)) as running:
        yield running


@pytest.fixture
def begin(studio: RunningStudio) -> Say:
    """Announce a call; the answer of the Studio."""

    def say(log_id: str, agent_id: str = "walker", **call: Any) -> dict[str, Any]:
        call = {"log_id": log_id, "model_name": "gpt-4o", "preview": f"Is {log_id} there?", **call}
        answer: dict[str, Any] = httpx.post(
            f"{studio.url}/api/send_event",
            timeout=60,
            json={
                "event_name": EVENT,
                "source_id": agent_id,
                "payload": {"agent_id": agent_id, "call": call},
            },
        ).json()
        return answer

    return say


def page(studio: RunningStudio, query: str = "") -> str:
    return studio.request("GET", f"{LIST}{query}").body.decode()


def running(stream: EventStream) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(stream.event("running")["data"])
    return told


def files(studio: RunningStudio) -> bytes:
    folders = (studio.workspace / "logs", studio.workspace / "studio")
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in paths)


def test_a_call_runs_until_its_entry_is_there(studio: RunningStudio, begin: Say) -> None:
    with EventStream(studio, FEED) as stream:
        assert running(stream)["keys"] == []
        assert begin("slow")["success"] is True
        told = running(stream)
        assert told["told"] == "1 running"
        (key,) = told["keys"]
        assert "Is slow there?" in told["rows"][key]
        assert "is-running" in page(studio)
        append(studio.workspace, entry(2, agent_id="walker", log_id="slow"))
        row = stream.event()["data"]
        assert f'id="{key}"' in row
        assert running(stream)["keys"] == []
    assert "is-under-way" not in page(studio)
    assert "/walker/slow" in page(studio)


def test_a_call_announced_after_its_entry_is_there_is_never_shown(
    studio: RunningStudio, begin: Say
) -> None:
    with EventStream(studio, FEED) as stream:
        assert running(stream)["keys"] == []
        append(studio.workspace, entry(2, agent_id="walker", log_id="late"))
        stream.event()
        assert begin("late")["success"] is True
        assert begin("other")["success"] is True
        (row,) = running(stream)["rows"].values()
        assert "Is other there?" in row
    assert "Is late there?" not in page(studio)


def test_the_same_log_id_of_another_agent_ends_nothing(studio: RunningStudio, begin: Say) -> None:
    begin("shared")
    append(studio.workspace, entry(2, agent_id="somebody else", log_id="shared"))
    until(lambda: "/somebody%20else/shared" in page(studio), "the entry")
    assert "Is shared there?" in page(studio)


def test_a_reader_that_comes_back_is_told_the_whole_set(studio: RunningStudio, begin: Say) -> None:
    with EventStream(studio, FEED) as stream:
        running(stream)
        begin("one")
        last = running(stream)
        last_id = stream.last_id
    begin("two")
    with EventStream(studio, FEED, Last_Event_ID=last_id) as stream:
        told = running(stream)
        assert len(told["keys"]) == len(told["rows"]) == 2
        assert told["keys"][1:] == last["keys"]


def test_programs_are_told_of_finished_calls_only(studio: RunningStudio, begin: Say) -> None:
    with EventStream(studio, STREAM) as stream, EventStream(studio, FEED) as seen:
        running(seen)
        begin("slow")
        running(seen)
        append(studio.workspace, entry(2, agent_id="walker", log_id="slow"))
        (log,) = stream.logs(1)
        assert log["log_id"] == "slow"
        assert b"running" not in bytes(stream.buffer)


def test_nothing_of_an_announcement_is_ever_written(studio: RunningStudio, begin: Say) -> None:
    begin("unwritten", preview="xyzzy of the preview", session_id="xyzzy of the session")
    assert "xyzzy of the preview" in page(studio)
    assert studio.request("GET", "/api/llm-logs?search=xyzzy").json["total_count"] == 0
    assert b"xyzzy" not in files(studio)


def test_the_real_client_of_openai_is_seen_waiting_for_its_model(
    studio: RunningStudio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTS_SDK_SPOOL_DIR", str(tmp_path / "spool"))
    with EventStream(studio, FEED) as stream, SlowModel(Reply("Yes.")) as model:
        logger = agents_sdk.instrument("walker", url=studio.url)
        try:
            running(stream)
            call = model.ask("Is it raining?")
            ((key, row),) = running(stream)["rows"].items()
            assert "Is it raining?" in row and "gpt-4o" in row
            model.may_answer.set()
            call.result(60)
            assert f'id="{key}"' in stream.event()["data"]
            assert running(stream)["told"] == ""
        finally:
            agents_sdk.uninstrument()
            logger.close()  # type: ignore[attr-defined]


def test_a_call_that_fails_is_over_too(studio: RunningStudio, begin: Say) -> None:
    begin("fails")
    append(studio.workspace, entry(2, agent_id="walker", log_id="fails", error="Error: 429"))
    until(lambda: "is-failed" in page(studio), "the failed call")
    assert "is-under-way" not in page(studio)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NetworkServer]:
    with NetworkServer(tmp_path_factory.mktemp("network") / "workspace") as running:
        yield running


def test_an_announcement_is_answered_as_other_events_are(server: NetworkServer) -> None:
    call = {"log_id": "1", "timestamp": time.time()}
    assert server.send(EVENT, {"agent_id": "bot", "call": call}) == {
        "success": True,
        "message": "The start of the call is noted",
        "data": {
            "type": "system_response",
            "command": "llm_call_started",
            "log_id": "1",
            "agent_id": "bot",
        },
    }
    before = server.files()
    refused = server.send(EVENT, {"agent_id": "bot", "call": {"log_id": ""}})
    assert refused["success"] is False
    assert refused["message"] == "'log_id' is ''; expected a non-empty string."
    assert refused["data"]["log_id"] is None
    assert server.files() == before


@pytest.mark.parametrize("payload", [{}, {"agent_id": ""}, {"agent_id": ".."}, [], None])
def test_an_announcement_without_an_agent_is_malformed(
    server: NetworkServer, payload: object
) -> None:
    body = {"event_name": EVENT, "source_id": "bot", "payload": payload}
    response = server.post("/api/send_event", body)
    assert response.status_code == 400
    assert response.json()["success"] is False


def test_a_wrong_secret_announces_nothing(server: NetworkServer) -> None:
    server.register("guarded")
    payload = {"agent_id": "guarded", "call": {"log_id": "1"}}
    answer = server.send(EVENT, payload, source_id="guarded", secret="wrong")
    assert answer["success"] is False
    assert "secret" in answer["message"]


def test_an_agent_has_left_when_its_last_process_has(studio: RunningStudio, begin: Say) -> None:
    address = f"{studio.url}/api"
    secrets = [
        httpx.post(f"{address}/register", json={"agent_id": "walker"}, timeout=60).json()["secret"]
        for _ in range(2)
    ]
    begin("slow")
    for secret, state in zip(secrets, ("is-running", "is-lost"), strict=True):
        left = {"agent_id": "walker", "secret": secret}
        httpx.post(f"{address}/unregister", json=left, timeout=60)
        assert state in page(studio)
