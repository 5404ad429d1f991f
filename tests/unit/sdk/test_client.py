"""An agent's connection: every step of the wire, and every way a server can fail to answer."""

import hashlib
import logging
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from agents_sdk import AgentClient, Event, EventAnswer, InvalidAgentId, InvalidUrl
from tests.unit.sdk.conftest import eventually
from tests.unit.sdk.protocol_server import ProtocolServer


async def test_an_agent_registers_sends_polls_and_leaves(server: ProtocolServer) -> None:
    client = AgentClient("bot", server.url, password="p", metadata={"team": "blue"})
    assert await client.connect()
    assert server.registrations == [
        {
            "agent_id": "bot",
            "metadata": {"team": "blue"},
            "password_hash": hashlib.sha256(b"p").hexdigest(),
        }
    ]
    assert (client.is_connected, client.secret) == (True, "secret-1")
    answer = await client.send_event(Event("greeting", {"text": "hi"}, target_agent_id="other"))
    assert answer == EventAnswer(True, "passed on", {"to": "somebody"})
    sent = server.events[-1]
    assert (sent["event_name"], sent["source_id"], sent["target_agent_id"]) == (
        "greeting",
        "bot",
        "other",
    )
    assert (sent["payload"], sent["visibility"], sent["secret"]) == (
        {"text": "hi"},
        "network",
        "secret-1",
    )
    server.mailbox = [{"event_name": "reply", "source_id": "other", "payload": {"n": 1}}, "odd"]  # type: ignore[list-item]
    (event,) = await client.poll()
    assert (event.event_name, event.source_id, event.payload) == ("reply", "other", {"n": 1})
    assert await client.disconnect()
    assert not client.is_connected
    assert server.secrets == {}


def test_it_is_usable_without_an_event_loop_and_events_may_be_dicts(server: ProtocolServer) -> None:
    client = AgentClient("bot", server.url + "/")
    assert client.connect_sync()
    assert client.send_event_sync({"event_name": "x", "destination_id": "other"}).success
    assert server.events[-1]["target_agent_id"] == "other"
    assert server.events[-1]["event_id"]
    assert not client.send_event_sync({"event_name": "system.unknown"}).success
    assert client.poll_sync() == []
    assert client.disconnect_sync()


def test_a_refused_registration_is_false_and_a_warning_in_the_servers_words(
    server: ProtocolServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.password_hash = "another"
    with caplog.at_level(logging.WARNING, "agents_sdk"):
        assert not AgentClient("bot", server.url).connect_sync()
    assert caplog.records[-1].getMessage() == (
        f"agent bot could not register at {server.url}: wrong password"
    )


def test_a_server_that_is_away_is_an_answer_and_no_exception(
    server: ProtocolServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.stop()
    client = AgentClient("bot", server.url)
    with caplog.at_level(logging.WARNING, "agents_sdk"):
        assert not client.connect_sync()
    assert caplog.records[-1].getMessage() == (
        f"agent bot could not find {server.url}: {server.url} does not answer: Connection refused"
    )
    answer = client.send_event_sync(Event("x"))
    assert answer == EventAnswer(False, f"{server.url} does not answer: Connection refused")
    assert client.poll_sync() == []
    assert not client.disconnect_sync()


@pytest.mark.parametrize("fault", [500, "close", "half", "not json", "refuse"])
def test_no_way_to_fail_raises(server: ProtocolServer, fault: int | str) -> None:
    client = AgentClient("bot", server.url)
    server.faults.extend([fault] * 4)
    assert not client.connect_sync()
    assert not client.send_event_sync(Event("x")).success
    assert client.poll_sync() == []
    client.disconnect_sync()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that accepts and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_server_that_never_answers_is_given_up_after_the_timeout(silent_port: int) -> None:
    client = AgentClient("bot", f"http://127.0.0.1:{silent_port}", timeout_seconds=0.2)
    assert client.send_event_sync(Event("x")).message.endswith("timed out")


@pytest.fixture
def garbage_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"SSH-2.0-OpenSSH\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def test_something_else_than_http_is_no_answer(garbage_port: int) -> None:
    client = AgentClient("bot", f"127.0.0.1:{garbage_port}")
    assert "does not answer" in client.send_event_sync(Event("x")).message


def test_values_no_server_could_take_are_refused_at_once() -> None:
    with pytest.raises(InvalidAgentId):
        AgentClient("", "http://localhost:8700")
    for url in (
        "ftp://localhost",
        "http://",
        "http:",
        "http://localhost:port",
        "http://[::1",
        "yes please",
        "http://a\nb",
    ):
        with pytest.raises(InvalidUrl) as caught:
            AgentClient("bot", url)
        assert str(caught.value) == (
            f"{url!r} is no address of a server; give one like 'http://localhost:8700'"
        )


def test_the_environment_names_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    assert AgentClient("bot").base_url == "http://localhost:8700"
    monkeypatch.setenv("AGENTS_SDK_URL", "https://studio.example/")
    assert AgentClient("bot").base_url == "https://studio.example"


def test_a_poll_under_way_while_the_agent_leaves_does_not_bring_it_back(
    server: ProtocolServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = AgentClient("bot", server.url)
    assert client.connect_sync()
    answer = server.answer

    def polled_meanwhile(path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        answered = answer(path, body)
        if path == "/api/unregister":
            client.poll_sync()
        return answered

    monkeypatch.setattr(server, "answer", polled_meanwhile)
    assert client.disconnect_sync()
    assert (server.secrets, len(server.registrations)) == ({}, 1)
    assert not client.is_connected


class HeldClient(AgentClient):
    """Its polls have begun, and reach the server when they are let go."""

    def __init__(self, server: ProtocolServer) -> None:
        super().__init__("bot", server.url)
        self.has_begun, self.may_go_on = threading.Event(), threading.Event()

    def _get(self, path: str) -> Any:
        if path.startswith("/api/poll"):
            self.has_begun.set()
            self.may_go_on.wait(60)
        return super()._get(path)


@pytest.mark.parametrize("is_forgotten", [False, True])
def test_an_agent_leaves_when_the_poll_under_way_is_over(
    server: ProtocolServer, monkeypatch: pytest.MonkeyPatch, is_forgotten: bool
) -> None:
    """Else its goodbye comes first, and the poll of a server that forgot it registers it again."""
    monkeypatch.setattr("agents_sdk.client.POLL_WAIT_SECONDS", 60.0)
    client = HeldClient(server)
    assert client.connect_sync()
    if is_forgotten:
        server.secrets.clear()
    polling = threading.Thread(target=client.poll_sync)
    polling.start()
    assert client.has_begun.wait(60)
    leaving = threading.Thread(target=client.disconnect_sync)
    leaving.start()
    eventually(lambda: client.has_left)
    client.may_go_on.set()
    polling.join()
    leaving.join()
    assert server.requests[-1] == "POST /api/unregister"
    assert (server.secrets, client.is_connected) == ({}, False)


def test_a_poll_that_hangs_holds_no_goodbye_up(
    server: ProtocolServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents_sdk.client.POLL_WAIT_SECONDS", 0.05)
    client = HeldClient(server)
    assert client.connect_sync()
    polling = threading.Thread(target=client.poll_sync)
    polling.start()
    assert client.has_begun.wait(60)
    assert client.disconnect_sync()
    assert server.requests[-1] == "POST /api/unregister"
    client.may_go_on.set()
    polling.join()
    assert (server.secrets, client.is_connected) == ({}, False)
