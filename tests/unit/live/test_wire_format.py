"""The events as they go over the wire."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmlogs.live import events, faces
from llmlogs.live.faces import FeedRow
from llmlogs.live.runningcalls import OpenRow, RunningCalls, RunningNews
from llmlogs.live.source import LATE_AFTER_SECONDS, Want, rendered
from llmlogs.live.subscription import Delivery
from llmlogs.live.views import encode
from llmlogs.queries.feed import FeedPosition
from llmlogs.queries.filters import LogFilter
from llmlogs.running import NO_END_AFTER_SECONDS, Board, RunningCall
from tests.unit.summaries import summary

AT_9 = FeedPosition(7, 9)
FACES = [faces.JSON, faces.HTML]


def fields(event: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in event.splitlines())


def parse(stream: bytes) -> list[dict[str, str]]:
    """Events as a reader of the specification splits them."""
    return [fields(event) for event in stream.decode().split("\n\n") if event]


def feed_row(face: faces.Face, number: int, **overrides: object) -> FeedRow:
    entry = summary(number, **overrides)
    return FeedRow(number, entry.timestamp, face.render(entry, faces.Setting(7)))


def test_rows_for_programs_are_one_object_in_the_order_of_arrival() -> None:
    rows = (feed_row(faces.JSON, 8), feed_row(faces.JSON, 9))
    (event,) = parse(encode(Delivery(AT_9, rows), faces.JSON))
    assert event["id"] == "g7-9"
    assert [log["log_id"] for log in json.loads(event["data"])["logs"]] == ["log-8", "log-9"]


def test_rows_for_the_page_go_into_its_inbox_newest_first() -> None:
    rows = (feed_row(faces.HTML, 8), feed_row(faces.HTML, 9))
    (event,) = parse(encode(Delivery(AT_9, rows), faces.HTML))
    assert event["data"].startswith('<hx-partial hx-target="#inbox" hx-swap="beforeend">')
    assert event["data"].index("/bot/log-9") < event["data"].index("/bot/log-8")


def test_only_the_last_event_of_a_delivery_carries_the_id() -> None:
    delivery = Delivery(AT_9, (feed_row(faces.JSON, 9),), is_reset=True, missed=3)
    reset, gap, rows = parse(encode(delivery, faces.JSON))
    assert (reset["event"], gap["event"]) == ("reset", "gap")
    assert json.loads(reset["data"]) == {"generation": 7}
    assert json.loads(gap["data"]) == {"missed": 3}
    assert ["id" in event for event in (reset, gap, rows)] == [False, False, True]


def test_a_gap_alone_carries_the_id() -> None:
    (gap,) = parse(encode(Delivery(AT_9, missed=None), faces.HTML))
    assert gap == {"id": "g7-9", "event": "gap", "data": '{"missed":null}'}


def test_a_heartbeat_is_a_comment_and_an_id_without_data() -> None:
    assert events.heartbeat(AT_9) == b": heartbeat\nid: g7-9\n\n"


@pytest.mark.parametrize("face", FACES, ids=["json", "html"])
@given(st.text(st.characters(codec="utf-8")))
def test_no_text_of_an_entry_can_end_an_event_or_escape_its_place(
    face: faces.Face, text: str
) -> None:
    fields = {"model_name": text, "provider": text, "error": text}
    row = feed_row(face, 9, preview=text, agent_id=text or "a", fields=fields)
    stream = encode(Delivery(AT_9, (row,)), face)
    assert stream.count(b"\n") == 3
    assert b"\r" not in stream
    assert stream.count(b"<script") == 0 or face is faces.JSON


def test_markup_in_an_entry_is_escaped_in_the_row() -> None:
    attack = "</li></hx-partial><script>alert(1)</script>"
    html = faces.HTML.render(
        summary(preview=attack, agent_id=attack, fields={"model_name": attack}), faces.Setting(7)
    )
    assert b"<script>" not in html
    assert html.count(b"</li>") == 1


def want(newest: float | None) -> Want:
    return Want(LogFilter(), faces.JSON, FeedPosition(7, 0), newest)


def lateness(timestamps: list[float], newest: float | None) -> list[bool]:
    entries = [summary(n, timestamp=timestamp) for n, timestamp in enumerate(timestamps, start=1)]
    rows, _ = rendered(entries, want(newest), 7, now=1000.0)
    return [json.loads(row.payload)["late"] for row in rows]


def test_a_row_older_than_one_already_shown_is_late() -> None:
    assert lateness([100.0, 50.0, 101.0], newest=None) == [False, True, False]
    assert lateness([50.0], newest=100.0) == [True]


def test_the_order_within_a_second_is_no_lateness() -> None:
    assert lateness([100.0, 100.0 - LATE_AFTER_SECONDS], newest=None) == [False, False]


def test_an_agent_whose_clock_is_ahead_makes_nobody_late() -> None:
    assert lateness([5000.0, 999.5, 998.0], newest=None) == [False, False, True]


def test_running_calls_come_last_as_keys_and_as_those_rows_that_are_new() -> None:
    fresh = (OpenRow("call-2", False, '<li id="call-2">"\n</li>'),)
    news = RunningNews(("call-2", "call-1"), fresh, "2 running", 1_764_000_000.5)
    delivery = Delivery(AT_9, (feed_row(faces.HTML, 9),), running=news)
    _, event = parse(encode(delivery, faces.HTML))
    assert (event["event"], event["id"]) == ("running", "g7-9")
    assert json.loads(event["data"]) == {
        "now": 1_764_000_000.5,
        "told": "2 running",
        "keys": ["call-2", "call-1"],
        "rows": {"call-2": '<li id="call-2">"\n</li>'},
    }


@given(st.text(st.characters(codec="utf-8")))
def test_no_text_of_a_running_call_can_end_an_event_or_escape_its_place(text: str) -> None:
    call = RunningCall(
        agent_id=text or "a",
        log_id="1",
        started_at=1_764_000_000.0,
        model_name=text,
        provider=text,
        preview=text,
        role=text,
    )
    board = Board(lambda: 1_764_000_001.0)
    board.add(call)
    calls = RunningCalls(board, lambda: 1_764_000_001.0)
    calls._calls = board.calls()
    news = calls.of(LogFilter()).news(None)
    stream = encode(Delivery(AT_9, running=news), faces.HTML)
    assert stream.count(b"\n") == 4
    assert b"\r" not in stream
    (row,) = news.fresh
    assert row.html.count("<li") == row.html.count("</li>") == 1
    assert "<script" not in row.html


def test_a_call_that_never_ends_is_told_again_as_one_without_an_end() -> None:
    times = {"now": 1_764_000_000.0}
    calls = RunningCalls(Board(lambda: times["now"]), lambda: times["now"])
    calls._calls = (RunningCall(agent_id="a", log_id="1", started_at=times["now"]),)
    began = calls.of(LogFilter())
    times["now"] += NO_END_AFTER_SECONDS - 1
    assert calls.of(LogFilter()) == began
    times["now"] += 1
    news = calls.of(LogFilter()).news(began)
    assert (news.keys, news.told) == ((began.rows[0].key,), "1 no end")
    assert "is-lost" in news.fresh[0].html
