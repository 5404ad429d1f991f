"""Who may ask, as pure functions; tests/integration/test_trust_* ask a running Studio."""

import pytest

from studio.trust import (
    bearer_matches,
    deny_content_type,
    deny_cross_site,
    deny_reader,
    is_api,
    is_open_path,
)


def cross_site(method="GET", *, site="", mode="", destination="", origin=""):
    return deny_cross_site(
        method,
        site=site,
        mode=mode,
        destination=destination,
        origin=origin,
        host_header="localhost:8700",
    )


def reader(path, *, is_logged_in=False, authorization=""):
    return deny_reader(
        path,
        needs_login=True,
        is_logged_in=is_logged_in,
        authorization=authorization,
        api_token="t0ken",
    )


@pytest.mark.parametrize("site", ["", "none", "same-origin", "same-site"])
def test_scripts_and_our_own_pages_pass(site):
    assert cross_site("POST", site=site) is None


def test_following_a_link_from_another_site_passes():
    assert cross_site(site="cross-site", mode="navigate", destination="document") is None


@pytest.mark.parametrize(
    "request_parts",
    [
        {"method": "GET", "mode": "no-cors", "destination": "script"},
        {"method": "GET", "mode": "cors", "destination": "empty"},
        {"method": "GET", "mode": "navigate", "destination": "iframe"},
        {"method": "POST", "mode": "navigate", "destination": "document"},
        {"method": "GET"},
    ],
    ids=["script", "fetch", "frame", "form", "bare"],
)
def test_everything_else_another_site_asks_for_is_refused(request_parts):
    denial = cross_site(site="cross-site", **request_parts)
    assert denial is not None
    assert denial.status == 403
    assert "Sec-Fetch-Site: cross-site" in denial.error


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://localhost:3000", "null", "http://["]
)
def test_a_page_of_another_origin_may_not_post(origin):
    denial = cross_site("POST", site="same-site", origin=origin)
    assert denial is not None
    assert denial.error.startswith(f"A page of '{origin}' sent this POST;")


@pytest.mark.parametrize("origin", ["http://localhost:8700", "https://LOCALHOST:8700"])
def test_our_own_page_may_post(origin):
    assert cross_site("POST", origin=origin) is None


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", "Application/JSON"],
)
def test_json_bodies_pass(content_type):
    assert deny_content_type("POST", "/api/send_event", content_type, has_body=True) is None


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
)
def test_bodies_a_foreign_form_can_send_are_refused(content_type):
    denial = deny_content_type("POST", "/api/send_event", content_type, has_body=True)
    assert denial is not None
    assert denial.status == 415
    assert denial.error == (
        f"The Content-Type is '{content_type}'; expected application/json; "
        "send the body as JSON with the header 'Content-Type: application/json'."
    )


def test_pages_may_take_forms():
    assert (
        deny_content_type(
            "POST", "/studio/login", "application/x-www-form-urlencoded", has_body=True
        )
        is None
    )


def test_a_get_with_a_content_type_passes():
    assert deny_content_type("GET", "/api/health", "text/plain", has_body=True) is None


@pytest.mark.parametrize("method", ["DELETE", "PUT", "FOO"])
def test_a_method_that_no_route_takes_is_left_to_the_route(method):
    assert deny_content_type(method, "/api/llm-logs/x", "text/plain", has_body=True) is None


def test_without_a_body_there_is_no_content_type_to_ask_for():
    assert deny_content_type("POST", "/api/llm-logs", "", has_body=False) is None


@pytest.mark.parametrize(
    "path",
    [
        "/api/health",
        "/api/register",
        "/api/unregister",
        "/api/poll",
        "/api/send_event",
        "/studio/login",
        "/static/vendor/htmx.min.js",
    ],
)
def test_agents_login_and_static_files_need_no_login(path):
    assert reader(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/studio/llm-logs",
        "/studio/login/",
        "/api/llm-logs",
        "/api/health/",
        "/api/healthz",
        "/api/docs",
        "/staticfiles",
    ],
)
def test_everything_else_needs_one(path):
    denial = reader(path)
    assert denial is not None
    assert denial.status == 401


def test_a_session_or_the_token_opens_it():
    assert reader("/api/llm-logs", is_logged_in=True) is None
    assert reader("/api/llm-logs", authorization="Bearer t0ken") is None


def test_without_a_password_nothing_needs_a_login():
    assert (
        deny_reader(
            "/studio/llm-logs",
            needs_login=False,
            is_logged_in=False,
            authorization="",
            api_token="",
        )
        is None
    )


@pytest.mark.parametrize(
    ("authorization", "token", "matches"),
    [
        ("Bearer t0ken", "t0ken", True),
        ("bearer  t0ken", "t0ken", True),
        ("Bearer wrong", "t0ken", False),
        ("Basic t0ken", "t0ken", False),
        ("t0ken", "t0ken", False),
        ("Bearer ", "", False),
        ("Bearer ünïcode", "t0ken", False),
        ("", "", False),
    ],
)
def test_the_token_is_compared_whole(authorization, token, matches):
    assert bearer_matches(authorization, token) is matches


@pytest.mark.parametrize(
    ("path", "speaks_json"),
    [("/api", True), ("/api/", True), ("/api/x", True), ("/apis", False), ("/studio", False)],
)
def test_the_api_is_told_by_its_path(path, speaks_json):
    assert is_api(path) is speaks_json


def test_an_open_path_is_open_to_the_letter():
    assert not is_open_path("/API/HEALTH")
