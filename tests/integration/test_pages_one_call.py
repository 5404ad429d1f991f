"""The page of one call over HTTP: what a browser gets, with and without JavaScript."""

import json
import os
import re
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.integration.running_studio import Answer, RunningStudio
from tests.integration.studio_with_entries import entry, studio_with

LIST = "/studio/llm-logs"
ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
HTMX = {"HX-Request": "true"}
COSTS = 20
"""How often the page may cost what reading the entry's bytes does; it is 6 times or so."""
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
PICTURE = "data:image/png;base64," + "iVBORw0KGgo" * 500
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
    completion="It is 18 °C.\n\n```python\nwarm = True\n```",
    latency_ms=4000,
    time_to_first_token_ms=1000,
    input_tokens=1200,
    output_tokens=300,
    cache_read_tokens=800,
    total_tokens=1500,
    finish_reason="stop",
    request_id="req-77",
    session_id="talk-1",
    request={"temperature": 0.2},
    tags=["production"],
    reported_cost=0.00412,
    my_own_field={"a": [1, 2]},
)
TURNED = entry(
    15,
    agent_id="bot\u202elive",
    model_name="gpt\u200b-4o",
    provider="\u2066openai",
    messages=[{"role": "us\u202eer", "name": "\u200fme", "content": "Hello."}],
)
LIMITED = entry(
    14, log_id="limited", error="RateLimitError: slow down", error_type="RateLimitError"
)
FAILED = entry(3, log_id="failed", error="Overloaded <now>", error_type="OverloadedError")
HOSTILE = entry(
    4,
    agent_id=f"evil{ATTACK}",
    log_id=ATTACK,
    model_name=ATTACK,
    provider=ATTACK,
    messages=[
        {"role": ATTACK, "name": ATTACK, "content": ATTACK},
        {"role": "user", "content": [{"type": ATTACK, ATTACK: ATTACK}]},
        {"role": "tool", "tool_call_id": ATTACK, "content": f"```{ATTACK}\n{ATTACK}\n```"},
        {"role": "user", "content": [{"type": "image", "url": f"https://{ATTACK}"}]},
    ],
    tools=[{"name": ATTACK, "description": ATTACK * 3, "input_schema": {ATTACK: ATTACK}}],
    completion=ATTACK,
    tool_calls=[
        {"name": ATTACK, "id": ATTACK, "arguments": ATTACK},
        {"name": ATTACK, "executed_by": ATTACK, "result": {ATTACK: [ATTACK]}},
    ],
    error=ATTACK,
    error_type=ATTACK,
    finish_reason=ATTACK,
    request={ATTACK: ATTACK},
    tags={ATTACK: ATTACK},
    session_id=ATTACK,
    extra={ATTACK: ATTACK},
)
ODD = entry(5, log_id="odd", messages="a prompt of words", tool_calls="none", latency_ms="fast")
MANY = entry(
    6,
    log_id="many",
    messages=[{"role": "user", "content": f"message number {n}."} for n in range(1, 2001)],
)
HUGE = entry(
    7,
    log_id="huge",
    messages=[
        {"role": "user", "content": "Read this."},
        {"role": "user", "content": "word " * 4_000_000},
    ],
    completion="x" * 30_000,
)
LONG = entry(
    10,
    log_id="long",
    messages=[{"role": "user", "content": f"message {n}. " + "word " * 2000} for n in range(2000)],
)
PICTURED = entry(
    8,
    log_id="pictured",
    messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": PICTURE}}]}],
)
DOTS = entry(9, agent_id="dotted", log_id="..")
SEARCHED = entry(
    11,
    log_id="searched",
    messages=[{"role": "user", "content": "Does it rain?"}],
    completion="It rains.",
    tool_calls=[
        {
            "id": "ws_1",
            "name": "web_search",
            "arguments": '{"query": "rain"}',
            "executed_by": "provider",
            "result": [{"type": "text", "text": "Clouds over Köln"}],
        },
        {"id": "mcp_1", "name": "radar", "executed_by": "provider", "result": {"error": "down"}},
    ],
)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    workspace = tmp_path_factory.mktemp("studio") / "workspace"
    entries = (
        FIRST,
        SECOND,
        FAILED,
        LIMITED,
        TURNED,
        HOSTILE,
        ODD,
        MANY,
        HUGE,
        LONG,
        PICTURED,
        DOTS,
        SEARCHED,
    )
    with studio_with(workspace, *entries) as running:
        yield running


