"""A call that is open beside the list, on a screen with room for both."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.accessibility import violations
from tests.browser.conftest import PATIENCE_MS
from tests.browser.test_live_list import LIST, log, open_list, see
from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import append, entry, studio_with

QUESTION = {"role": "user", "content": "How warm is it?"}
ASKED = {
    "role": "assistant",
    "content": None,
    "tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    ],
}
SECOND = "open=team%252Fweather/second"


def turns() -> list[dict[str, Any]]:
    """Two calls of one conversation, younger than all others at whatever time the test runs."""
    asks = entry(
        100,
        agent_id="team/weather",
        log_id="first",
        messages=[QUESTION],
        completion="",
        tool_calls=[{"id": "c1", "name": "look", "arguments": "{}"}],
    )
    answers = entry(
        101,
        agent_id="team/weather",
        log_id="second",
        messages=[QUESTION, ASKED, {"role": "tool", "tool_call_id": "c1", "content": "18 °C"}],
        completion="It is 18 °C.",
    )
    return [asks, answers]


@pytest.fixture
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    calls = [entry(number, agent_id="bot", log_id=f"call-{number}") for number in range(1, 31)]
    workspace = tmp_path_factory.mktemp("panel") / "workspace"
    with studio_with(workspace, *calls, *turns()) as running:
        yield running


def panel(page: Page) -> Locator:
    return page.locator("#call-panel")


def row(page: Page, words: str) -> Locator:
    return page.locator("#rows .call", has_text=words)


def test_a_click_opens_the_call_beside_the_list_and_the_address_is_of_both(page: Page) -> None:
    open_list(page, "?search=warm")
    row(page, "18 °C").locator(".call-link").click()
    expect(panel(page).get_by_role("heading", name="team/weather")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"\?search=warm&{SECOND}$"))
    expect(panel(page)).to_be_focused()
    expect(row(page, "18 °C").locator(".call-link")).to_have_attribute("aria-current", "true")
    page.reload()
    expect(panel(page).get_by_text("It is 18 °C.")).to_be_visible()
    expect(page.locator("#rows .call")).to_have_count(2)
    page.go_back()
    expect(panel(page)).to_be_hidden()
    expect(page).to_have_url(re.compile(r"\?search=warm$"))
    page.go_forward()
    expect(panel(page).get_by_text("It is 18 °C.")).to_be_visible()


def test_the_panel_follows_the_keyboard_and_esc_gives_the_row_back(page: Page) -> None:
    open_list(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(panel(page)).to_be_focused()
    steps = page.evaluate("history.length")
    for _ in range(9):
        page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page).to_have_url(re.compile(r"\?open=bot/call-24$"))
    expect(panel(page).get_by_text("Question 24?")).to_be_visible()
    assert page.evaluate("history.length") == steps
    expect(row(page, "Question 24?").locator(".call-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(row(page, "Question 24?").locator(".call-link")).to_be_focused()
    assert page.url.endswith(LIST)


def test_turns_and_folds_open_inside_the_panel(page: Page) -> None:
    page.goto(f"{LIST}?agent_id=team%2Fweather&{SECOND}")
    panel(page).get_by_role("link", name="Show: 2 earlier messages").click()
    expect(panel(page).get_by_text("How warm is it?")).to_be_visible()
    panel(page).get_by_text("Raw JSON").click()
    expect(panel(page).locator(".tree-key", has_text="completion")).to_be_visible()
    page.keyboard.press("h")
    expect(page).to_have_url(re.compile(r"\?agent_id=team%2Fweather&open=team%252Fweather/first$"))
    expect(panel(page)).to_be_focused()
    panel(page).get_by_role("link", name="Next turn").click()
    expect(panel(page).get_by_text("It is 18 °C.")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"{SECOND}$"))
    page.go_back()
    expect(page).to_have_url(re.compile(r"open=team%252Fweather/first$"))
    expect(panel(page).get_by_role("link", name="Next turn")).to_be_visible()
    panel(page).get_by_role("link", name="Open as a page").click()
    expect(page.locator("h1")).to_have_text("team/weather")


def test_the_list_goes_on_while_a_call_is_read(page: Page, studio: RunningStudio) -> None:
    page.set_viewport_size({"width": 1440, "height": 500})
    open_list(page)
    row(page, "Question 30?").locator(".call-link").click()
    expect(panel(page).get_by_text("Question 30?")).to_be_visible()
    panel(page).evaluate("panel => { panel.scrollTop = 60; }")
    page.mouse.move(5, 5)
    log(studio, "newcomer", "Is anybody there?")
    see(page, "Is anybody there?")
    assert panel(page).evaluate("panel => panel.scrollTop") == 60
    assert page.url.endswith("open=bot/call-30")
    expect(page.locator("#rows .call.is-open")).to_contain_text("Question 30?")


def test_an_address_without_such_a_call_says_so(page: Page) -> None:
    page.goto(f"{LIST}?open=bot/gone")
    expect(panel(page).get_by_role("heading", name="There is no such call")).to_be_visible()
    expect(page.locator("#rows .call")).to_have_count(32)
    panel(page).get_by_role("link", name="Close").click()
    expect(panel(page)).to_be_hidden()
    assert page.url.endswith(LIST)


def test_an_answer_that_is_no_call_is_shown_as_a_page(page: Page) -> None:
    open_list(page)
    page.route("**/call-30?part=panel*", lambda route: route.fulfill(body="<h1>Log in</h1>"))
    row(page, "Question 30?").locator(".call-link").click()
    expect(page).to_have_url(re.compile(r"/studio/llm-logs/bot/call-30"))


def test_a_studio_that_does_not_answer_leaves_the_open_call_alone(page: Page) -> None:
    page.goto(f"{LIST}?open=bot/call-30")
    page.route("**/call-29?part=panel*", lambda route: route.abort())
    row(page, "Question 29?").locator(".call-link").click()
    expect(panel(page).get_by_role("alert")).to_have_text(
        "The other call could not be loaded: the Studio does not answer."
    )
    expect(panel(page).get_by_text("Question 30?")).to_be_visible()
    assert page.url.endswith("open=bot/call-30")
    page.unroute("**/call-29?part=panel*")
    page.keyboard.press("Enter")
    expect(panel(page).get_by_text("Question 29?")).to_be_visible()
    expect(page).to_have_url(re.compile("open=bot/call-29$"))


def test_a_narrow_screen_goes_to_the_page(page: Page) -> None:
    page.set_viewport_size({"width": 800, "height": 900})
    open_list(page)
    row(page, "Question 30?").locator(".call-link").click()
    expect(page).to_have_url(re.compile(r"/studio/llm-logs/bot/call-30$"))
    page.goto(f"{LIST}?{SECOND}")
    expect(panel(page).get_by_text("It is 18 °C.")).to_be_visible()
    expect(page.locator("#rows")).to_be_hidden()
    panel(page).get_by_role("link", name="Close").click()
    expect(page.locator("#rows .call")).to_have_count(32)


def test_without_scripts_both_are_there_and_links_lead_on(
    browser: Browser, studio: RunningStudio
) -> None:
    context = browser.new_context(base_url=studio.url, java_script_enabled=False)
    context.set_default_timeout(PATIENCE_MS)
    tab = context.new_page()
    tab.goto(f"{LIST}?search=warm&{SECOND}")
    expect(panel(tab).get_by_text("It is 18 °C.")).to_be_visible()
    expect(tab.locator("#rows .call")).to_have_count(2)
    panel(tab).get_by_role("link", name="Previous turn").click()
    expect(tab).to_have_url(re.compile(r"\?search=warm&open=team%252Fweather/first$"))
    panel(tab).get_by_role("link", name="Close").click()
    expect(tab).to_have_url(re.compile(r"\?search=warm$"))
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_list_and_call_are_accessible_together(
    browser: Browser, studio: RunningStudio, scheme: Any
) -> None:
    context = browser.new_context(
        base_url=studio.url, color_scheme=scheme, viewport={"width": 1440, "height": 900}
    )
    context.set_default_timeout(PATIENCE_MS)
    tab = context.new_page()
    tab.goto(f"{LIST}?{SECOND}")
    expect(tab.locator("#overview data").first).to_be_visible()
    tab.evaluate("document.querySelectorAll('#call-panel details').forEach(d => { d.open = true })")
    tab.wait_for_load_state("load")
    expect(tab.locator(".tree-key").first).to_be_visible()
    assert violations(tab) == []
    tab.keyboard.press("?")
    assert violations(tab) == []
    tab.goto(f"{LIST}?open=bot/gone")
    assert violations(tab) == []
    context.close()


def test_a_call_found_by_a_search_opens_with_its_hits_and_leads_to_them(
    page: Page, studio: RunningStudio
) -> None:
    history = [{"role": "user", "content": f"Line {number} of it."} for number in range(120)]
    history[40] = {"role": "user", "content": "A needle in the hay."}
    append(studio.workspace, entry(200, agent_id="bot", log_id="deep", messages=history))
    open_list(page, "?search=needle")
    row(page, "needle").locator(".call-link").click()
    expect(panel(page).locator(".hits")).to_contain_text("needle in 1 message: 41")
    panel(page).get_by_role("link", name="Message 41", exact=True).click()
    expect(panel(page).locator("#message-41 mark")).to_be_in_viewport()
    assert violations(page) == []


def test_the_turn_that_follows_the_open_call_is_linked_when_it_arrives(
    page: Page, studio: RunningStudio
) -> None:
    open_list(page, f"?{SECOND}")
    expect(panel(page).locator("[rel=prev]")).to_be_visible()
    expect(panel(page).locator("[rel=next]")).to_have_count(0)
    said = {"role": "assistant", "content": "It is 18 °C."}
    third = [*turns()[1]["messages"], said, {"role": "user", "content": "And tomorrow?"}]
    append(studio.workspace, entry(102, agent_id="team/weather", log_id="third", messages=third))
    expect(panel(page).locator("[rel=next]")).to_be_visible()
    panel(page).locator("[rel=next]").click()
    expect(panel(page)).to_contain_text("And tomorrow?")


def test_a_row_is_marked_as_open_before_its_call_has_come(page: Page) -> None:
    held: list[Any] = []
    page.route("**part=panel**", lambda route: held.append(route))
    open_list(page)
    chosen = page.locator("#rows .call").nth(3)
    chosen.locator(".call-link").click()
    expect(chosen).to_have_class(re.compile("is-open"))
    with page.expect_event("requestfinished", lambda request: "/overview" in request.url):
        page.evaluate("htmx.trigger('#overview', 'recount')")
    expect(chosen).to_have_class(re.compile("is-open"))
    expect(panel(page).get_by_text("Loading call…")).to_be_visible()
    expect(page.locator("#panel-loading")).to_have_text("Loading call…")
    assert held and not panel(page).locator(".message").count()
    held[0].continue_()
    expect(panel(page).locator(".message").first).to_be_visible()
    expect(page.locator("#panel-loading")).to_be_empty()
    expect(panel(page).get_by_text("Loading call…")).to_have_count(0)
