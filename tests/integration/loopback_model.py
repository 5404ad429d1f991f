"""A loopback server that speaks OpenAI's chat completions, for agents under test.

It asks for the tool `weather` first and answers once it has the tool's result; the model
`gpt-broken` fails with a 400. No streaming: the agents it serves here do not ask for any.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USAGE = {"prompt_tokens": 21, "completion_tokens": 4, "total_tokens": 25}
TOOL_CALL = {
    "id": "call_weather",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Köln"}'},
}
ANSWER = "It rains in Köln."


@contextmanager
def loopback_model() -> Iterator[str]:
    """Serve until the block ends; gives the base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if asked["model"] == "gpt-broken":
            self._answer(400, {"error": {"message": "This model is broken.", "type": "invalid"}})
            return
        self._answer(200, _completion(asked))

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        return None


def _completion(asked: dict[str, Any]) -> dict[str, Any]:
    has_result = any(message["role"] == "tool" for message in asked["messages"])
    wants_tool = bool(asked.get("tools")) and not has_result and _offers_weather(asked["tools"])
    message: dict[str, Any] = {"role": "assistant", "content": None if wants_tool else ANSWER}
    if wants_tool:
        message["tool_calls"] = [TOOL_CALL]
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": asked["model"],
        "choices": [
            {
                "index": 0,
                "message": message,
                "finish_reason": "tool_calls" if wants_tool else "stop",
            }
        ],
        "usage": USAGE,
    }


def _offers_weather(tools: list[dict[str, Any]]) -> bool:
    return any(tool["function"]["name"] == "weather" for tool in tools)