def get(studio: RunningStudio, path: str, **headers: str) -> Answer:
    answer = studio.request("GET", path, headers=headers)
    assert answer.status == 200, answer.body[:500]
    return answer


def address(stored: dict[str, Any], query: str = "") -> str:
    ids = (quote(stored["agent_id"], safe=""), quote(stored["log_id"], safe=""))
    return f"{LIST}/{ids[0]}/{ids[1]}{query}"


def page(studio: RunningStudio, stored: dict[str, Any], query: str = "", **headers: str) -> str:
    answer = get(studio, address(stored, query), **headers)
    assert answer.headers["content-type"].startswith("text/html")
    return str(answer.body.decode())


def part(studio: RunningStudio, stored: dict[str, Any], query: str) -> str:
    """As htmx asks."""
    html = page(studio, stored, query, **{"HX-Request": "true"})
    assert "<html" not in html
    return html


def words(html: str) -> str:
    """What stands on the page, markup taken out."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def link(html: str, text: str) -> str:
    for found in re.finditer(r'<a\b[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL):
        if text in words(found[2]):
            return unescape(found[1])
    raise AssertionError(f"There is no link '{text}'.")


def test_what_is_new_comes_first_and_history_is_folded(studio: RunningStudio) -> None:
    html = page(studio, SECOND)
    assert "New in this call" in html
    assert "3 earlier messages" in html
    assert "How warm is it?" not in html
    assert 'result of look {"city": "Köln"} 18 °C' in words(html)
    assert (
        '<pre class="code" dir="ltr" data-language="python"><code>warm = True</code></pre>' in html
    )
    body = html.partition("<article")[2]
    assert body.index("3 earlier messages") < body.index("18 °C") < body.index(">Answer")


def test_a_fold_opens_in_place_and_as_a_page(studio: RunningStudio) -> None:
    html = page(studio, SECOND)
    unfolded = get(studio, link(html, "Show").partition("#")[0]).body.decode()
    assert 'id="message-1"' in unfolded
    assert "How warm is it?" in unfolded
    assert "earlier messages" not in words(unfolded).partition("New in this call")[0]
    in_place = unescape(re.search(r'hx-get="([^"]+part=messages[^"]+)"', html)[1])  # type: ignore[index]
    fragment = get(studio, in_place, **HTMX).body.decode()
    assert "How warm is it?" in fragment
    assert "<html" not in fragment
    assert "calls look" in words(fragment)


def test_facts_stand_beside_the_conversation(studio: RunningStudio) -> None:
    html = page(studio, SECOND)
    told = words(html)
    for fact in (
        "Latency 4.00 s to the first token 1.00 s Output per second 100 tokens",
        "Input 1,200 read from cache 800 Output 300 Total 1,500",
        "Finish reason stop",
        "Reported cost $0.00412",
        "temperature 0.2",
        "production",
        "Request req-77",
        "Tools offered 1",
        "look Looks.",
        "my_own_field",
        "of team%2Fweather.jsonl",
    ):
        assert fact in told, fact
    assert link(html, "talk-1") == "/studio/llm-logs?session_id=talk-1"
    assert 'width="25.00%"' in html


def test_turns_link_to_one_another_and_keep_the_filter_of_the_list(studio: RunningStudio) -> None:
    came_from = f"{studio.url}{LIST}?agent_id=team%2Fweather&has_error=false"
    first = page(studio, FIRST, Referer=came_from)
    assert link(first, "Back to calls") == f"{LIST}?agent_id=team%2Fweather&has_error=false"
    next_url = link(first, "Next turn")
    assert next_url.startswith(address(SECOND))
    second = get(studio, next_url).body.decode()
    assert link(second, "Back to calls") == f"{LIST}?agent_id=team%2Fweather&has_error=false"
    assert link(second, "Previous turn").startswith(address(FIRST))
    assert link(first, "What the tools gave back") == next_url


def test_the_way_back_never_leads_elsewhere(studio: RunningStudio) -> None:
    for query, referer in (
        ("?list=" + quote("//evil.example/?a"), ""),
        ("", "https://evil.example/studio/llm-logs?x=1"),
        ("", f"{studio.url}/api/docs?x=1"),
        ("", "http://[/studio/llm-logs?x=1"),
    ):
        back = link(page(studio, FIRST, query, Referer=referer), "Back to calls")
        assert back.startswith(LIST)
        assert not back.startswith("//")
    assert (
        link(
            page(studio, FIRST, Referer="https://evil.example/studio/llm-logs?x=1"), "Back to calls"
        )
        == LIST
    )


def test_a_tool_that_the_provider_ran_stands_with_what_came_of_it(studio: RunningStudio) -> None:
    shown = words(page(studio, SEARCHED))
    assert "used web_search run by the provider ws_1" in shown
    assert "result of web_search ws_1 Clouds over Köln" in shown
    assert "failure of radar mcp_1" in shown
    found = page(studio, SEARCHED, "?list=search%3Dclouds")
    assert "<mark>Clouds</mark>" in found


def test_an_error_comes_before_everything_else(studio: RunningStudio) -> None:
    html = page(studio, FAILED)
    assert "Overloaded &lt;now&gt;" in html
    assert html.index('id="call-error-head"') < html.index('id="call-new-head"')


def test_the_type_of_an_error_is_said_once(studio: RunningStudio) -> None:
    for stored, shown in (
        (FAILED, "OverloadedError Overloaded <now>"),
        (LIMITED, "Error RateLimitError: slow down"),
    ):
        html = page(studio, stored).partition("<article")[2]
        section = re.search(r'<section class="call-error".*?</section>', html, re.DOTALL)
        assert section and words(section[0]) == shown
        assert words(html).count(stored["error_type"]) == 1


def test_no_name_turns_or_hides_a_letter_of_the_page(studio: RunningStudio) -> None:
    for html in (page(studio, TURNED), page(studio, TURNED, "?part=json")):
        body = html.partition("<main")[2].partition('class="tree"')[0]
        assert body and not set("\u202e\u200b\u2066\u200f") & set(body)
    shown = words(page(studio, TURNED))
    for name in ("bot\\u202elive", "gpt\\u200b-4o", "\\u2066openai", "us\\u202eer", "\\u200fme"):
        assert name in shown


def test_copies_are_plain_text_json_and_a_command(studio: RunningStudio) -> None:
    html = page(studio, SECOND)
    assert get(studio, link(html, "JSON")).json == SECOND
    text = get(studio, link(html, "Text"))
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert text.body.decode() == (
        "## 1 system\n\nYou are careful.\n\n"
        "## 2 user\n\nHow warm is it?\n\n"
        '## 3 assistant\n\ncalls look: {"city": "Köln"}\n\n'
        "## 4 tool\n\nresult of a tool: 18 °C\n\n"
        f"## answer\n\n{SECOND['completion']}\n"
    )
    assert get(studio, link(html, "Copy")).body.decode() == SECOND["completion"]
    command = unescape(re.search(r'data-copy-text="([^"]+)"', html)[1])  # type: ignore[index]
    assert (
        command
        == f"curl -s --path-as-is {studio.url}/api/agents/service/team%2Fweather/llm-logs/turn%2F2"
    )


def test_one_message_or_any_value_can_be_copied_whole(studio: RunningStudio) -> None:
    def copied(stored: dict[str, Any], path: str) -> str:
        return get(studio, address(stored, f"?part=text&path={path}")).body.decode()

    assert copied(SECOND, "/messages/1") == "How warm is it?"
    assert copied(HUGE, "/messages/1") == HUGE["messages"][1]["content"]
    assert copied(SECOND, "/request") == '{\n  "temperature": 0.2\n}'
    assert copied(PICTURED, "/messages/0") == "image/png · 4.1 kB"


def test_raw_json_opens_step_by_step(studio: RunningStudio) -> None:
    root = part(studio, SECOND, "?part=json")
    assert '"my_own_field" { 1 }' in words(root)
    assert '"messages" [ 4 ]' in words(root)
    field = link(root.partition("my_own_field")[2], "Open")
    assert '"a" [ 2 ]' in words(get(studio, field, **HTMX).body.decode())
    message = part(studio, SECOND, "?part=json&path=/messages/3")
    assert '"content" 18 °C' in words(message)
    whole_page = page(studio, SECOND, "?part=json&path=/messages/3/content")
    assert "<html" in whole_page
    assert "entry / messages / 3 / content" in words(whole_page)


def test_a_long_list_and_a_long_text_come_in_pages(studio: RunningStudio) -> None:
    first = part(studio, MANY, "?part=json&path=/messages")
    assert '99 { 2 } "role" , "content"' in words(first)
    assert link(first, "1,900 more").endswith("from=100")
    text = part(studio, HUGE, "?part=json&path=/messages/1/content&from=12000")
    assert len(text) < 30_000
    assert "19,968,000 more characters" in text


@pytest.mark.parametrize(
    "path", ["/nothing", "/messages/4", "/messages/-1", "/messages/x", "nonsense", "/request/a/b"]
)
def test_a_path_that_leads_nowhere_is_404(studio: RunningStudio, path: str) -> None:
    for name in ("json", "text"):
        answer = studio.request("GET", address(SECOND, f"?part={name}&path={path}"))
        assert answer.status == 404


def test_two_thousand_messages_open_as_a_few(studio: RunningStudio) -> None:
    html = page(studio, MANY)
    assert len(html) < 60_000
    assert "1,980 more messages" in html
    for shown in (1, 2, 1983, 2000):
        assert f"message number {shown}." in html
    assert "message number 3." not in html
    for label, numbers in (("First 50", (3, 52)), ("Last 50", (1933, 1982))):
        path, _, fragment = link(html, label).partition("#")
        assert fragment == f"message-{numbers[0]}"
        unfolded = get(studio, path).body.decode()
        assert all(f"message number {number}." in unfolded for number in numbers)
    middle = part(studio, MANY, "?part=messages&start=2&stop=1982")
    assert middle.count('class="message ') == 50
    assert "1,930 more messages" in middle


def test_two_thousand_long_messages_open_as_fast_as_a_few(studio: RunningStudio) -> None:
    assert cpu_seconds_of(studio, LONG) < COSTS * cpu_seconds_to_read(LONG)


def cpu_seconds_of(studio: RunningStudio, stored: dict[str, Any]) -> float:
    """What a page costs the web server, whatever else the machine does; the least of three."""
    web = studio.pid_of("studioweb")

    def used() -> float:
        fields = Path(f"/proc/{web}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def one() -> float:
        before = used()
        page(studio, stored)
        return used() - before

    return min(one() for _ in range(3))


def cpu_seconds_to_read(stored: dict[str, Any]) -> float:
    """What it costs to read the bytes of an entry, once and without more: this machine's pace."""
    line = json.dumps(stored).encode()

    def one() -> float:
        before = time.process_time()
        json.loads(line)
        return time.process_time() - before

    return min(one() for _ in range(3))


