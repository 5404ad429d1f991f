"""Registration, secrets, mailboxes and malformed requests, against the real server."""

import hashlib
import json
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from tests.integration.network_server import NetworkServer

ENTRY = {"log_id": "1"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with NetworkServer(tmp_path_factory.mktemp("network") / "workspace") as running:
        yield running


@pytest.fixture(scope="module")
def open_server(tmp_path_factory):
    """A server that takes itself for one beyond loopback."""
    with NetworkServer(
        tmp_path_factory.mktemp("network") / "workspace",
        STUDIO_HOST="0.0.0.0",
        STUDIO_PASSWORD="for readers",
        STUDIO_NETWORK_PASSWORD="for agents",
    ) as running:
        yield running


PASSWORD_HASH = hashlib.sha256(b"for agents").hexdigest()


def test_health_has_the_shape_that_clients_need(server):
    server.register("healthy")
    response = server.http.get("/api/health", headers={"Content-Type": "application/json"})
    assert response.headers["Content-Type"] == "application/json"
    body = response.json()
    assert (body["success"], body["status"]) == (True, "healthy")
    data = body["data"]
    assert data["transports"] == [{"type": "http", "config": {}}]
    assert data["recommended_transport"] == "http"
    assert data["is_running"] is True
    assert data["mods"] == []
    assert data["uptime_seconds"] >= 0
    assert "host" not in json.dumps(data) and "port" not in data
    agent = data["agents"]["healthy"]
    assert agent["transport_type"] == "http"
    assert agent["last_seen"] > 1_700_000_000


def test_registering_issues_a_secret_that_is_stored_as_a_hash_only(server):
    answer = server.register("keeper", password_hash="", metadata={"name": "Keeper"})
    assert answer["success"] is True
    assert (answer["network_id"], answer["network_name"]) == ("llm-logs", "LLM Logs")
    secret = answer["secret"]
    for path in (server.workspace / "studio").glob("studio.sqlite3*"):
        with suppress(FileNotFoundError):  # SQLite removes its log when the last reader leaves.
            assert secret.encode() not in path.read_bytes()


def test_a_poll_needs_the_secret_that_was_issued(server):
    secret = server.register("poller")["secret"]
    assert server.poll("poller", secret=secret) == {
        "success": True,
        "messages": [],
        "agent_id": "poller",
    }
    for wrong in ({}, {"secret": "wrong"}):
        answer = server.poll("poller", **wrong)
        assert (answer["success"], answer["messages"]) == (False, [])
        assert "expected the" in answer["error_message"]


def test_a_report_without_a_secret_is_taken_on_loopback_and_one_with_a_wrong_one_is_not(server):
    secret = server.register("guarded")["secret"]
    for given, is_taken in ((None, True), ("", True), (secret, True), ("wrong", False)):
        answer = server.report("guarded", ENTRY, source_id="guarded", secret=given)
        assert answer["success"] is is_taken
    assert answer["message"] == (
        "The secret given for agent 'guarded' is none that was issued to it; expected the "
        "'secret' from the answer of POST /api/register."
    )


def test_two_processes_of_one_agent_do_not_put_each_other_out(server):
    first = server.register("twin")["secret"]
    second = server.register("twin")["secret"]
    assert server.poll("twin", secret=first)["success"] is True
    assert server.poll("twin", secret=second)["success"] is True
    server.post("/api/unregister", {"agent_id": "twin", "secret": second})
    assert server.poll("twin", secret=first)["success"] is True
    assert server.poll("twin", secret=second)["success"] is False


def test_leaving_forgets_the_secret_and_needs_it(server):
    secret = server.register("leaver")["secret"]
    refused = server.post("/api/unregister", {"agent_id": "leaver", "secret": "wrong"})
    assert (refused.status_code, refused.json()["success"]) == (200, False)
    left = server.post("/api/unregister", {"agent_id": "leaver", "secret": secret})
    assert (left.status_code, left.json()["success"]) == (200, True)
    again = server.post("/api/unregister", {"agent_id": "leaver", "secret": secret})
    assert (again.status_code, again.json()["success"]) == (200, True)
    assert "leaver" not in server.http.get("/api/health").json()["data"]["agents"]


def test_an_agent_may_call_itself_by_its_address(server):
    """`agent:named` proves itself with the secret of `named`, so it is `named` in all it asks."""
    secret = server.register("named")["secret"]
    server.send("agent.message", {"n": 1}, target_agent_id="named")
    [mail] = server.poll("agent:named", secret=secret)["messages"]
    assert mail["payload"] == {"n": 1}
    body = {"agent_id": "agent:named", "secret": secret}
    left = server.post("/api/unregister", body).json()
    assert (left["success"], left["agent_id"]) == (True, "named")
    other = server.register("named")["secret"]
    assert server.poll("named", secret=secret)["success"] is False
    assert server.poll("agent:named", secret=other)["success"] is True


def test_registrations_and_mail_survive_a_kill(tmp_path):
    with NetworkServer(tmp_path / "workspace") as server:
        secret = server.register("survivor")["secret"]
        server.send("agent.message", {"n": 1}, target_agent_id="survivor")
        server.kill()
        server.start()
        assert server.report("survivor", ENTRY, source_id="survivor", secret=secret)["success"]
        assert server.poll("survivor")["success"] is False
        [mail] = server.poll("survivor", secret=secret)["messages"]
        assert mail["payload"] == {"n": 1}


def test_an_agent_whose_record_was_deleted_is_taken_back_without_registering(tmp_path):
    with NetworkServer(tmp_path / "workspace") as server:
        secret = server.register("forgotten")["secret"]
        server.stop()
        for path in (server.workspace / "studio").glob("studio.sqlite3*"):
            path.unlink()
        server.start()
        assert server.report("forgotten", ENTRY, source_id="forgotten", secret=secret)["success"]
        assert server.poll("forgotten", secret=secret)["success"] is True


def test_reports_go_on_while_the_database_is_unusable(tmp_path):
    with NetworkServer(tmp_path / "workspace") as server:
        path = server.workspace / "studio" / "studio.sqlite3"
        with sqlite3.connect(path, timeout=60) as database:
            database.execute("ALTER TABLE llmlogs_agentregistration RENAME TO gone")
        database.close()
        assert server.report("bot", ENTRY, source_id="bot", secret="of yesterday")["success"]
        assert server.http.get("/api/health").json()["data"]["agents"] == {}
        refused = server.post("/api/register", {"agent_id": "bot"})
        assert (refused.status_code, refused.json()["success"]) == (503, False)
        assert "what /api/register needs: no such table" in refused.json()["error"]


def test_mail_waits_in_order_and_is_handed_out_once(server):
    for number in range(3):
        answer = server.send(
            "agent.message", {"n": number}, target_agent_id="agent:reader", event_id=f"m-{number}"
        )
        assert answer["success"] is True
    secret = server.register("reader")["secret"]
    messages = server.poll("reader", secret=secret)["messages"]
    assert [message["payload"]["n"] for message in messages] == [0, 1, 2]
    assert messages[0] == {
        "event_id": "m-0",
        "event_name": "agent.message",
        "source_id": "sender",
        "destination_id": "agent:reader",
        "payload": {"n": 0},
        "metadata": {},
        "visibility": "network",
        "timestamp": messages[0]["timestamp"],
    }
    assert isinstance(messages[0]["timestamp"], int)
    assert server.poll("reader", secret=secret)["messages"] == []


def test_a_broadcast_reaches_every_registered_agent_but_its_sender(server):
    secrets = {name: server.register(name)["secret"] for name in ("anna", "ben", "crier")}
    answer = server.send(
        "agent.news",
        {"n": 1},
        source_id="crier",
        secret=secrets["crier"],
        target_agent_id="agent:broadcast",
    )
    assert answer["success"] is True
    for name, expected in (("anna", 1), ("ben", 1), ("crier", 0)):
        assert len(server.poll(name, secret=secrets[name])["messages"]) == expected


def test_a_full_mailbox_refuses_the_newest(server):
    big = {"text": "x" * 1_000_000}
    answers = [server.send("agent.message", big, target_agent_id="hoarder") for _ in range(18)]
    accepted = [answer["success"] for answer in answers]
    assert accepted == [True] * 16 + [False] * 2
    assert answers[-1]["message"].startswith("The mailbox of agent 'hoarder' is full;")
    received = 0
    while messages := server.poll("hoarder")["messages"]:
        assert len(messages) <= 4
        received += len(messages)
    assert received == 16


def test_an_event_too_large_to_wait_is_refused(server):
    answer = server.send("agent.message", {"text": "x" * 1_100_000}, target_agent_id="hoarder-2")
    assert answer["success"] is False
    assert "expected up to 1048576 for an event that waits" in answer["message"]


@pytest.mark.parametrize(
    ("event_name", "target"),
    [
        ("system.unheard_of", "system:system"),
        ("system.unheard_of", "agent:reader"),
        ("wiki.page.create", "mod:openagents.mods.wiki"),
        ("x" * 100_000, ""),
        ("agent.message", "channel:general"),
    ],
)
def test_an_unknown_event_is_answered_200_with_what_is_known(server, event_name, target):
    answer = server.send(event_name, {}, target_agent_id=target)
    assert answer["success"] is False
    assert "is not known here; expected one of system.report_llm_log," in answer["message"]
    assert len(answer["message"]) < 500


def test_an_event_for_an_impossible_agent_is_refused(server):
    answer = server.send("agent.message", {}, target_agent_id="a\0b")
    assert answer["success"] is False
    assert answer["message"] == "'target_agent_id' is 'a\\x00b'; expected an agent id."


def test_a_runner_finds_no_mods_and_the_agents_that_registered(server):
    server.register("listed", metadata={"name": "Listed", "skills": ["a"]})
    assert server.send("system.list_mods", {"agent_id": "listed"})["data"]["mods"] == []
    agents = server.send("system.list_agents", {"agent_id": "listed"})["data"]["agents"]
    assert {
        "agent_id": "listed",
        "name": "Listed",
        "connected": True,
        "metadata": {"name": "Listed", "skills": ["a"]},
    } in agents


def nested(levels):
    """A value of so many lists in one another."""
    value = []
    for _ in range(levels - 1):
        value = [value]
    return value


def test_metadata_nested_too_deep_are_left_out_and_harm_nobody(server):
    # One level below the object that holds it, which is a level of its own.
    for agent_id, levels, is_kept in (("deep", 499, True), ("too-deep", 500, False)):
        metadata = {"name": agent_id, "x": nested(levels)}
        assert server.register(agent_id, metadata=metadata)["success"] is True
        agents = server.send("system.list_agents", {})["data"]["agents"]
        [listed] = [agent for agent in agents if agent["agent_id"] == agent_id]
        assert listed["metadata"] == (metadata if is_kept else {})
    assert "too-deep" in server.http.get("/api/health").json()["data"]["agents"]
    answer = server.send("agent.news", {}, target_agent_id="agent:broadcast")
    assert answer["success"] is True


def test_an_event_nested_too_deep_to_wait_is_refused_and_its_neighbours_arrive(server):
    payloads = [{"n": 1}, {"n": nested(498)}, {"n": nested(499)}, {"n": 2}]
    answers = [server.send("agent.message", each, target_agent_id="victim") for each in payloads]
    assert [answer["success"] for answer in answers] == [True, True, False, True]
    assert answers[2]["message"] == (
        "The event is nested deeper than 500 levels; expected up to that many for an event that "
        "waits for another agent."
    )
    received = [message["payload"] for message in server.poll("victim")["messages"]]
    assert received == [payloads[0], payloads[1], payloads[3]]


def test_deep_rows_that_were_stored_before_are_survived(tmp_path):
    """Versions before kept whatever a body of 532 levels could hold."""
    mail = [{"payload": {"n": each}} for each in (1, nested(530), 2)]
    with NetworkServer(tmp_path / "workspace") as server:
        server.register("deep")
        server.stop()
        path = server.workspace / "studio" / "studio.sqlite3"
        with sqlite3.connect(path, timeout=60) as database:
            metadata = json.dumps({"x": nested(530)})
            database.execute("UPDATE llmlogs_agentregistration SET metadata = ?", (metadata,))
            database.executemany(
                "INSERT INTO llmlogs_mailboxitem (agent_id, event_bytes, event, received_at) "
                "VALUES ('victim', 1, ?, 1e10)",
                [(json.dumps(event),) for event in mail] + [("no JSON",)],
            )
        database.close()
        server.start()
        assert "deep" in server.http.get("/api/health").json()["data"]["agents"]
        [agent] = server.send("system.list_agents", {})["data"]["agents"]
        assert agent["metadata"] == {}
        assert server.poll("victim")["messages"] == mail
        assert server.poll("victim")["messages"] == []


EVENT = {"event_name": "system.list_mods", "source_id": "s", "payload": {}}
MALFORMED = [
    ("/api/send_event", b"", "application/json", 400),
    ("/api/send_event", b"{", "application/json", 400),
    ("/api/send_event", b"\xff", "application/json", 400),
    ("/api/send_event", b"[]", "application/json", 400),
    ("/api/send_event", b"null", "application/json", 400),
    ("/api/send_event", b"[" * 100_000, "application/json", 400),
    ("/api/send_event", json.dumps({**EVENT, "payload": []}).encode(), "application/json", 400),
    ("/api/send_event", json.dumps({**EVENT, "event_name": ""}).encode(), "application/json", 400),
    ("/api/send_event", json.dumps({**EVENT, "source_id": 1}).encode(), "application/json", 400),
    ("/api/send_event", json.dumps(EVENT).encode(), "text/plain", 415),
    ("/api/send_event", b"event_name=x", "application/x-www-form-urlencoded", 415),
    ("/api/register", b"{}", "application/json", 400),
    ("/api/register", b'{"agent_id": ""}', "application/json", 400),
    ("/api/register", b'{"agent_id": ".."}', "application/json", 400),
    ("/api/register", b'{"agent_id": "a\\u0000"}', "application/json", 400),
    ("/api/register", b'{"agent_id": "\\ud800"}', "application/json", 400),
    ("/api/register", b'"x"', "application/json", 400),
    ("/api/unregister", b"{}", "application/json", 400),
]


@pytest.mark.parametrize(("path", "body", "content_type", "status"), MALFORMED)
def test_a_malformed_request_is_answered_4xx_with_a_sentence(
    server, path, body, content_type, status
):
    response = server.http.post(path, content=body, headers={"Content-Type": content_type})
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/json"
    answer = response.json()
    assert answer["success"] is False
    assert re.fullmatch(r".+ is .+; expected .+\.|.*cannot be used.*", answer["error"])


@pytest.mark.parametrize(
    "query", ["", "?agent_id=", "?agent_id=a%00b", "?agent_id=..", "?agent_id=%ff"]
)
def test_a_poll_without_a_usable_agent_is_answered_400(server, query):
    response = server.http.get("/api/poll" + query)
    assert response.status_code == 400
    assert response.json()["success"] is False


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/send_event", "POST"),
        ("PUT", "/api/register", "POST"),
        ("POST", "/api/poll", "GET"),
        ("DELETE", "/api/health", "GET, HEAD"),
    ],
)
def test_another_method_is_answered_405(server, method, path, allowed):
    response = server.http.request(method, path, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.headers["Allow"]) == (405, allowed)
    assert response.json() == {
        "success": False,
        "error": f"{method} {path} is not served; expected {allowed}.",
    }


