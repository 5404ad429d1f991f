"""The providers of the demo: one small server on 127.0.0.1 that speaks both wire formats.

An agent books a call before it makes it and names the booking in a header; the server answers as
the call is meant to go, at its pace. Nothing that was asked is kept.
"""

import contextlib
import itertools
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from demo import anthropicwire, openaiwire
from demo.calls import Call
from demo.scene import CUT, TIMEOUT, Answer, Failure

BOOKING_HEADER = "x-demo-booking"
MAX_BODY_BYTES = 64 * 2**20
_PATIENCE_SECONDS = 30.0
"""How long a client that should give up may take to do so."""
_CUT_AFTER_PIECES = 4

Body = dict[str, Any]


class ModelServer:
    """Listens on a free port while its block lasts."""

    def __init__(self) -> None:
        self.is_over = threading.Event()
        self.numbers = itertools.count(1)
        self._bookings: dict[str, Call] = {}
        self._booking_numbers = itertools.count(1)
        handler = type("Handler", (_Handler,), {"models": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="model-server", daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextlib.contextmanager
    def booked(self, call: Call) -> Iterator[str]:
        """The name of a booking, for the header of the request that is made inside the block."""
        name = str(next(self._booking_numbers))
        self._bookings[name] = call
        try:
            yield name
        finally:
            self._bookings.pop(name, None)

    def booking(self, name: str | None) -> Call | None:
        return self._bookings.get(name or "")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.is_over.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    models: ModelServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120
    """An idle connection is closed, and its thread ends."""

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # the client left
            super().handle()

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY_BYTES:
            self.close_connection = True
            self._send(413, {"error": {"message": f"{length} bytes are more than it takes."}})
            return
        body = json.loads(self.rfile.read(length) or b"{}")
        call = self.models.booking(self.headers.get(BOOKING_HEADER))
        if call is None:
            self._send(404, {"error": {"message": "This server answers only booked calls."}})
            return
        wire = anthropicwire if self.path.endswith("/messages") else openaiwire
        if isinstance(call.outcome, Failure):
            self._fail(call, call.outcome, wire.error, wire.events)
        elif body.get("stream"):
            self._stream(call, wire.events(call, call.outcome, next(self.models.numbers)))
        else:
            self._wait(call.seconds)
            whole = wire.message if wire is anthropicwire else wire.completion
            self._send(200, whole(call, call.outcome, next(self.models.numbers)))

    def _fail(
        self,
        call: Call,
        failure: Failure,
        error: Callable[[Failure], Body],
        events: Callable[[Call, Answer, int], Iterator[bytes]],
    ) -> None:
        if failure.status == TIMEOUT:
            self._wait(_PATIENCE_SECONDS)
            self.close_connection = True
        elif failure.status == CUT:
            self._head(200, "text/event-stream")
            begun = Answer("Let me put that together for you. The best way would be")
            self._pieces(call, list(itertools.islice(events(call, begun, 0), _CUT_AFTER_PIECES)))
            self.close_connection = True
        else:
            self._wait(call.seconds)
            self._send(failure.status, error(failure))

    def _stream(self, call: Call, events: Iterator[bytes]) -> None:
        self._head(200, "text/event-stream")
        self._pieces(call, list(events))
        self.wfile.write(b"0\r\n\r\n")

    def _pieces(self, call: Call, pieces: list[bytes]) -> None:
        self._wait(call.first_token_seconds)
        pause = max(0.0, call.seconds - call.first_token_seconds) / max(1, len(pieces) - 1)
        for number, piece in enumerate(pieces):
            if number:
                self._wait(pause)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()

    def _head(self, status: int, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        name = f"req_demo_{next(self.models.numbers):06}"
        self.send_header("request-id" if "/messages" in self.path else "x-request-id", name)
        if content_type == "text/event-stream":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()

    def _send(self, status: int, answer: Body) -> None:
        data = json.dumps(answer).encode()
        self._head(status, "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _wait(self, seconds: float) -> None:
        """As a model thinks; the end of the demo ends it."""
        if self.models.is_over.wait(seconds):
            raise ConnectionAbortedError

    def log_message(self, format: str, *args: Any) -> None:
        """What is worth telling stands in the Studio."""