def test_a_call_of_twenty_megabytes_opens_as_fast_as_a_small_one(studio: RunningStudio) -> None:
    assert cpu_seconds_of(studio, HUGE) < COSTS * cpu_seconds_to_read(HUGE)
    html = page(studio, HUGE)
    assert len(html) < 60_000
    assert "19,988,000 more characters" in html
    assert "18,000 more characters" in html
    more = part(studio, HUGE, "?part=json&path=/completion&from=12000")
    assert "x" * 18_000 in more


def test_bytes_of_files_are_never_sent(studio: RunningStudio) -> None:
    html = page(studio, PICTURED)
    assert "image image/png · 4.1 kB" in words(html)
    assert "iVBORw0KGgo" not in html


def test_values_of_unexpected_types_are_shown_too(studio: RunningStudio) -> None:
    told = words(page(studio, ODD))
    assert "a prompt of words" in told
    assert "calls a tool " in told
    assert "none" in told


def test_a_panel_is_the_same_without_what_surrounds_a_page(studio: RunningStudio) -> None:
    html = page(studio, SECOND, "?part=panel")
    assert "<html" not in html
    assert "<h1" not in html
    assert "It is 18 °C." in html
    assert link(html, "Open as a page") == address(SECOND)
    previous = unescape(re.search(r'rel="prev"[^>]* hx-get="([^"]+)"', html)[1])  # type: ignore[index]
    assert "<html" not in get(studio, previous).body.decode()


