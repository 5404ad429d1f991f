"""The model servers of `agents_sdk.testing`: they start and stop as one likes, and stay silent."""

import json
import socket
import struct
import threading
from urllib.parse import urlsplit

import pytest

from agents_sdk.testing import ModelServer, OpenAIServer, Reply
from agents_sdk.testing.loopback import LoopbackServer, Request, Response

KINDS = (OpenAIServer, ModelServer)
PATH = "/v1/chat/completions"
DEADLINE_SECONDS = 60.0


def connection_to(server: LoopbackServer) -> socket.socket:
    address = (urlsplit(server.url).hostname, urlsplit(server.url).port)
    return socket.create_connection(address, DEADLINE_SECONDS)


def post(connection: socket.socket, body: bytes, length: bytes | None = None) -> None:
    size = b"%d" % len(body) if length is None else length
    head = b"POST %s HTTP/1.1\r\nHost: here\r\nContent-Length: %s\r\n\r\n" % (PATH.encode(), size)
    connection.sendall(head + body)


def answer_of(server: LoopbackServer, body: bytes, length: bytes | None = None) -> tuple[int, str]:
    """The status, and what the body says."""
    with connection_to(server) as connection:
        post(connection, body, length)
        received = b""
        while b"\r\n\r\n" not in received or not received.endswith(b"}"):
            piece = connection.recv(65_536)
            assert piece, received
            received += piece
    head, _, content = received.partition(b"\r\n\r\n")
    said = json.loads(content)
    return int(head.split()[1]), said["error"]["message"] if "error" in said else ""


class Watched(LoopbackServer):
    """Says when a request was over: its thread has nothing left to complain about."""

    def __init__(self, left: threading.Event, is_stream: bool) -> None:
        super().__init__()
        self.left, self.is_stream = left, is_stream
        finish_request = self._server.shutdown_request

        def over(request: socket.socket | tuple[bytes, socket.socket]) -> None:
            finish_request(request)
            self.over.set()

        self.over = threading.Event()
        self._server.shutdown_request = over  # type: ignore[method-assign]

    def respond(self, request: Request, reply: Reply) -> Response:
        self.left.wait(DEADLINE_SECONDS)
        return Response(200, [b"x" * 65_536] * 200, is_stream=self.is_stream)


@pytest.mark.parametrize("is_stream", [False, True])
def test_a_client_that_leaves_is_no_word_on_standard_error(
    is_stream: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    left = threading.Event()
    with Watched(left, is_stream) as server:
        connection = connection_to(server)
        post(connection, b"{}")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        left.set()
        assert server.over.wait(DEADLINE_SECONDS)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("body", "length", "problem"),
    [
        (b"[1]", None, "the body is a list"),
        (b"abc", None, "Expecting value"),
        (b"\xff\xfe{", None, "utf"),
        (b'{"a": ' * 100_000 + b"1" + b"}" * 100_000, None, "recursion"),
        (b"{}", b"-2", "-2 bytes"),
        (b"{}", b"abc", "invalid literal"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused_in_a_sentence(
    kind: type[LoopbackServer],
    body: bytes,
    length: bytes | None,
    problem: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with kind() as server:
        status, message = answer_of(server, body, length)
        assert (status, server.requests) == (400, [])
    assert message.startswith("this request cannot be read: ")
    assert problem in message
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_never_started_stops(kind: type[LoopbackServer]) -> None:
    server = kind()
    server.stop()
    with pytest.raises(ConnectionError):
        connection_to(server)


@pytest.mark.parametrize("kind", KINDS)
def test_starting_and_stopping_twice_is_starting_and_stopping(kind: type[LoopbackServer]) -> None:
    with kind().start() as server:
        assert answer_of(server, b"{}") == (200, "")
        server.stop()
    with pytest.raises(RuntimeError, match="this server was stopped; make a new one"):
        server.start()


def test_servers_of_one_process_know_nothing_of_each_other() -> None:
    with OpenAIServer(Reply("a", status=500)) as first, ModelServer(Reply("b")) as second:
        assert answer_of(first, b'{"model": "m1"}') == (500, "a")
        assert answer_of(second, b'{"model": "m2"}') == (200, "")
        first.stop()
        assert answer_of(second, b'{"model": "m3"}') == (200, "")
    assert [request.body["model"] for request in first.requests] == ["m1"]
    assert [request.body["model"] for request in second.requests] == ["m2", "m3"]
