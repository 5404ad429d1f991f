"""A scripted HTTP server on 127.0.0.1, in a thread: what the providers' doubles are made of.

A subclass says for each request which bytes to send (`respond`); here are the socket, the script
and the record of what was asked.
"""

import contextlib
import json
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from agents_sdk.testing.script import NotOnThisWire, Reply


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Response:
    """What to send: one body, or the pieces of a stream (then without a length)."""

    status: int
    pieces: Iterable[bytes]
    headers: Mapping[str, str] = field(default_factory=dict)
    is_stream: bool = False
    is_cut: bool = False
    """The connection breaks where the pieces end, so that the client sees no proper end."""


class LoopbackServer:
    """Answers with its replies in turn, the last one again and again. A context manager."""

    def __init__(self, *replies: Reply) -> None:
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        self.script(*replies)
        self._is_over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def script(self, *replies: Reply) -> None:
        """What to answer from now on; without a reply, "ok". Raises TypeError for anything else."""
        for reply in replies:
            if not isinstance(reply, Reply):
                raise TypeError(f"{reply!r} is not a Reply; expected Reply({reply!r}) or the like")
        with self._lock:
            self._replies = deque(replies or [Reply()])

    def respond(self, request: Request, reply: Reply) -> Response:
        """What to send. What is raised here is told to the client; the reply waits for the next."""
        raise NotImplementedError

    def refusal(self, request: Request, problem: str) -> Response:
        """How to say that there is no answer, in words that the client shows."""
        return _refusal(problem)

    def start(self) -> Self:
        """Begin to answer; one that does so already goes on. Raises RuntimeError after `stop`."""
        if self._is_over.is_set():
            raise RuntimeError("this server was stopped; make a new one")
        if self._thread.ident is None:
            self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering; one that never started, or was stopped, is over too."""
        self._is_over.set()
        if self._thread.ident is not None:  # it would be waited for without an end
            self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    def answer(self, request: Request) -> tuple[Reply, Response]:
        """The next reply and what to send for it."""
        with self._lock:
            replies = self._replies
            is_last = len(replies) == 1
            reply = replies[0] if is_last else replies.popleft()
        try:
            return reply, self.respond(request, reply)
        except Exception as error:  # of any kind: a thread's traceback would reach no test
            if not is_last:
                replies.appendleft(reply)
            return Reply(), self.refusal(request, _problem(error))

    def is_over_within(self, seconds: float) -> bool:
        """Let so much time pass, unless the server is stopped: then nobody waits for an answer."""
        return self._is_over.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


class _Handler(BaseHTTPRequestHandler):
    loopback: LoopbackServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        try:
            body = _object(self.rfile.read(_length(self.headers.get("Content-Length") or "0")))
        except (ValueError, RecursionError) as error:
            self.close_connection = True
            self._send(_refusal(f"this request cannot be read: {error}; expected a JSON object"))
            return
        request = Request(self.path, dict(self.headers), body)
        self.loopback.requests.append(request)
        reply, response = self.loopback.answer(request)
        if self.loopback.is_over_within(reply.delay_seconds):
            self.close_connection = True
            return
        self._send(response)

    def _send(self, response: Response) -> None:
        pieces = response.pieces if response.is_stream else [b"".join(response.pieces)]
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.is_stream:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(sum(map(len, pieces))))
        self.end_headers()
        for piece in pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if response.is_stream else piece)
            self.wfile.flush()
        if response.is_stream and not response.is_cut:
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection |= response.is_cut

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # the client left
            super().handle()

    def finish(self) -> None:
        """Closing flushes, which fails where the client left."""
        for stream in (self.wfile, self.rfile):
            with contextlib.suppress(OSError):
                stream.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Tests have their own output."""


def _length(said: str) -> int:
    length = int(said)
    if length < 0:
        raise ValueError(f"it is said to have {length} bytes")
    return length


def _object(data: bytes) -> dict[str, Any]:
    """The body of a request. Raises ValueError if it is no JSON object."""
    body = json.loads(data or b"{}")
    if not isinstance(body, dict):
        raise ValueError(f"the body is a {type(body).__name__}")
    return body


def _problem(error: Exception) -> str:
    if isinstance(error, NotOnThisWire):
        return str(error)
    return f"this reply cannot be sent to this request: {type(error).__name__}: {error}"


def _refusal(message: str) -> Response:
    body = json.dumps({"error": {"message": message, "type": "invalid_request_error"}})
    return Response(400, [body.encode()], {"Content-Type": "application/json"})


def _handler_of(server: LoopbackServer) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"loopback": server})
