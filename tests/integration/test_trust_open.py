"""A Studio that other machines can reach: reading needs a login or the token."""

import signal
import sqlite3
from contextlib import closing
from urllib.parse import urlencode

import pytest

from tests.integration.running_studio import RunningStudio, until

PASSWORD = "correct horse battery staple"
TOKEN = "t0ken-for-scripts"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def studio(tmp_path):
    settings = {
        "STUDIO_HOST": "0.0.0.0",
        "STUDIO_PASSWORD": PASSWORD,
        "STUDIO_API_TOKEN": TOKEN,
        "STUDIO_ALLOWED_HOSTS": "logs.example.org",
    }
    with RunningStudio(tmp_path / "ws", **settings) as running:
        yield running


def log_in(studio, password, **fields):
    body = urlencode({"password": password, **fields}).encode()
    return studio.request("POST", "/studio/login", headers=FORM, body=body)


def test_who_may_read(studio):
    page = studio.request("GET", "/studio/llm-logs?model=gpt-4o")
    assert (page.status, page.headers["location"]) == (
        302,
        "/studio/login?next=/studio/llm-logs%3Fmodel%3Dgpt-4o",
    )
    part = studio.request("GET", "/studio/llm-logs/state", headers={"HX-Request": "true"})
    assert (part.status, part.headers["hx-refresh"], part.body) == (401, "true", b"")
    for path in ("/api/llm-logs", "/api/llm-logs/stream", "/api/docs", "/api/nope"):
        refused = studio.request("GET", path)
        assert refused.status == 401
        assert refused.headers["www-authenticate"] == 'Bearer realm="LLM Logs"'
        assert refused.json["success"] is False
        assert "Authorization: Bearer" in refused.json["error"]

    token = {"Authorization": f"Bearer {TOKEN}"}
    assert studio.request("GET", "/api/nope", headers=token).status == 404
    wrong = {"Authorization": f"Bearer {PASSWORD}"}
    assert studio.request("GET", "/api/nope", headers=wrong).status == 401

    for path in ("/api/health", "/api/poll?agent_id=a"):
        assert studio.request("GET", path).status != 401
    assert studio.request("GET", "/static/css/base.css").status == 200


def test_a_login_lasts_until_the_password_changes(studio):
    form = studio.request("GET", "/studio/login?next=/studio/llm-logs%3Fa%3D1")
    assert form.status == 200
    assert b'name="next" value="/studio/llm-logs?a=1"' in form.body
    assert form.headers["cache-control"] == "no-store"

    answer = log_in(studio, PASSWORD, next="/studio/llm-logs?a=1")
    assert (answer.status, answer.headers["location"]) == (302, "/studio/llm-logs?a=1")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    session = {"Cookie": cookie.partition(";")[0]}
    assert studio.request("GET", "/api/nope", headers=session).status == 404
    assert PASSWORD not in cookie

    forged = {"Cookie": session["Cookie"][:-3] + "AAA"}
    assert studio.request("GET", "/api/nope", headers=forged).status == 401

    studio.end(signal.SIGTERM)
    studio.environ["STUDIO_PASSWORD"] = "another one"
    with studio:
        assert studio.request("GET", "/api/nope", headers=session).status == 401


def session_of(answer):
    return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


def kept_sessions(studio):
    path = studio.workspace / "studio" / "studio.sqlite3"
    with closing(sqlite3.connect(path, timeout=60)) as database, database:
        return [key for (key,) in database.execute("SELECT session_key FROM django_session")]


def test_logging_out_ends_the_session_and_no_other(studio):
    session, other = (session_of(log_in(studio, PASSWORD)) for _ in range(2))
    answer = studio.request("POST", "/studio/logout", headers={**FORM, **session})
    assert (answer.status, answer.headers["location"]) == (302, "/studio/login")
    assert 'studio_session=""' in answer.headers["set-cookie"]
    for path in ("/api/nope", "/studio/nope"):
        assert studio.request("GET", path, headers=session).status in (302, 401)
        assert studio.request("GET", path, headers=other).status == 404
    assert len(kept_sessions(studio)) == 1
    assert studio.request("POST", "/studio/logout", headers={**FORM, **session}).status == 401


def test_pages_offer_to_log_out_to_those_who_are_logged_in_only(studio):
    session = session_of(log_in(studio, PASSWORD))
    token = {"Authorization": f"Bearer {TOKEN}"}
    way_out = b'<form method="post" action="/studio/logout">'
    for path in ("/studio/llm-logs", "/studio/llm-logs/breakdown", "/api/docs"):
        assert way_out in studio.request("GET", path, headers=session).body, path
        assert way_out not in studio.request("GET", path, headers=token).body, path
    assert way_out not in studio.request("GET", "/studio/login").body


def test_a_login_that_is_over_is_told_where_one_logs_in_again(studio):
    session = session_of(log_in(studio, PASSWORD))
    assert b"Your login is over" not in studio.request("GET", "/studio/login").body
    assert b"is over" not in studio.request("GET", "/studio/login", headers=session).body
    studio.request("POST", "/studio/logout", headers={**FORM, **session})
    form = studio.request("GET", "/studio/login", headers=session)
    assert b"Your login is over. Log in again to go on where you were." in form.body


def test_a_session_ends_with_its_time_and_is_removed(studio):
    session = session_of(log_in(studio, PASSWORD))
    [key] = kept_sessions(studio)
    path = studio.workspace / "studio" / "studio.sqlite3"
    with closing(sqlite3.connect(path, timeout=60)) as database, database:
        database.execute("UPDATE django_session SET expire_date = '2020-01-01 00:00:00'")
    assert studio.request("GET", "/api/nope", headers=session).status == 401
    log_in(studio, PASSWORD)
    assert key not in kept_sessions(studio)


def test_wrong_passwords_are_refused_then_slowed(studio):
    for _ in range(3):
        answer = log_in(studio, "wrong")
        assert answer.status == 403
        assert "set-cookie" not in answer.headers
        assert b"This is not the password" in answer.body
    # Who is slower than the first pause, of a second, tries again: the right password forgives.
    slowed = until(lambda: refused_meanwhile(studio), "a pause")
    assert int(slowed.headers["retry-after"]) >= 1
    assert b"Too many wrong passwords" in slowed.body


def refused_meanwhile(studio):
    """The answer to the right password while it has to wait; None if it came after the pause."""
    for _ in range(3):
        log_in(studio, "wrong")
    answer = log_in(studio, PASSWORD)
    return answer if answer.status == 429 else None


@pytest.mark.parametrize(
    "after", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_login_leads_nowhere_else(studio, after):
    answer = log_in(studio, PASSWORD, next=after)
    assert (answer.status, answer.headers["location"]) == (302, "/studio/llm-logs")


def test_a_login_form_of_another_site_is_refused(studio):
    body = urlencode({"password": PASSWORD}).encode()
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = studio.request("POST", "/studio/login", headers={**FORM, **headers}, body=body)
        assert answer.status == 403
        assert "set-cookie" not in answer.headers


def test_which_names_it_answers_to(studio):
    token = {"Authorization": f"Bearer {TOKEN}"}
    for name, status in (("logs.example.org", 404), ("192.0.2.9:8700", 404), ("evil.example", 400)):
        answer = studio.request("GET", "/api/nope", headers={"Host": name, **token})
        assert answer.status == status