def test_a_log_id_of_dots_has_parts_too(studio: RunningStudio) -> None:
    url = f"{LIST}/dotted/?log_id=.."
    html = get(studio, url).body.decode()
    assert link(html, "Text") == f"{url}&part=text"
    assert "<html" not in get(studio, f"{url}&part=json", **HTMX).body.decode()


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?part=panel",
        "?part=json",
        "?part=json&path=/messages/0",
        "?start=0&stop=9",
        "?part=json&path=/request",
    ],
)
def test_nothing_hostile_becomes_markup(studio: RunningStudio, query: str) -> None:
    html = page(studio, HOSTILE, query)
    assert "<script>" not in html
    assert "<img" not in html
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"<style|\sstyle=|\son\w+=\"", re.sub(r"&#?\w+;", "", html))
    assert not re.findall(r'(?:src|href)="(?:https?:|javascript:)', html)


def test_hostile_text_is_served_as_text(studio: RunningStudio) -> None:
    answer = get(studio, address(HOSTILE, "?part=text"))
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_list_answers_with_the_call_that_its_address_names(studio: RunningStudio) -> None:
    for url in (address(FIRST), address(HOSTILE), f"{LIST}/dotted/?log_id=.."):
        tail = url.removeprefix(f"{LIST}/")
        html = get(studio, f"{LIST}?search=a&open={quote(tail, safe='')}").body.decode()
        assert f'data-tail="{tail}"' in unescape(html)
        assert html.count("<h1") == 1
        assert 'id="rows"' in html
        assert "<script>" not in html
        assert "list=search%3Da" in html
        assert "open%3D" not in html


def test_a_call_that_is_not_there_leaves_the_list_as_it_is(studio: RunningStudio) -> None:
    for tail in ("bot/gone", "bot", "%00/%2f", "?log_id=x", ATTACK):
        html = get(studio, f"{LIST}?open={quote(tail, safe='')}").body.decode()
        assert "There is no such call" in html
        assert 'id="rows"' in html
        assert "<script>" not in html
    gone = studio.request("GET", f"{LIST}/bot/gone")
    assert (gone.status, "There is no such call" in gone.body.decode()) == (404, True)
    answer = studio.request("GET", f"{LIST}/bot/gone?part=panel", headers=HTMX)
    assert answer.status == 404
    assert "<html" not in answer.body.decode()
