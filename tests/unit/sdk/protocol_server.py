"""A small real HTTP server that speaks the wire of agents, and fails in the ways servers fail."""

import json
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.ports import free_port

Body = dict[str, Any]


class ProtocolServer:
    """Holds what agents reported. `faults` are used up one a request, oldest first:

    an int is answered as that HTTP status; "close" closes before anything is done; "lost answer"
    does everything and closes; "half" sends half an answer; "not json" sends something else;
    "refuse" answers 200 without success.
    """

    def __init__(self) -> None:
        self.entries: dict[str, Body] = {}
        self.arrivals: Counter[str] = Counter()
        self.agents_of_entries: dict[str, str] = {}
        self.events: list[Body] = []
        self.receipts: list[Body] = []
        self.knows_receipts = True
        self.registrations: list[Body] = []
        self.mailbox: list[Body] = []
        self.requests: list[str] = []
        self.faults: deque[int | str] = deque()
        self.fault_headers: dict[str, str] = {}
        self.secrets: dict[str, str] = {}
        self.refused_log_ids: set[str] = set()
        self.forgotten_log_ids: set[str] = set()
        self.knows_batches = True
        self.knows_starts = True
        self.started: list[Body] = []
        self.password_hash: str | None = None
        self.max_body_bytes = 10_000_000
        self.batch_sizes: list[int] = []
        self.hang_seconds = 0.0
        self.port = free_port()
        self._server: ThreadingHTTPServer | None = None
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen, on the same port every time."""
        server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler_of(self))
        server.daemon_threads = True
        self._server = server
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def answer(self, path: str, body: Body) -> tuple[int, Body]:
        with self._lock:
            route = urlsplit(path).path
            if route == "/api/health":
                return 200, {"success": True, "data": {"transports": [{"type": "http"}]}}
            if route == "/api/register":
                return self._register(body)
            if route == "/api/unregister":
                self.secrets.pop(body["agent_id"], None)
                return 200, {"success": True}
            if route == "/api/poll":
                return self._poll(parse_qs(urlsplit(path).query))
            if route == "/api/send_event":
                return self._event(body)
            if route.endswith("/llm-logs"):
                return 200, {"logs": [{"log_id": "1", "total_tokens": 5}], "has_more": False}
            return 404, {"success": False, "error": "no such page"}

    def _register(self, body: Body) -> tuple[int, Body]:
        self.registrations.append(body)
        if self.password_hash is not None and body["password_hash"] != self.password_hash:
            return 200, {"success": False, "error_message": "wrong password"}
        secret = f"secret-{len(self.registrations)}"
        self.secrets[body["agent_id"]] = secret
        return 200, {"success": True, "secret": secret, "network_name": "test"}

    def _poll(self, query: dict[str, list[str]]) -> tuple[int, Body]:
        if query.get("secret") != [self.secrets.get(query["agent_id"][0])]:
            return 200, {"success": False, "error_message": "wrong secret"}
        messages, self.mailbox = self.mailbox, []
        return 200, {"success": True, "messages": messages}

    def _event(self, body: Body) -> tuple[int, Body]:
        if body.get("secret") != self.secrets.get(body["source_id"]):
            return 200, {"success": False, "message": "wrong secret"}
        self.events.append(body)
        payload = body["payload"]
        if body["event_name"] == "system.report_llm_log":
            return 200, self._store(payload["agent_id"], payload["log_entry"])
        if body["event_name"] == "system.report_llm_logs" and self.knows_batches:
            self.batch_sizes.append(len(payload["entries"]))
            results = [
                self._store(payload["agent_id"], entry)
                for entry in payload["entries"]
                if entry["log_id"] not in self.forgotten_log_ids
            ]
            return 200, {"success": True, "data": {"results": results}}
        if body["event_name"] == "system.report_llm_delivery" and self.knows_receipts:
            self.receipts.append(payload)
            return 200, {"success": True}
        if body["event_name"] == "system.llm_call_started" and self.knows_starts:
            self.started.append(payload)
            return 200, {"success": True}
        if body["event_name"].startswith("system."):
            return 200, {"success": False, "message": f"unknown event {body['event_name']}"}
        return 200, {"success": True, "message": "passed on", "data": {"to": "somebody"}}

    def _store(self, agent_id: str, entry: Body) -> Body:
        log_id = entry["log_id"]
        self.arrivals[log_id] += 1
        if log_id in self.refused_log_ids:
            return {"log_id": log_id, "success": False, "error": "not wanted"}
        self.entries.setdefault(log_id, entry)
        self.agents_of_entries[log_id] = agent_id
        return {"log_id": log_id, "success": True}


def _handler_of(server: ProtocolServer) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"server_of_test": server})


class _Handler(BaseHTTPRequestHandler):
    server_of_test: ProtocolServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        self._serve({})

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if len(data) > self.server_of_test.max_body_bytes:
            self._reply(413, b'{"success": false, "error": "too large"}')
            return
        try:
            body = json.loads(data)
        except ValueError:
            self._reply(400, b'{"success": false, "error": "not JSON"}')
            return
        self._serve(body)

    def _serve(self, body: Body) -> None:
        server = self.server_of_test
        hang_until = time.monotonic() + server.hang_seconds
        while server.hang_seconds and time.monotonic() < hang_until:
            time.sleep(0.02)
        server.requests.append(f"{self.command} {urlsplit(self.path).path}")
        fault = server.faults.popleft() if server.faults else None
        if isinstance(fault, int):
            self._reply(fault, b'{"success": false, "error": "told to fail"}')
        elif fault == "close":
            self.close_connection = True
        elif fault == "refuse":
            self._reply(200, b'{"success": false, "message": "told to refuse"}')
        else:
            self._answer(body, fault)

    def _answer(self, body: Body, fault: str | None) -> None:
        status, answer = self.server_of_test.answer(self.path, body)
        if fault == "lost answer":
            self.close_connection = True
            return
        content = b"<html>" if fault == "not json" else json.dumps(answer).encode()
        self._reply(status, content, is_half=fault == "half")

    def _reply(self, status: int, content: bytes, is_half: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in self.server_of_test.fault_headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if is_half else content)
        self.close_connection |= is_half

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def handle(self) -> None:
        with suppress(OSError):  # the client gave up
            super().handle()


@contextmanager
def running_server() -> Iterator[ProtocolServer]:
    server = ProtocolServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
