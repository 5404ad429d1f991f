"""The live feed over HTTP: files on one side, a reader's socket on the other."""

import json
import re
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from llmlogs.live.broadcaster import MAX_SUBSCRIBERS
from llmlogs.live.views import HEARTBEAT_SECONDS
from tests.integration.running_studio import Answer, RunningStudio, until
from tests.integration.studio_with_entries import (
    EventStream,
    append,
    entry,
    studio_with,
    wait_for_calls,
)

STREAM = "/api/llm-logs/stream"
FEED = "/studio/llm-logs/feed"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    with studio_with(tmp_path_factory.mktemp("studio") / "workspace", entry(1)) as running:
        yield running


def fresh(name: str, count: int, **overrides: Any) -> list[dict[str, Any]]:
    now = time.time()
    return [
        entry(number, log_id=f"{name}-{number}", timestamp=now + number / 1000, **overrides)
        for number in range(count)
    ]


def ids(logs: list[dict[str, Any]]) -> list[str]:
    return [log["log_id"] for log in logs]


def test_headers_arrive_at_once_and_keep_the_stream_whole(studio: RunningStudio) -> None:
    with EventStream(studio, STREAM, Accept_Encoding="gzip") as stream:
        assert "200" in stream.head.splitlines()[0]
        headers = stream.head.lower()
        assert "content-type: text/event-stream" in headers
        assert "content-encoding: identity" in headers
        assert "x-accel-buffering: no" in headers
        opening = stream.block()
    assert re.fullmatch(rb": ok\nretry: 2000\nid: g\d+-\d+", opening), opening


def test_a_reader_cut_before_its_first_row_comes_back_to_where_it_began(
    studio: RunningStudio,
) -> None:
    with EventStream(studio, STREAM) as stream:
        position = stream.block().rpartition(b"id: ")[2].decode()
    (missed,) = fresh("while-away", 1)
    append(studio.workspace, missed)
    with EventStream(studio, STREAM, Last_Event_ID=position) as stream:
        assert ids(stream.logs(1)) == [missed["log_id"]]


def test_a_call_that_is_written_arrives_with_everything_but_its_messages(
    studio: RunningStudio,
) -> None:
    with EventStream(studio, STREAM) as stream:
        (call,) = fresh("arrives", 1)
        append(studio.workspace, call)
        (log,) = stream.logs(1)
    assert log["late"] is False
    assert log["preview"] == "Question 0?"
    stored = {key: call[key] for key in call if key not in ("messages", "tools", "completion")}
    assert {key: log[key] for key in stored} == stored


def test_the_readers_filter_is_applied_by_the_server(studio: RunningStudio) -> None:
    with (
        EventStream(studio, f"{STREAM}?agent_id=quiet&search=needle") as narrow,
        EventStream(studio, STREAM) as wide,
    ):
        calls = [
            *fresh("noise", 3),
            *fresh("other", 1, agent_id="quiet"),
            *fresh("match", 1, agent_id="quiet", completion="a NEEDLE here"),
        ]
        append(studio.workspace, *calls)
        assert sorted(ids(wide.logs(5))) == sorted(ids(calls))
        assert ids(narrow.logs(1)) == ["match-0"]


def test_a_reader_that_comes_back_misses_nothing_and_sees_nothing_twice(
    studio: RunningStudio,
) -> None:
    calls = fresh("resume", 60)
    seen: list[str] = []
    with EventStream(studio, STREAM) as stream:
        append(studio.workspace, *calls[:20])
        seen += ids(stream.logs(20))
        last_id = stream.last_id
    append(studio.workspace, *calls[20:40])
    for _ in range(3):
        with EventStream(studio, STREAM, Last_Event_ID=last_id) as stream:
            assert len(seen) < 60
            append(studio.workspace, *calls[40:60] if len(seen) == 20 else [])
            seen += ids(stream.logs(1))
            last_id = stream.last_id
            if len(seen) == 60:
                break
    while len(seen) < 60:
        with EventStream(studio, STREAM, Last_Event_ID=last_id) as stream:
            seen += ids(stream.logs(1))
            last_id = stream.last_id
    assert seen == ids(calls)


def test_the_position_may_stand_in_the_address(studio: RunningStudio) -> None:
    with EventStream(studio, STREAM) as stream:
        calls = fresh("after", 2)
        append(studio.workspace, calls[0])
        stream.logs(1)
        append(studio.workspace, calls[1])
        with EventStream(studio, f"{STREAM}?after={stream.last_id}") as second:
            assert ids(second.logs(1)) == ["after-1"]


@pytest.mark.parametrize("last_id", ["g1-5", "nonsense", "g99999999999-1"])
def test_an_id_that_is_none_of_ours_is_reset(studio: RunningStudio, last_id: str) -> None:
    with EventStream(studio, STREAM, Last_Event_ID=last_id) as stream:
        event = stream.event()
        assert event["event"] == "reset"
        assert set(json.loads(event["data"])) == {"generation"}
        calls = fresh(f"reset-{last_id}", 1)
        append(studio.workspace, *calls)
        assert ids(stream.logs(1)) == ids(calls)


def test_a_call_older_than_those_shown_is_marked_late(studio: RunningStudio) -> None:
    with EventStream(studio, STREAM) as stream, EventStream(studio, FEED) as page:
        append(studio.workspace, *fresh("in-time", 1))
        assert stream.logs(1)[0]["late"] is False
        append(studio.workspace, entry(log_id="too-late", timestamp=time.time() - 400))
        assert stream.logs(1)[0]["late"] is True
        html = page.event()["data"]
        while "too-late" not in html:
            html = page.event()["data"]
        assert ">late</span>" in html


