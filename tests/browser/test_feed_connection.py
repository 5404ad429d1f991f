"""How the page of the list and its live feed find, lose and leave each other."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.reader import scroll_to
from tests.browser.test_live_list import LIST, log, previews, see
from tests.integration.running_studio import RunningStudio

PASSWORD = "correct horse battery staple"
FEED = "**/llm-logs/feed*"
LAST_SCRIPT = "**/filters*.js*"


def test_a_page_that_arrives_slowly_has_one_feed(page: Page, studio: RunningStudio) -> None:
    """Else every call comes twice. What a script asks for before the page is all there, and what
    htmx then asks for by itself, must not be the same feed."""
    script: list[Route] = []
    again: list[str] = []
    asked: list[Route] = []
    page.route(LAST_SCRIPT, lambda route: script.append(route))
    page.route(FEED, lambda route: asked.append(route))
    with page.expect_request(LAST_SCRIPT):
        page.goto(LIST, wait_until="commit")
    page.evaluate("new Promise((done) => navigator.locks.request('any', done))")
    with page.expect_request("**/overview"):
        script[0].continue_()
    expect(page.locator("#overview data").first).to_be_visible()
    page.on(
        "request", lambda request: again.append(request.url) if "/feed" in request.url else None
    )
    page.route(FEED, lambda route: route.continue_())
    for route in asked:
        route.continue_()
    expect(page.locator("#feed-state")).to_have_text("Live")
    scroll_to(page, 120)
    log(studio, "bot", "Once")
    log(studio, "bot", "And once more")
    expect(page.locator("#show-new")).to_have_text("2 new")
    assert len(asked) == 1
    assert again == []


def test_a_call_that_is_told_again_and_again_is_one(page: Page, studio: RunningStudio) -> None:
    """As after a connection that broke in the midst of a delivery: it goes on before it."""
    asked: list[Route] = []
    page.route(FEED, lambda route: asked.append(route))
    with page.expect_request(FEED):
        page.goto(LIST)
    scroll_to(page, 400)
    known = page.locator("#rows .call").evaluate_all("rows => rows.map((row) => row.outerHTML)")
    unknown = known[0].replace("Question 60?", "The unknown").replace('id="call-', 'id="call-new-')
    told = events(*known, unknown, unknown)
    page.route(FEED, lambda route: route.fulfill(body=told, content_type="text/event-stream"))
    asked[0].fulfill(body=told, content_type="text/event-stream")
    for _ in range(2):  # such a feed ends at once, and the page comes back to it
        page.wait_for_event("requestfinished", lambda request: "/feed" in request.url)
    expect(page.locator("#show-new")).to_have_text("1 new")
    page.locator("#show-new").click()
    see(page, "The unknown")
    assert len(previews(page)) == len(set(previews(page))) == 51


WITHOUT_A_PLACE = """
window.asked = 0;
navigator.locks.request = async (name, options, take) => { window.asked += 1; take(null); };
Object.defineProperty(document, "hidden", { get: () => window.isHidden ?? false });
"""
HIDE_AND_SHOW = """() => [true, false].forEach((isHidden) => {
    window.isHidden = isHidden;
    document.dispatchEvent(new Event("visibilitychange"));
})"""


def test_a_window_that_waits_asks_once_in_two_seconds_however_often_it_is_hidden(
    page: Page,
) -> None:
    page.clock.install()
    page.add_init_script(WITHOUT_A_PLACE)
    page.goto(LIST)
    expect(page.locator("#feed-state")).to_have_text("Live in other windows")
    expect(page.locator("#overview data").first).to_be_visible()  # nothing to time out
    page.clock.pause_at(time.time() + 60)
    for _ in range(5):
        page.evaluate(HIDE_AND_SHOW)
    before = page.evaluate("asked")
    page.clock.run_for(2_000)
    assert page.evaluate("asked") - before == 4


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[RunningStudio]:
    settings = {"STUDIO_HOST": "0.0.0.0", "STUDIO_PASSWORD": PASSWORD}
    with RunningStudio(tmp_path / "locked", worker=None, **settings) as running:
        yield running


def test_a_feed_whose_login_is_over_leads_to_the_login_and_from_there_back(
    browser: Browser, locked: RunningStudio
) -> None:
    context = browser.new_context(base_url=locked.url)
    page = context.new_page()
    page.goto(f"{LIST}?model=gpt-4o")
    log_in(page)
    page.locator("#feed-state.is-live").wait_for()
    page.route("**/llm-logs/state", lambda route: route.abort())  # it would notice as well
    context.request.post("/studio/logout")
    log(locked, "bot", "Not for those who left")
    page.wait_for_url("**/studio/login?next=**")
    log_in(page)
    expect(page).to_have_url(f"{locked.url}{LIST}?model=gpt-4o")
    see(page, "Not for those who left")
    context.close()


def log_in(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def events(*rows: str) -> str:
    """Rows as the feed tells them."""
    html = "".join(" ".join(row.split()) for row in rows)
    return f'data: <hx-partial hx-target="#inbox" hx-swap="beforeend">{html}</hx-partial>\n\n'
