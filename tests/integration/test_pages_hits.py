"""A call opened from a search: where it is found is said, unfolded and marked."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import entry, studio_with

CALLS = "/studio/llm-logs"
LONG = [{"role": "user", "content": f"Line {number} of the log."} for number in range(300)]
LONG[149] = {"role": "user", "content": "A NEEDLE in the hay."}
LONG[4] = {
    "role": "assistant",
    "content": [{"type": "thinking", "thinking": "Where is the needle?"}],
}
MANY = [{"role": "user", "content": f"needle {number}"} for number in range(200)]
FOUND = entry(
    1,
    agent_id="bot",
    log_id="found",
    messages=LONG,
    completion="No needle, no hay.",
    tools=[{"name": "look", "description": "Looks for a needle."}],
)
OFTEN = entry(2, agent_id="bot", log_id="often", messages=MANY, completion="All of them.")
BEHIND = "Straße " * 3_000
FAR = entry(
    4,
    agent_id="bot",
    log_id="far",
    messages=[
        {"role": "user", "content": f"{BEHIND}A Needle, <b>far</b> down.{BEHIND}needle"},
        {"role": "user", "content": "word " * 80_000 + "Needle beyond what is looked through."},
    ],
    completion="word " * 80_000 + "The last Needle.",
)
HOSTILE = entry(
    3, agent_id="bot", log_id="hostile", messages=[{"role": "user", "content": "<b>needle</b>"}]
)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    workspace = tmp_path_factory.mktemp("hits") / "workspace"
    with studio_with(workspace, FOUND, OFTEN, HOSTILE, FAR, LARGE, LONG_ANSWER) as running:
        yield running


LARGE = entry(
    5,
    agent_id="bot",
    log_id="large",
    messages=[{"role": "user", "content": "lorem ipsum " * 400_000 + "ends with a ZebraEnd."}],
)
LONG_ANSWER = entry(6, agent_id="bot", log_id="answer", completion="word " * 80_000 + "giraffe.")


def page(studio: RunningStudio, log_id: str, query: str) -> str:
    answer = studio.request("GET", f"{CALLS}/bot/{log_id}?{query}")
    assert answer.status == 200
    return str(answer.body.decode())


def hits(html: str) -> str:
    found = re.search(r'<nav class="hits".*?</nav>', html, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split()) if found else ""


def test_where_a_search_is_found_is_said_unfolded_and_marked(studio: RunningStudio) -> None:
    html = page(studio, "found", "list=search%3Dneedle")
    assert hits(html) == "needle in 2 messages, the answer and the tools offered: 5 150"
    assert 'href="#message-150"' in html and 'id="message-150"' in html
    assert "A <mark>NEEDLE</mark> in the hay." in html
    assert "No <mark>needle</mark>, no hay." in html
    assert re.search(
        r'<details class="piece reasoning" open>.*?<mark>needle</mark>', html, re.DOTALL
    )
    assert 'id="message-149"' in html and 'id="message-151"' in html
    assert 'id="message-153"' not in html


def test_of_very_many_hits_the_first_stand_open_and_the_next_are_linked(
    studio: RunningStudio,
) -> None:
    html = page(studio, "often", "list=search%3Dneedle")
    assert hits(html).startswith("needle in 200 messages: 1 2 3")
    assert hits(html).endswith("40 and 160 more")
    far = re.search(r'<a class="hit-link" href="([^"]+)" aria-label="Message 40"', html)
    assert far
    opened = studio.request("GET", unescape(far[1]).partition("#")[0]).body.decode()
    assert 'id="message-40"' in opened and "<mark>needle</mark> 39" in opened


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def test_hits_behind_what_a_text_shows_come_with_the_words_around_them(
    studio: RunningStudio,
) -> None:
    html = page(studio, "far", "list=search%3Dneedle")
    first, second, third = re.findall(r'<div class="far">(.*?)</div>', html, re.DOTALL)
    assert "A <mark>Needle</mark>, &lt;b&gt;far&lt;/b&gt; down." in first
    assert words(first).startswith(
        "Found further on, about 9,000 characters behind what is shown: …"
    )
    assert words(first).endswith("needle")
    assert "<mark>needle</mark> beyond what is looked through." in second
    assert words(second).startswith("Found much further on, in small letters as the index has it:")
    assert "the last <mark>needle</mark>." in third
    assert '<div class="far">' not in page(studio, "far", "list=search%3Dzebra")


def test_a_long_text_goes_on_in_one_way_at_a_time(studio: RunningStudio) -> None:
    """The characters that are fetched come behind those that are folded, hits behind both."""
    html = page(studio, "far", "list=search%3Dneedle").partition('id="message-2"')[2]
    fold, _, behind = html.partition("</details>")
    assert "Show 9,600 more characters of 397,637" in words(fold)
    assert "388,037 more characters" in words(fold.partition("</summary>")[2])
    assert "more characters" not in behind.partition("</section>")[0]
    assert words(behind).startswith("Found much further on")


def test_folds_say_how_many_hits_they_hold_and_unfold_at_them(studio: RunningStudio) -> None:
    html = page(studio, "often", "list=search%3Dneedle")
    (held, url) = re.findall(r'data-hits="(\d+)" data-hits-url="([^"]+)"', html)[0]
    assert "176 more messages, 176 with a hit" in words(html) and held == "176"
    opened = studio.request("GET", unescape(url), headers={"HX-Request": "true"}).body.decode()
    assert [f'id="message-{number}"' in opened for number in (7, 8, 12, 13, 14)] == [
        *(True, True, True, False, False)
    ]
    last = studio.request("GET", f"{unescape(url)}&end=last", headers={"HX-Request": "true"})
    assert 'id="message-182"' in last.body.decode()


def test_what_unfolds_on_demand_is_marked_as_well(studio: RunningStudio) -> None:
    query = "part=messages&start=140&stop=155&list=search%3Dneedle"
    assert "A <mark>NEEDLE</mark> in the hay." in page(studio, "found", query)


@pytest.mark.parametrize("query", ["", "list=model%3Dgpt-4o", "list=search%3Dzebra"])
def test_without_a_hit_nothing_is_marked(studio: RunningStudio, query: str) -> None:
    html = page(studio, "found", query)
    assert hits(html) == "" and "<mark>" not in html


def test_what_is_marked_is_escaped(studio: RunningStudio) -> None:
    html = page(studio, "hostile", "list=search%3D%3Cb%3Eneedle")
    assert "<mark>&lt;b&gt;needle</mark>&lt;/b&gt;" in html


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ("zebraend", "ends with a <mark>zebraend</mark>."),
        ("giraffe", "<mark>giraffe</mark>."),
        ("beyond what", "<mark>beyond what</mark> is looked through."),
    ],
)
def test_a_row_shows_the_words_around_a_hit_at_the_end_of_a_large_text(
    studio: RunningStudio, search: str, words: str
) -> None:
    answer = studio.request("GET", f"{CALLS}?search={search.replace(' ', '+')}")
    rows = re.findall(r'<li class="call .*?</li>', answer.body.decode(), re.DOTALL)
    assert len(rows) == 1
    assert words in re.sub(r"</?span[^>]*>", "", rows[0])
