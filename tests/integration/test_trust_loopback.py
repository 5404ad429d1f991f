"""What a Studio on loopback answers, and to whom: a real one, asked byte by byte."""

import json
import socket
from urllib.parse import quote, urlencode

import pytest

from tests.integration.running_studio import RunningStudio, read_answer

LIMIT = 200_000
MAX_ADDRESS_BYTES = 262_144
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    workspace = tmp_path_factory.mktemp("trust") / "ws"
    with RunningStudio(workspace, STUDIO_MAX_EVENT_BYTES=str(LIMIT)) as running:
        yield running


def assert_api_error(answer, status, sentence):
    assert answer.status == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.json["success"] is False
    assert sentence in answer.json["error"]


def test_a_name_rebound_to_this_machine_is_refused(studio):
    for path in ("/studio/llm-logs", "/api/llm-logs", "/api/health", "/static/css/base.css"):
        answer = studio.request("GET", path, headers={"Host": "evil.example:8700"})
        assert answer.status == 400
        assert b"evil.example:8700" in answer.body


def test_the_refused_name_is_escaped_on_the_page(studio):
    answer = studio.request("GET", "/studio/llm-logs", headers={"Host": "<script>"})
    assert answer.status == 400
    assert b"<script>" not in answer.body


def test_two_host_headers_are_refused(studio):
    headers = {"Host": f"localhost:{studio.port}", "host": "evil.example"}
    assert studio.request("GET", "/", headers=headers).status == 400


@pytest.mark.parametrize("path", ["/api/health", "/api/poll?agent_id=a", "/studio/llm-logs"])
def test_what_another_site_fetches_is_refused(studio, path):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert studio.request("GET", path, headers=headers).status == 403


def test_a_link_from_another_site_is_followed(studio):
    headers = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }
    assert studio.request("GET", "/", headers=headers).status == 302


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_is_not_json_is_answered_415(studio, content_type):
    headers = {"Content-Type": content_type}
    answer = studio.request("POST", "/api/send_event", headers=headers, body=b"{}")
    assert_api_error(answer, 415, f"The Content-Type is '{content_type}'; expected")


def test_a_body_in_chunks_is_a_body_too(studio):
    with socket.create_connection(("127.0.0.1", studio.port), 30) as connection:
        connection.sendall(
            b"POST /api/send_event HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        )
        answer = read_answer(connection)
    assert_api_error(answer, 415, "The Content-Type is 'text/plain'; expected")


def test_a_body_that_is_announced_too_large_is_refused_before_it_comes(studio):
    answer = studio.request(
        "POST", "/api/send_event", headers={**JSON, "Content-Length": str(10**12)}
    )
    assert_api_error(answer, 413, f"larger than {LIMIT} bytes")


def test_a_body_that_grows_too_large_in_chunks_is_refused_on_the_way(studio):
    with socket.create_connection(("127.0.0.1", studio.port), 30) as connection:
        connection.sendall(
            b"POST /api/send_event HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for _ in range(5):
            connection.sendall(b"%x\r\n%s\r\n" % (50_000, b" " * 50_000))
        assert_api_error(read_answer(connection), 413, f"larger than {LIMIT} bytes")


def test_a_client_that_sends_all_of_a_large_body_still_reads_the_answer(studio):
    body = b" " * (20 * LIMIT)
    answer = studio.request("POST", "/api/send_event", headers=JSON, body=body)
    assert_api_error(answer, 413, f"larger than {LIMIT} bytes")


def test_a_body_at_the_limit_passes(studio):
    body = json.dumps({"pad": ""}).encode().ljust(LIMIT)
    answer = studio.request("POST", "/api/send_event", headers=JSON, body=body)
    assert answer.status != 413


def test_a_large_form_is_refused_wherever_it_goes(studio):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = studio.request("POST", "/studio/login", headers=headers, body=b"a=" + b"b" * 70_000)
    assert_api_error(answer, 413, "larger than 65536 bytes")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nope", "/api/agents"])
def test_unknown_addresses_of_the_api_are_json(studio, path):
    assert_api_error(studio.request("GET", path), 404, "")


def test_an_unknown_page_is_a_page(studio):
    answer = studio.request("GET", "/studio/nope")
    assert answer.status == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert b"There is nothing at this address" in answer.body


def test_no_post_is_ever_redirected(studio):
    for path in ("/api/send_event/", "/api/register/", "/api"):
        answer = studio.request("POST", path, headers=JSON, body=b"{}")
        assert_api_error(answer, 404, "")


LONG_ADDRESSES = {
    "id": "/api/agents/service/lng/llm-logs/" + quote("日" * 3000),
    "agents": "/api/llm-logs?" + urlencode([("agent_id", "語" * 200)] * 100),
    "search": "/api/llm-logs?" + urlencode({"search": "検" * 2000}),
}


@pytest.mark.parametrize("kind", LONG_ADDRESSES)
def test_an_address_as_long_as_its_parts_may_be_is_answered(studio, kind):
    assert_api_error(studio.request("GET", LONG_ADDRESSES[kind]), 503, "There is no index")


def test_an_address_beyond_the_limit_is_answered_414(studio):
    answer = studio.request("GET", "/api/llm-logs?search=" + "x" * 5_000_000)
    assert_api_error(answer, 414, f"longer than {MAX_ADDRESS_BYTES} bytes")


def test_a_header_beyond_the_limit_is_answered_431(studio):
    headers = {"X-Long": "x" * (MAX_ADDRESS_BYTES + 1)}
    answer = studio.request("GET", "/api/health", headers=headers)
    assert_api_error(answer, 431, f"longer than {MAX_ADDRESS_BYTES} bytes")


def test_every_answer_forbids_inline_script_and_framing(studio):
    for path in ("/", "/studio/nope", "/api/nope", "/static/css/base.css"):
        headers = studio.request("GET", path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "server" not in headers


def test_static_files_are_kept_by_digest_and_asked_for_otherwise(studio):
    plain = studio.request("GET", "/static/vendor/htmx.min.js")
    assert plain.headers["cache-control"] == "no-cache"
    digest = plain.headers["etag"].strip('W/"')
    dated = studio.request("GET", f"/static/vendor/htmx.min.js?v={digest}")
    assert dated.headers["cache-control"] == "public, max-age=31536000, immutable"
    known = {"If-None-Match": plain.headers["etag"]}
    again = studio.request("GET", "/static/vendor/htmx.min.js", headers=known)
    assert (again.status, again.body) == (304, b"")


def test_static_files_are_compressed_for_those_who_take_it(studio):
    headers = {"Accept-Encoding": "gzip"}
    small = studio.request("GET", "/static/vendor/htmx.min.js", headers=headers)
    assert small.headers["content-encoding"] == "gzip"
    assert len(small.body) < 20_000


@pytest.mark.parametrize(
    "path",
    [
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
        "/static/..%2f..%2fetc/passwd",
        "/static//etc/passwd",
        "/static/%00",
        "/static/css",
        "/static/",
    ],
)
def test_static_files_end_at_their_folder(studio, path):
    assert studio.request("GET", path).status == 404


def test_a_websocket_is_refused_politely(studio):
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    assert studio.request("GET", "/", headers=headers).status == 403
    assert "Traceback" not in studio.output


def test_without_a_password_there_is_nothing_to_log_in_to(studio):
    answer = studio.request("GET", "/studio/login")
    assert (answer.status, answer.headers["location"]) == (302, "/studio/llm-logs")
