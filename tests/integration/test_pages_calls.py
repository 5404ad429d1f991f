"""The pages over HTTP: what a browser without JavaScript gets."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import EventStream, append, entry, studio_with

LIST = "/studio/llm-logs"
ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
TOOLS = [{"type": "function", "function": {"name": "look", "description": "Looks."}}]
QUESTION = [
    {"role": "system", "content": "You are careful."},
    {"role": "user", "content": "How warm is it?"},
]
CALL = {"id": "call-1", "name": "look", "arguments": '{"city": "Köln"}'}
ASKED = {
    "role": "assistant",
    "content": None,
    "tool_calls": [
        {
            "id": "call-1",
            "type": "function",
            "function": {"name": "look", "arguments": '{"city": "Köln"}'},
        }
    ],
}
FIRST = entry(
    1,
    agent_id="team/weather",
    log_id="turn/1",
    messages=QUESTION,
    tools=TOOLS,
    completion="",
    tool_calls=[CALL],
)
SECOND = entry(
    2,
    agent_id="team/weather",
    log_id="turn/2",
    messages=[*QUESTION, ASKED, {"role": "tool", "tool_call_id": "call-1", "content": "18 °C"}],
    tools=TOOLS,
    completion="It is 18 °C.",
    request_id="req-77",
)
HOSTILE = entry(
    3,
    agent_id=f"evil{ATTACK}",
    log_id=ATTACK,
    model_name=ATTACK,
    provider=ATTACK,
    messages=[{"role": ATTACK, "content": ATTACK}],
    tools=[{"name": ATTACK}],
    completion=ATTACK,
    tool_calls=[{"name": ATTACK, "arguments": ATTACK}],
    error=ATTACK,
    extra={ATTACK: ATTACK},
)
REFUSED = entry(
    5,
    agent_id="refused",
    log_id="refused",
    messages=[*QUESTION, {"role": "user", "content": "And tomorrow?"}],
    error="RateLimitError: 429",
    reasoning="rarely thought",
)
ODD = entry(4, log_id="odd", messages="a prompt of words", tool_calls="none", latency_ms="fast")
MANY = [entry(number) for number in range(10, 150)]
LONG = entry(
    200,
    log_id="long",
    messages=[{"role": "user", "content": f"message number {n}"} for n in range(1, 101)],
)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    workspace = tmp_path_factory.mktemp("studio") / "workspace"
    with studio_with(workspace, FIRST, SECOND, HOSTILE, ODD, REFUSED, *MANY, LONG) as running:
        yield running


def page(studio: RunningStudio, path: str, status: int = 200) -> str:
    answer = studio.request("GET", path)
    assert answer.status == status, answer.body
    assert answer.headers["content-type"].startswith("text/html")
    return str(answer.body.decode())


def call_page(studio: RunningStudio, stored: dict[str, Any], query: str = "") -> str:
    ids = (quote(stored["agent_id"], safe=""), quote(stored["log_id"], safe=""))
    return page(studio, f"{LIST}/{ids[0]}/{ids[1]}{query}")


def links(html: str) -> list[str]:
    return re.findall(r'<a class="call-link" href="([^"]+)"', html)


def rows(html: str) -> list[str]:
    """The rows of a list."""
    return re.findall(r'<li class="call .*?</li>', html, re.DOTALL)


def said(row: str) -> list[tuple[str, str]]:
    """Whose words a row shows, and which."""
    words = (
        r'<span class="label"[^>]*>(.*?)</span> <span class="text" dir="auto">(.*?)</span></span>'
    )
    return re.findall(words, row)


def test_the_way_back_from_errors_only_is_words(studio: RunningStudio) -> None:
    for value, words in (("true", "without"), ("false", "with")):
        html = page(studio, f"{LIST}?search=zebra&has_error={value}")
        assert f'<a class="way-back" href="{LIST}?search=zebra">also calls {words} errors<' in html


def list_of(workspace: Path, *entries: dict[str, Any]) -> str:
    """The list of a Studio of these calls alone."""
    with studio_with(workspace, *entries) as running:
        return page(running, LIST)


def test_a_row_says_how_many_further_messages_are_new(tmp_path: Path) -> None:
    user, system = {"role": "user", "content": "x"}, {"role": "system", "content": "s"}
    html = list_of(
        tmp_path / "workspace",
        entry(1, log_id="one", messages=[user]),
        entry(2, log_id="told", messages=[system, user]),
        entry(3, log_id="two", messages=[user, user]),
        entry(4, log_id="many", messages=[user] * 2_000),
    )
    more = [re.findall(r'<span class="more".*?</span>', row) for row in rows(html)]
    assert more == [
        ['<span class="more" title="and 1,999 further new">+2k</span>'],
        ['<span class="more" title="and 1 further new">+1</span>'],
        [],
        [],
    ]


def test_large_numbers_of_tokens_are_told_short_with_the_exact_ones(tmp_path: Path) -> None:
    html = list_of(
        tmp_path / "workspace",
        entry(1, log_id="small", input_tokens=999_999, output_tokens=7),
        entry(2, log_id="large", input_tokens=12_345_678, output_tokens=7),
    )
    large, small = rows(html)
    assert '<span class="tokens" title="12,345,678 → 7">' in large and "12.3 M" in large
    assert '<span class="tokens">' in small and "999,999" in small


def link(html: str, text: str) -> str:
    found = re.search(rf'<a (?:id="\w+" )?href="([^"]+)"[^>]*>{text}</a>', html)
    assert found, f"There is no link '{text}'."
    return unescape(found[1])


def test_older_links_walk_every_call_once(studio: RunningStudio) -> None:
    seen: list[str] = []
    html = page(studio, f"{LIST}?until={LONG['timestamp']}")
    while True:
        seen += links(html)
        if 'rel="next" hidden' in html:
            break
        html = page(studio, link(html, "Older"))
        assert "data-feed" not in html
    assert len(seen) == len(set(seen)) == 146


def test_filters_in_the_address_select_and_stay_in_the_form(studio: RunningStudio) -> None:
    html = page(studio, f"{LIST}?agent_id=team%2Fweather&search=18+%C2%B0c&has_error=&since=")
    assert links(html) == ["/studio/llm-logs/team%2Fweather/turn%2F2"]
    assert 'value="team/weather"' in html
    assert 'value="18 °c"' in html
    assert ">Clear</a>" in html


def test_a_filter_that_makes_no_sense_is_explained_beside_the_list(studio: RunningStudio) -> None:
    html = page(studio, f"{LIST}?min_latency_ms=-3", status=400)
    assert "Took at least is &#39;-3&#39;; expected a number of 0 or more." in html
    assert len(links(html)) == 50


def test_a_cursor_that_is_none_shows_the_newest_calls_and_says_so(studio: RunningStudio) -> None:
    html = page(studio, f"{LIST}?cursor=nonsense", status=400)
    assert "The cursor &#39;nonsense&#39; is unknown; these are the newest calls." in html
    assert len(links(html)) == 50


def test_a_list_without_calls_says_why_and_shows_the_way_back(studio: RunningStudio) -> None:
    html = page(studio, f"{LIST}?search=nosuchword&model=gpt-4o")
    assert "No call matches these filters." in html
    assert f'<a class="way-back" href="{LIST}?model=gpt-4o">without Search' in html


@pytest.mark.parametrize(
    "query", ["", "agent_id=team/weather", "search=question", "has_error=true"]
)
def test_the_numbers_are_those_of_the_api_to_the_last_digit(
    studio: RunningStudio, query: str
) -> None:
    html = page(studio, f"{LIST}/overview?{query}")
    shown = dict(re.findall(r'<dt>([^<]+)</dt><dd><data value="([^"]*)"', html))
    told = studio.request("GET", f"/api/llm-logs/stats?{query}").json
    labels = {
        "Calls": "calls",
        "Errors": "errors",
        "Tokens in": "input_tokens",
        "Tokens out": "output_tokens",
        "Average": "latency_average_ms",
        "p50": "latency_p50_ms",
        "p95": "latency_p95_ms",
        "p99": "latency_p99_ms",
    }
    for label, key in labels.items():
        assert shown[label] == str(told[key]), label
    models = studio.request("GET", f"/api/llm-logs/models?{query}").json["models"]
    assert shown["Models"] == str(len(models))


def test_the_bars_hold_every_call_and_lead_to_their_time(studio: RunningStudio) -> None:
    html = page(studio, f"{LIST}/overview")
    calls = [int(count) for count in re.findall(r'data-calls="(\d+)"', html)]
    assert sum(calls) == studio.request("GET", "/api/llm-logs/stats").json["calls"]
    first = re.search(r'<a href="([^"]+)" tabindex="-1"', html)
    assert first
    narrowed = page(studio, unescape(first[1]).replace(LIST, f"{LIST}/overview"))
    assert f'<data value="{calls[0]}"' in narrowed


def test_parts_for_scripts_are_pages_for_browsers(studio: RunningStudio) -> None:
    for part in ("overview", "choices?field=agent"):
        assert "<html" in page(studio, f"{LIST}/{part}")
        answer = studio.request("GET", f"{LIST}/{part}", headers={"HX-Request": "true"})
        assert "<html" not in answer.body.decode()
        assert "HX-Request" in answer.headers["vary"]


def test_a_row_shows_what_is_new_in_its_call_and_what_came_of_it(studio: RunningStudio) -> None:
    second, first = rows(page(studio, f"{LIST}?agent_id=team/weather"))
    assert said(first) == [("user", "How warm is it?"), ("calls", "look(city=Köln)")]
    assert said(second) == [("tool", "18 °C"), ("answer", "It is 18 °C.")]
    before = re.search(r'id="([^"]+)"', first)
    assert before and f'data-previous="{before[1]}"' in second
    assert re.findall(r"thread-\d", first)[0] == re.findall(r"thread-\d", second)[0]


def test_what_was_searched_for_is_marked_wherever_it_stands(studio: RunningStudio) -> None:
    second, first = rows(page(studio, f"{LIST}?agent_id=team/weather&search=WARM"))
    assert "How <mark>warm</mark> is it?" in first
    assert said(second)[1] == ("earlier", "How <mark>warm</mark> is it?")
    (only,) = rows(page(studio, f"{LIST}?agent_id=team/weather&search=it+is+18"))
    assert "<mark>It is 18</mark> °C." in only


def test_a_failed_call_keeps_its_error_wherever_a_search_is_found(studio: RunningStudio) -> None:
    (failed,) = rows(page(studio, f"{LIST}?agent_id=refused&search=careful"))
    error = ("error", "RateLimitError: 429")
    assert said(failed) == [("earlier", "You are <mark>careful</mark>."), error]
    (failed,) = rows(page(studio, f"{LIST}?agent_id=refused&search=rarely"))
    assert said(failed) == [("reasoning", "<mark>rarely</mark> thought"), error]


def test_a_failed_call_shows_the_first_line_of_its_error(studio: RunningStudio) -> None:
    _, failed = rows(page(studio, f"{LIST}?has_error=true"))
    assert "is-failed" in failed
    assert said(failed)[1][0] == "error"


def test_chips_say_what_is_filtered_and_take_it_away(studio: RunningStudio) -> None:
    html = page(studio, f"{LIST}?agent_id=bot&agent_id=team/weather&model=gpt-4o&last=24h")
    away = [unescape(url) for url in re.findall(r'<a class="chip-away" href="([^"]+)"', html)]
    assert away == [
        f"{LIST}?agent_id=team%2Fweather&model=gpt-4o&last=24h",
        f"{LIST}?agent_id=bot&model=gpt-4o&last=24h",
        f"{LIST}?agent_id=bot&agent_id=team%2Fweather&last=24h",
        f"{LIST}?agent_id=bot&agent_id=team%2Fweather&model=gpt-4o",
    ]


def test_choices_are_counted_under_the_other_filters(studio: RunningStudio) -> None:
    html = page(studio, f"{LIST}/choices?field=agent&agent_id=bot&search=how+warm")
    assert re.findall(r'<bdi class="choice-name">([^<]+)</bdi>', html) == [
        "team/weather",
        "refused",
    ]
    assert f'href="{LIST}?agent_id=bot&amp;agent_id=team%2Fweather&amp;search=how+warm"' in html
    page(studio, f"{LIST}/choices?field=colour", status=404)


def test_choices_are_narrowed_by_a_part_of_their_name(studio: RunningStudio) -> None:
    html = page(studio, f"{LIST}/choices?field=agent&agent_id=bot&has_error=false&find=WEATH")
    assert re.findall(r'<bdi class="choice-name">([^<]+)</bdi>', html) == ["team/weather"]
    assert 'name="agent_id" type="hidden" value="bot"' in html
    assert 'name="has_error" type="hidden" value="false"' in html
    nobody = page(studio, f"{LIST}/choices?field=agent&find={quote(ATTACK * 100)}")
    assert "No name that contains this under the other filters." in nobody


def test_a_latency_is_called_alike_in_the_form_and_in_force(studio: RunningStudio) -> None:
    html = page(studio, f"{LIST}?min_latency_ms=3000")
    assert '<label for="min_latency_ms">Took at least</label>' in html
    assert (
        '<span class="chip-label">Took at least</span> <bdi class="chip-text">3000 ms</bdi>' in html
    )


def test_an_unknown_span_is_explained(studio: RunningStudio) -> None:
    html = page(studio, f"{LIST}?last=2y", status=400)
    assert "last is &#39;2y&#39;; expected one of 15m, 1h, 24h, 7d." in html


def test_the_feed_of_a_page_begins_where_its_rows_end(studio: RunningStudio) -> None:
    html = page(studio, f"{LIST}?agent_id=feeder")
    url = unescape(re.search(r'data-feed="([^"]+)"', html)[1])  # type: ignore[index]
    fed = entry(300, agent_id="feeder", log_id="between")
    append(studio.workspace, fed)
    with EventStream(studio, url) as stream:
        assert "/studio/llm-logs/feeder/between" in stream.event()["data"]


@pytest.mark.parametrize("path", [LIST, f"{LIST}?search={quote(ATTACK)}&model={quote(ATTACK)}"])
def test_nothing_hostile_becomes_markup_in_the_list(studio: RunningStudio, path: str) -> None:
    html = page(studio, path)
    assert "<script>" not in html
    assert "<img" not in html
    assert "onerror=alert" not in re.sub(r"&#?\w+;[^&<]*", "", html)


def test_nothing_hostile_becomes_markup_on_a_call_or_among_the_choices(
    studio: RunningStudio,
) -> None:
    for html in (call_page(studio, HOSTILE), page(studio, f"{LIST}/choices?field=model")):
        assert "<script>" not in html
        assert "<img" not in html


def test_pages_need_no_script_or_style_of_their_own(studio: RunningStudio) -> None:
    for html in (page(studio, LIST), call_page(studio, HOSTILE), page(studio, "/api/docs")):
        assert not re.search(r"<script(?![^>]*\bsrc=)", html)
        assert not re.search(r"<style|\sstyle=|\son\w+=\"", html)
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)


def test_a_call_that_is_not_there_is_404(studio: RunningStudio) -> None:
    assert "404" in page(studio, f"{LIST}/team%2Fweather/nothing", status=404)


def test_lines_that_are_no_entries_are_shown(studio: RunningStudio) -> None:
    assert "There are none." in page(studio, f"{LIST}/rejected")
    assert "Last call indexed" in page(studio, f"{LIST}/state")
