"""In a call opened from a search: from hit to hit by keys and buttons, wherever the hits are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import violations
from tests.browser.conftest import PATIENCE_MS
from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import entry, studio_with

LIST = "/studio/llm-logs"
SAID = [{"role": "user", "content": f"Line {number} of the log."} for number in range(300)]
for number in range(100, 180, 10):
    SAID[number] = {"role": "user", "content": f"needle {number}"}
FOUND = entry(
    1,
    agent_id="bot",
    log_id="found",
    messages=SAID,
    reasoning="Where is the needle? " + "x " * 3_000 + "Another needle.",
    completion="A needle here, a needle there.",
    tools=[{"name": "look", "description": "Looks for a needle."}],
)
FAR = entry(2, agent_id="bot", log_id="far", completion="word " * 4_000 + "a needle far down.")
ON_PAGE = 5 + 2 + 2 + 1
"""Five messages stand unfolded; reasoning, answer, tools."""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    with studio_with(tmp_path_factory.mktemp("hits") / "workspace", FOUND, FAR) as running:
        yield running


def here(page: Page) -> str:
    return str(page.locator("mark.is-here").evaluate("it => it.parentElement.textContent"))


def test_n_and_shift_n_go_from_hit_to_hit_and_count(page: Page) -> None:
    page.goto(f"{LIST}/bot/found?list=search%3Dneedle")
    place = page.locator(".hit-place")
    expect(place).to_have_text(f"{ON_PAGE} hits here, more in 3 folded messages")
    page.keyboard.press("n")
    expect(place).to_have_text(f"1 of {ON_PAGE}, more in 3 folded messages")
    assert here(page) == "needle 100"
    expect(page.locator("mark.is-here")).to_be_in_viewport()
    page.keyboard.press("n")
    assert here(page) == "needle 110"
    page.keyboard.press("Shift+N")
    assert here(page) == "needle 100"
    page.keyboard.press("N")
    expect(place).to_have_text(f"{ON_PAGE} of {ON_PAGE}, more in 3 folded messages")
    expect(page.locator(".tools mark.is-here")).to_be_in_viewport()


def test_what_is_folded_unfolds_on_the_way(page: Page) -> None:
    page.goto(f"{LIST}/bot/found?list=search%3Dneedle")
    expect(page.get_by_text("needle 150")).to_have_count(0)
    following = page.get_by_role("button", name="Next hit")
    for number in range(100, 180, 10):
        following.click()
        expect(page.locator(f"#message-{number + 1} mark.is-here")).to_be_in_viewport()
    expect(page.locator(".hit-place")).to_have_text(f"8 of {ON_PAGE + 3}")
    for words in ("Where is the", "Another"):
        following.click()
        expect(page.locator("details.reasoning mark.is-here")).to_be_in_viewport()
        assert words in here(page)
    assert violations(page) == []


def test_going_back_unfolds_the_last_hits_first(page: Page) -> None:
    page.goto(f"{LIST}/bot/found?list=search%3Dneedle")
    page.locator(".hit-place").wait_for()
    for _ in range(6):
        page.keyboard.press("N")
    expect(page.locator("#message-171 mark.is-here")).to_be_in_viewport()


def test_messages_that_do_not_come_say_so_and_the_way_goes_on(
    browser: Browser, studio: RunningStudio
) -> None:
    context = browser.new_context(base_url=studio.url)
    context.set_default_timeout(PATIENCE_MS)
    tab = context.new_page()
    tab.goto(f"{LIST}/bot/found?list=search%3Dneedle")
    tab.route("**hits=first*", lambda route: route.abort())
    for _ in range(6):
        tab.keyboard.press("n")
    expect(tab.locator(".fold [role=alert]")).to_contain_text("could not be loaded")
    tab.unroute("**hits=first*")
    tab.keyboard.press("n")
    expect(tab.locator("#message-151 mark.is-here")).to_be_in_viewport()
    context.close()


def test_a_hit_far_down_a_text_shows_the_words_around_it(page: Page) -> None:
    page.goto(f"{LIST}/bot/far?list=search%3Dneedle")
    expect(page.locator(".far")).to_contain_text("a needle far down.")
    page.keyboard.press("n")
    expect(page.locator(".far mark.is-here")).to_be_in_viewport()
    expect(page.locator(".hit-place")).to_have_text("1 of 1")


def test_beside_the_list_n_is_of_the_open_call_while_it_has_hits(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{LIST}?search=needle")
    page.locator("#rows .call-link").last.click()
    panel = page.locator("#call-panel")
    expect(panel.locator(".hit-place")).to_contain_text("hits here")
    page.keyboard.press("n")
    expect(panel.locator("mark.is-here")).to_be_in_viewport()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("next and previous hit")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_without_a_search_there_is_nothing_to_step_through(page: Page) -> None:
    page.goto(f"{LIST}/bot/found")
    page.keyboard.press("n")
    expect(page.locator(".hit-steps")).to_have_count(0)
    expect(page.locator("mark")).to_have_count(0)


IN_VIEW = """(mark) => {
    const own = mark.getBoundingClientRect(), line = mark.closest(".text").getBoundingClientRect();
    return own.width > 0 && own.right <= line.right && own.bottom <= line.bottom + 1;
}"""


@pytest.mark.parametrize(("width", "query"), [(1440, ""), (1440, "&open=bot/deep"), (390, "")])
def test_a_row_shows_the_hit_however_little_room_it_has(
    browser: Browser, tmp_path: Path, width: int, query: str
) -> None:
    words = "Please plan a journey of three long days by train with our kettle and a cat."
    deep = entry(1, agent_id="bot", log_id="deep", messages=[{"role": "user", "content": words}])
    with studio_with(tmp_path / "workspace", {**deep, "completion": words}) as studio:
        context = browser.new_context(base_url=studio.url, viewport={"width": width, "height": 900})
        page = context.new_page()
        page.goto(f"/studio/llm-logs?search=kettle{query}")
        marks = page.locator("#rows mark")
        expect(marks).to_have_count(2)
        assert [mark.evaluate(IN_VIEW) for mark in marks.all()] == [True, True]
        context.close()