def test_many_calls_at_once_come_in_few_events(studio: RunningStudio) -> None:
    with EventStream(studio, STREAM) as stream:
        calls = fresh("burst", 400)
        started = time.monotonic()
        for start in range(0, 400, 20):
            append(studio.workspace, *calls[start : start + 20])
        events = 0
        seen: list[str] = []
        while len(seen) < 400:
            seen += ids(json.loads(stream.event()["data"])["logs"])
            events += 1
        assert seen == ids(calls)
        assert events <= 4 * (time.monotonic() - started) + 1


def test_the_page_s_feed_sends_rows_that_cannot_break_out(studio: RunningStudio) -> None:
    with EventStream(studio, FEED) as stream:
        attack = "</li><script>alert(1)</script>\r\n\ndata: x"
        (call,) = fresh("attack", 1, model_name=attack)
        call["messages"][-1]["content"] = attack
        append(studio.workspace, call)
        data = stream.event()["data"]
    assert data.startswith('<hx-partial hx-target="#inbox"')
    assert data.endswith("</hx-partial>")
    assert "<script" not in data


def test_streams_end_in_the_server_when_their_readers_leave(studio: RunningStudio) -> None:
    web = studio.pid_of("studioweb")
    assert web is not None
    with ExitStack() as readers:
        for _ in range(20):
            stream = readers.enter_context(EventStream(studio, STREAM))
            assert stream.block().startswith(b": ok")
        with_readers = open_sockets(web)
    left_at = time.monotonic()
    until(lambda: open_sockets(web) <= with_readers - 20, "sockets are closed")
    assert time.monotonic() - left_at < HEARTBEAT_SECONDS, "only a heartbeat found them gone"
    assert "took too long" not in studio.output


def test_a_reader_for_whom_there_is_no_place_is_told_when_to_come_back(
    studio: RunningStudio,
) -> None:
    web = studio.pid_of("studioweb")
    assert web is not None
    before = open_sockets(web)

    def refusal() -> Answer | None:
        """The answer to one reader too many; those who left a moment ago may still count."""
        with ExitStack() as readers:
            for _ in range(MAX_SUBSCRIBERS):
                stream = readers.enter_context(EventStream(studio, STREAM))
                if " 503 " in stream.head:
                    return None
            return studio.request("GET", STREAM)

    answer = until(refusal, "all places are taken")
    assert answer is not None
    assert answer.status == 503
    assert answer.headers["retry-after"] == "10"
    assert answer.json["error"].startswith("All places of the live feed are taken")
    until(lambda: open_sockets(web) <= before, "places for the tests that follow")


def test_a_reader_that_does_not_read_is_told_of_its_gap(studio: RunningStudio) -> None:
    """Without backpressure it would get everything in the end, out of the server's memory."""
    with EventStream(studio, STREAM) as slow, EventStream(studio, STREAM) as brisk:
        # However much this system would keep for a reader.
        slow.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        for batch in range(10):
            # Unknown keys are part of an entry: 40 MB, at the pace of a reader that does read.
            calls = fresh(f"flood-{batch}", 100, ballast="x" * 40_000)
            append(studio.workspace, *calls)
            assert ids(brisk.logs(100)) == ids(calls)
        append(studio.workspace, *fresh("after-the-flood", 1))
        missed = 0
        while "after-the-flood-0" not in (event := slow.event())["data"]:
            if event.get("event") == "gap":
                missed += json.loads(event["data"])["missed"]
        assert missed > 100


def open_sockets(pid: int) -> int:
    found = 0
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found += str(link.readlink()).startswith("socket:")
    return found


def test_a_new_index_resets_the_readers_and_the_feed_goes_on(tmp_path: Path) -> None:
    with (
        studio_with(tmp_path / "workspace", entry(1)) as studio,
        EventStream(studio, STREAM) as stream,
    ):
        shutil.rmtree(studio.workspace / "studio" / "index")
        assert stream.event()["event"] == "reset"
        wait_for_calls(studio, 1)
        append(studio.workspace, *fresh("anew", 1))
        while "anew-0" not in stream.event()["data"]:
            pass


def test_the_stream_ends_with_its_login_and_no_other(tmp_path: Path) -> None:
    locked = {"STUDIO_HOST": "0.0.0.0", "STUDIO_PASSWORD": "correct horse"}
    with RunningStudio(tmp_path / "locked", worker=None, **locked) as studio:
        until(lambda: (studio.workspace / "studio" / "index" / "CURRENT").exists(), "an index")
        first, second = logged_in(studio, "correct horse"), logged_in(studio, "correct horse")
        with (
            EventStream(studio, STREAM, **first) as ends,
            EventStream(studio, STREAM, **second) as on,
        ):
            append(studio.workspace, *fresh("before", 1))
            assert ids(ends.logs(1)) == ids(on.logs(1)) == ["before-0"]
            assert studio.request("POST", "/studio/logout", headers=first).status == 302
            append(studio.workspace, *fresh("after", 1))
            assert ids(on.logs(1)) == ["after-0"]
            assert ends.rest() == b""


def logged_in(studio: RunningStudio, password: str) -> dict[str, str]:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode({"password": password}).encode()
    answer = studio.request("POST", "/studio/login", headers=form, body=body)
    return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


def test_the_stream_ends_when_the_studio_does(tmp_path: Path) -> None:
    with studio_with(tmp_path / "workspace", entry(1)) as studio:
        stream = EventStream(studio, STREAM)
        stream.block()
    assert stream.is_ended()
    stream.connection.close()