def test_beyond_loopback_the_network_password_issues_the_secret_that_everything_needs(open_server):
    refused = open_server.register("far", password_hash="")
    assert refused["success"] is False
    assert "STUDIO_NETWORK_PASSWORD" in refused["error_message"]
    assert "secret" not in refused

    secret = open_server.register("far", password_hash=PASSWORD_HASH)["secret"]
    for given, is_taken in ((secret, True), ("wrong", False), ("", False)):
        answer = open_server.report("far", ENTRY, source_id="far", secret=given)
        assert answer["success"] is is_taken
        assert open_server.poll("far", secret=given)["success"] is is_taken
    assert open_server.report("far", ENTRY, source_id="stranger", secret="x")["success"] is False
    assert open_server.poll("stranger")["success"] is False
    left = open_server.post("/api/unregister", {"agent_id": "stranger"}).json()
    assert left["success"] is False


def test_beyond_loopback_health_is_open_and_lists_no_agents(open_server):
    open_server.register("hidden", password_hash=PASSWORD_HASH)
    data = open_server.http.get("/api/health").json()["data"]
    assert (data["agents"], data["agent_count"]) == ({}, 0)


def test_beyond_loopback_without_a_network_password_registrations_are_closed(tmp_path):
    settings = {"STUDIO_HOST": "0.0.0.0", "STUDIO_PASSWORD": "for readers"}
    with NetworkServer(tmp_path / "workspace", **settings) as server:
        answer = server.register("far", password_hash=hashlib.sha256(b"").hexdigest())
    assert answer["success"] is False
    assert answer["error_message"].startswith("Registrations are closed:")


def test_the_database_is_never_locked_under_many_threads(server):
    def live(number):
        name = f"busy-{number % 20}"
        secret = server.register(name)["secret"]
        sent = server.send(
            "agent.message", {"n": number}, source_id=name, secret=secret, target_agent_id=name
        )
        polled = server.poll(name, secret=secret)
        left = server.post("/api/unregister", {"agent_id": name, "secret": secret})
        return sent["success"] and polled["success"] and left.json()["success"]

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(live, range(320)))
    assert "locked" not in server.log_path.read_text()
