"""Delivery in a running Studio: events in, page and API out, and who may not write it."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from agents_sdk import AgentClient, EventBasedLLMLogger, LLMCallLogger
from tests.integration.network_server import NetworkServer
from tests.integration.running_studio import RunningStudio, until
from tests.integration.studio_with_entries import entry, studio_with

PAGE = "/studio/llm-logs/delivery"
JSON = {"Content-Type": "application/json"}
ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    with studio_with(tmp_path_factory.mktemp("studio") / "workspace", entry(1)) as running:
        yield running


def receipt(agent_id: str = "bot", **changes: Any) -> dict[str, Any]:
    return {
        "agent_id": agent_id,
        "instance": "one",
        "started_at": 1_780_000_000,
        "reported_at": 1_780_000_100,
        "written": 1234,
        "delivered": 1200,
        "waiting": 30,
        "dropped": {},
        **changes,
    }


def send(
    studio: RunningStudio,
    payload: dict[str, Any],
    headers: dict[str, str] | None = None,
    **fields: Any,
) -> Any:
    event = {
        "event_name": "system.report_llm_delivery",
        "source_id": payload["agent_id"],
        "payload": payload,
        **fields,
    }
    headers = JSON if headers is None else headers
    body = json.dumps(event).encode()
    return studio.request("POST", "/api/send_event", headers=headers, body=body)


def deliveries(studio: RunningStudio, query: str = "") -> dict[str, Any]:
    answer = studio.request("GET", f"/api/agents/delivery{query}")
    assert answer.status == 200
    return {agent["agent_id"]: agent for agent in answer.json["agents"]}


def page(studio: RunningStudio, path: str = PAGE) -> str:
    answer = studio.request("GET", path)
    assert answer.status == 200
    return answer.body.decode()


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_a_receipt_is_on_the_page_and_in_the_api(studio: RunningStudio) -> None:
    dropped = {"the spool is full": 4, "refused: not wanted": 1}
    answer = send(studio, receipt("shown", dropped=dropped, lost_at=1_780_000_100))
    assert answer.status == 200
    assert answer.json == {
        "success": True,
        "message": "Delivery receipt stored",
        "data": {
            "type": "system_response",
            "command": "report_llm_delivery",
            "agent_id": "shown",
        },
    }
    told = deliveries(studio, "?agent_id=shown")
    assert list(told) == ["shown"]
    assert told["shown"]["reported_at"] == pytest.approx(told["shown"]["lost_at"])
    del told["shown"]["reported_at"], told["shown"]["lost_at"]
    assert told["shown"] == {
        "agent_id": "shown",
        "processes": 1,
        "written": 1234,
        "delivered": 1200,
        "waiting": 30,
        "dropped_entries": 5,
        "dropped": dropped,
    }
    text = words(page(studio))
    assert re.search(r"shown 1,234 1,200 30 5 .*4 the spool is full 1 refused: not wanted", text)
    assert '<a href="/studio/llm-logs?agent_id=shown"' in page(studio)


def test_the_line_above_the_list_leads_there(studio: RunningStudio) -> None:
    send(studio, receipt("losing", dropped={"no room": 1}))
    state = page(studio, "/studio/llm-logs/state")
    assert re.search(rf'<a class="state-loss" href="{PAGE}">\d+ agents? dropped entries', state)
    assert f'href="{PAGE}"' in page(studio, "/studio/llm-logs")


def test_a_hostile_agent_is_shown_as_text(studio: RunningStudio) -> None:
    hostile = f"evil{ATTACK}"
    assert send(studio, receipt(hostile, dropped={ATTACK: 1})).json["success"]
    html = page(studio)
    assert "<script>alert" not in html and "<img" not in html
    assert f"1 {ATTACK}" in words(html)


def test_what_does_not_fit_is_refused_with_its_sentence(studio: RunningStudio) -> None:
    answer = send(studio, receipt("refused", written=-1))
    assert (answer.status, answer.json["success"]) == (200, False)
    assert answer.json["message"].startswith("'written' is a number; expected a whole number")
    nobody = receipt("", instance="x")
    assert send(studio, nobody, source_id="somebody").status == 400
    assert "refused" not in deliveries(studio)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({**JSON, "Sec-Fetch-Site": "cross-site"}, 403),
        ({**JSON, "Origin": "http://elsewhere.example"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({**JSON, "Host": "elsewhere.example"}, 400),
    ],
    ids=["cross-site", "origin", "form", "rebound name"],
)
def test_a_page_of_elsewhere_cannot_write_it(
    studio: RunningStudio, headers: dict[str, str], status: int
) -> None:
    assert send(studio, receipt("forged"), headers).status == status
    assert "forged" not in deliveries(studio)


def test_a_wrong_secret_cannot_write_it(studio: RunningStudio) -> None:
    client = AgentClient("owned", studio.url)
    assert client.connect_sync()
    answer = send(studio, receipt("owned"), secret="wrong")
    assert (answer.status, answer.json["success"]) == (200, False)
    assert "owned" not in deliveries(studio)
    assert send(studio, receipt("owned"), secret=client.secret).json["success"]
    assert "owned" in deliveries(studio)


def test_beyond_loopback_nothing_is_written_without_a_secret(tmp_path: Any) -> None:
    settings = {
        "STUDIO_HOST": "0.0.0.0",
        "STUDIO_PASSWORD": "reader",
        "STUDIO_NETWORK_PASSWORD": "network",
        "STUDIO_API_TOKEN": "token",
    }
    with NetworkServer(tmp_path / "workspace", **settings) as server:
        refused = server.send("system.report_llm_delivery", receipt("sender"))
        assert not refused["success"]
        assert server.http.get("/api/agents/delivery").status_code == 401
        bearer = {"Authorization": "Bearer token"}
        told = server.http.get("/api/agents/delivery", headers=bearer)
        assert told.json() == {"agents": []}


def test_both_loggers_of_the_sdk_are_told_of_by_the_studio(studio: RunningStudio) -> None:
    remote = EventBasedLLMLogger("remote", AgentClient("remote", studio.url))
    for _ in range(3):
        remote.log_call_sync("m", "p", [], None, {"content": "x"}, 1)
    remote.close(60)
    obstacle = studio.workspace / "logs" / "llm" / "local.jsonl"
    obstacle.mkdir()
    local = LLMCallLogger(studio.workspace, "local")
    local.log_call_sync("m", "p", [], None, {"content": "x"}, 1)
    obstacle.rmdir()
    local.log_call_sync("m", "p", [], None, {"content": "x"}, 1)
    local.close()
    told = deliveries(studio)
    assert (told["remote"]["written"], told["remote"]["delivered"]) == (3, 3)
    assert (told["remote"]["waiting"], told["remote"]["dropped"]) == (0, {})
    assert (told["local"]["written"], told["local"]["dropped"]) == (1, {"Is a directory": 1})
    until(lambda: "local" in page(studio, "/studio/llm-logs"), "the entry that was kept")


def test_receipts_survive_a_restart_and_need_no_index(tmp_path: Any) -> None:
    with NetworkServer(tmp_path / "workspace") as server:
        assert "No agent has told anything yet." in server.http.get(PAGE).text
        assert server.send("system.report_llm_delivery", receipt("sender"))["success"]
        server.kill()
        server.start()
        assert "1,234" in server.http.get(PAGE).text
