"""Reading entries back, page by page."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from agents_sdk import ApiError, ServerUnreachable, get_llm_logs


class Api:
    """Serves `entries` in pages whose cursor is an offset."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = [{"log_id": str(number)} for number in range(1203)]
        self.expire_at_request: set[int] = set()
        self.requests: list[tuple[str, dict[str, list[str]], str | None]] = []
        self.url = ""

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        if len(self.requests) in self.expire_at_request:
            return 410, {"success": False, "error": "this cursor is of an index that is gone"}
        if query.get("view") == ["wrong"]:
            return 422, {"success": False, "error": "view='wrong'; expected full or summary"}
        start, limit = int(query.get("cursor", ["0"])[0]), int(query["limit"][0])
        rows = self.entries[start : start + limit]
        has_more = start + limit < len(self.entries)
        return 200, {
            "logs": rows,
            "has_more": has_more,
            "next_cursor": str(start + limit) if has_more else None,
        }


@pytest.fixture
def api() -> Iterator[Api]:
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            api.requests.append((parts.path, query, self.headers.get("Authorization")))
            status, body = api.answer(parts.path, query)
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield api
    server.shutdown()
    server.server_close()


def test_all_pages_are_walked(api: Api) -> None:
    assert get_llm_logs("team/bot", base_url=api.url) == api.entries
    assert [query["limit"] for _, query, _ in api.requests] == [["500"]] * 3
    assert api.requests[0][0] == "/api/agents/service/team%2Fbot/llm-logs"
    assert api.requests[0][1]["view"] == ["full"]
    assert "cursor" not in api.requests[0][1]


@pytest.mark.parametrize(("limit", "requests"), [(0, 0), (10, 1), (500, 1), (501, 2)])
def test_a_limit_asks_for_no_more_than_it(api: Api, limit: int, requests: int) -> None:
    assert get_llm_logs(base_url=api.url, limit=limit) == api.entries[:limit]
    assert len(api.requests) == requests


def test_filters_are_passed_on_in_the_words_of_the_api(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTS_SDK_URL", api.url)
    get_llm_logs(
        limit=1, has_error=True, model=None, search="ü & b", agent_ids=["a", "b"],
        view="summary", api_token="t",
    )  # fmt: skip
    path, query, authorization = api.requests[0]
    assert path == "/api/llm-logs"
    assert query == {
        "limit": ["1"],
        "has_error": ["true"],
        "search": ["ü & b"],
        "agent_ids": ["a", "b"],
        "view": ["summary"],
    }
    assert authorization == "Bearer t"


def test_an_expired_cursor_begins_the_walk_again(api: Api) -> None:
    api.expire_at_request = {2}
    assert get_llm_logs(base_url=api.url) == api.entries
    api.expire_at_request = set(range(100))
    with pytest.raises(ApiError, match="410"):
        get_llm_logs(base_url=api.url)


def test_a_refused_question_is_raised_in_the_words_of_the_api(api: Api) -> None:
    with pytest.raises(ApiError) as caught:
        get_llm_logs(base_url=api.url, view="wrong")
    assert (caught.value.status, caught.value.message) == (
        422,
        "view='wrong'; expected full or summary",
    )


def test_no_answer_is_raised_too() -> None:
    with pytest.raises(ServerUnreachable, match="http://127.0.0.1:1 does not answer"):
        get_llm_logs(base_url="http://127.0.0.1:1")


@pytest.mark.parametrize("limit", [-1, "3", 2.5, True])
def test_a_limit_that_makes_no_sense_is_refused_before_anything_is_asked(
    api: Api, limit: Any
) -> None:
    with pytest.raises(ValueError, match="expected a whole number of 0 or more, or None"):
        get_llm_logs("bot", base_url=api.url, limit=limit)
    assert api.requests == []
