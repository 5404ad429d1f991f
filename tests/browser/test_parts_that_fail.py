"""A part of a page that does not come says so in its place, and can be tried again by keyboard."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.accessibility import violations
from tests.browser.conftest import PATIENCE_MS
from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import entry, studio_with

LIST = "/studio/llm-logs"
SAID = [{"role": "user", "content": f"Message {number}."} for number in range(60)]
LONG = entry(
    1, log_id="long", messages=SAID, completion="Words. " * 3_000, more={"deep": {"deeper": 1}}
)
OTHER = entry(2, log_id="other")
OLD = re.compile(r"The index was last heard of .+ ago\.")
NO_CONNECTION = "the Studio does not answer."


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    with studio_with(tmp_path_factory.mktemp("fail") / "workspace", LONG, OTHER) as running:
        yield running


@pytest.fixture
def tab(browser: Browser, studio: RunningStudio) -> Iterator[Page]:
    """A page whose browser may complain: that a server is in trouble is what this is about."""
    context = browser.new_context(base_url=studio.url, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def refuse(status: int) -> Callable[[Route], None]:
    def answer(route: Route) -> None:
        if status:
            route.fulfill(status=status, body="<h1>Trouble</h1>", content_type="text/html")
        else:
            route.abort()

    return answer


def said(status: int) -> str:
    return {0: NO_CONNECTION, 404: "it is no longer there."}.get(
        status, f"the Studio answered {status}."
    )


def try_again(page: Page, place: Locator, pattern: str) -> None:
    """By keyboard, first in vain, then with the server back."""
    button = place.get_by_role("button", name="Try again")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_be_focused()
    page.unroute(pattern)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("status", [0, 404, 500, 503])
def test_messages_that_do_not_unfold(tab: Page, status: int) -> None:
    pattern = "**part=messages*"
    tab.goto(f"{LIST}/bot/long")
    tab.route(pattern, refuse(status))
    tab.get_by_role("link", name="Show: 40 more messages").click()
    fold = tab.locator(".fold")
    expect(fold.get_by_role("alert")).to_have_text(
        f"These messages could not be loaded: {said(status)}"
    )
    expect(fold).to_contain_text("40 more messages")
    assert violations(tab) == []
    try_again(tab, fold, pattern)
    expect(tab.get_by_text("Message 30.")).to_be_visible()
    expect(tab.locator(".failed")).to_have_count(0)


@pytest.mark.parametrize("status", [0, 500])
def test_a_raw_tree_and_the_rest_of_a_text(tab: Page, status: int) -> None:
    pattern = "**part=json*"
    tab.goto(f"{LIST}/bot/long")
    tab.route(pattern, refuse(status))
    tab.get_by_text("Raw JSON").click()
    raw = tab.locator(".raw")
    expect(raw.get_by_role("alert")).to_have_text(
        f"The raw JSON could not be loaded: {said(status)}"
    )
    try_again(tab, raw, pattern)
    expect(tab.locator(".tree-key", has_text="completion")).to_be_visible()
    tab.route(pattern, refuse(status))
    tab.locator(".tree summary", has_text="more").click()
    here = tab.locator(".tree details", has_text="deep").first
    expect(here.get_by_role("alert")).to_contain_text("This value could not be loaded")
    try_again(tab, here, pattern)
    expect(tab.locator(".tree-key", has_text="deep").last).to_be_visible()
    tab.route(pattern, refuse(status))
    tab.locator(".answer .more > summary").click()
    rest = tab.locator(".answer .cut")
    rest.get_by_role("link").click()
    expect(rest.get_by_role("alert")).to_contain_text("The rest of this text could not be loaded")
    try_again(tab, rest, pattern)
    expect(tab.locator(".answer .stretch")).to_be_visible()


@pytest.mark.parametrize("status", [0, 500])
def test_the_numbers(tab: Page, status: int) -> None:
    pattern = "**/overview*"
    tab.route(pattern, refuse(status))
    tab.goto(LIST)
    overview = tab.locator("#overview")
    expect(overview.get_by_role("alert")).to_have_text(
        f"The numbers could not be loaded: {said(status)}"
    )
    assert violations(tab) == []
    try_again(tab, overview, pattern)
    expect(overview.locator("data").first).to_have_text("2")
    expect(tab.locator(".failed")).to_have_count(0)
    tab.route(pattern, refuse(status))
    list_at = tab.locator("#calls").bounding_box()
    tab.evaluate("htmx.trigger('#overview', 'recount')")
    expect(overview.get_by_role("alert")).to_be_visible()
    assert tab.locator("#calls").bounding_box() == list_at
    expect(overview.locator("data").first).to_have_text("2")


@pytest.mark.parametrize("status", [0, 500])
def test_the_state_of_the_index_says_how_old_it_is_until_it_is_told_anew(
    tab: Page, status: int
) -> None:
    ask = "htmx.ajax('GET', '/studio/llm-logs/state', "
    ask += "{source: '#state', target: '#state', swap: 'outerHTML'})"
    tab.goto(LIST)
    state = tab.locator("#state")
    expect(state).to_contain_text("Last call indexed")
    expect(state).not_to_contain_text("last heard of")
    tab.route("**/llm-logs/state", refuse(status))
    tab.evaluate(ask)
    expect(state).to_contain_text(OLD)
    expect(state.get_by_text("Last call indexed")).to_be_hidden()
    expect(tab.locator(".failed")).to_have_count(0)
    assert violations(tab) == []
    tab.unroute("**/llm-logs/state")
    tab.evaluate(ask)
    expect(state).not_to_contain_text("last heard of")
    expect(state).to_contain_text("Last call indexed")


def test_the_state_of_the_index_is_not_news_while_the_feed_is_broken(tab: Page) -> None:
    tab.route("**/llm-logs/feed*", refuse(0))
    tab.goto(LIST)
    expect(tab.locator("#feed-state")).to_have_class(re.compile("is-broken"))
    expect(tab.locator("#state")).to_contain_text(OLD)


def test_a_list_that_cannot_be_had_anew_keeps_its_rows(tab: Page) -> None:
    tab.goto(LIST)
    tab.locator("#overview data").first.wait_for()
    pattern = f"**{LIST}"
    tab.route(pattern, refuse(500))
    tab.evaluate("htmx.trigger('#calls', 'reload')")
    calls = tab.locator("#calls")
    expect(calls.get_by_role("alert")).to_contain_text("The newest calls could not be loaded")
    expect(tab.locator("#rows .call")).to_have_count(2)
    try_again(tab, calls, pattern)
    expect(tab.locator(".failed")).to_have_count(0)
    expect(tab.locator("#rows .call")).to_have_count(2)


@pytest.mark.parametrize("status", [0, 500])
def test_a_call_beside_the_list(tab: Page, status: int) -> None:
    pattern = "**part=panel*"
    tab.route(pattern, refuse(status))
    tab.goto(LIST)
    tab.locator("#rows .call-link").first.click()
    panel = tab.locator("#call-panel")
    expect(panel.get_by_role("alert")).to_have_text(f"The call could not be loaded: {said(status)}")
    assert violations(tab) == []
    tab.keyboard.press("Enter")
    expect(panel.get_by_role("button", name="Try again")).to_be_focused()
    tab.unroute(pattern)
    tab.keyboard.press("Enter")
    expect(panel.get_by_text("Question 2?")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(panel).to_be_hidden()
