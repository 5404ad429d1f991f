"""The form of filters says what the address says, whatever way one came to it."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import BROWSERS
from tests.browser.reader import scroll_to
from tests.browser.test_live_list import LIST, log, open_list, see
from tests.integration.running_studio import RunningStudio

PASSWORD = "correct horse battery staple"


def test_a_time_that_nobody_touched_is_sent_as_it_was(page: Page, studio: RunningStudio) -> None:
    since, until = "1795564800.123456", "1995591799.999"
    page.goto(f"{LIST}?since={since}&until={until}")
    page.get_by_label("Search").fill("Question")
    page.keyboard.press("Enter")
    page.wait_for_url("**search=Question**")
    assert f"since={since}" in page.url and f"until={until}" in page.url


def test_enter_in_a_field_sends_the_form_once(page: Page, studio: RunningStudio) -> None:
    page.goto(f"{LIST}?since=1795564800&until=1995591799")
    page.get_by_label("Took at least").fill("5")
    page.keyboard.press("Enter")
    page.wait_for_url("**min_latency_ms=5**")
    assert page.url.count("since=") == page.url.count("until=") == 1


def test_back_leads_to_a_form_without_the_filter(page: Page, studio: RunningStudio) -> None:
    open_list(page)
    page.get_by_label("Errors only").check()
    page.wait_for_url("**has_error=true**")
    page.go_back()
    expect(page).to_have_url(re.compile(f"{LIST}$"))
    expect(page.get_by_label("Errors only")).not_to_be_checked()
    page.get_by_label("Search").fill("Question")
    page.keyboard.press("Enter")
    page.wait_for_url("**search=Question**")
    assert "has_error" not in page.url


def test_back_leads_to_a_form_as_the_list_was_asked_for(
    browser: Browser, studio: RunningStudio
) -> None:
    """Whether the browser kept the page as it was left or loads it anew."""
    for kept in (True, False):
        with a_browser(browser, keeps_pages=kept) as other:
            page = other.new_page(base_url=studio.url)
            open_list(page, "?since=1795564800&search=Question")
            page.evaluate("window.isKept = true")
            shown = page.get_by_label("From").input_value()
            page.get_by_label("Search").fill("Something else")
            page.locator("summary", has_text="Agent").click()
            expect(page.locator(".choice:visible")).to_have_count(2)
            page.keyboard.type("agent-1")
            expect(page.locator(".choice:visible")).to_have_count(1)
            page.locator("summary", has_text="Exact").click()
            page.get_by_label("From").fill("2026-01-01T00:00:00")
            page.get_by_role("link", name="API").click()
            page.wait_for_url("**/api/docs")
            # Later: the answer comes before the page goes. One that was kept is not loaded.
            page.evaluate("setTimeout(() => history.back())")
            expect(page.get_by_label("Search")).to_have_value("Question")
            expect(page.get_by_label("From")).to_have_value(shown)
            assert page.evaluate("window.isKept ?? false") is kept
            page.locator("summary", has_text="Agent").click()
            expect(page.locator(".choice:visible")).to_have_count(2)
            expect(page.locator("#feed-state")).to_have_text("Live")


@contextmanager
def a_browser(like: Browser, *, keeps_pages: bool) -> Iterator[Browser]:
    """One like another, but for whether it keeps pages that are left (Playwright forbids it)."""
    executable = next(filter(None, map(shutil.which, BROWSERS)))
    launched = like.browser_type.launch(
        executable_path=executable,
        args=["--no-sandbox", "--disable-dev-shm-usage"],
        ignore_default_args=["--disable-back-forward-cache"] if keeps_pages else None,
    )
    yield launched
    launched.close()


def test_a_list_that_is_scrolled_a_little_stays_where_it_is(
    page: Page, studio: RunningStudio
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    open_list(page)
    scroll_to(page, 120)
    row = page.locator("#rows > .call").nth(5).element_handle()
    assert row is not None
    before = row.bounding_box()
    log(studio, "bot", "A question from below")
    expect(page.locator("#show-new")).to_have_text("1 new")
    assert row.bounding_box() == before
    page.locator("#show-new").click()
    see(page, "A question from below")


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[RunningStudio]:
    settings = {"STUDIO_HOST": "0.0.0.0", "STUDIO_PASSWORD": PASSWORD}
    with RunningStudio(tmp_path / "locked", worker=None, **settings) as running:
        yield running


def test_a_login_that_is_over_leads_to_the_login_page(
    browser: Browser, locked: RunningStudio
) -> None:
    context = browser.new_context(base_url=locked.url)
    page = context.new_page()
    page.goto(LIST)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.locator("#feed-state.is-live").wait_for()
    context.clear_cookies()
    page.evaluate("htmx.trigger('#overview', 'recount')")
    page.wait_for_url("**/studio/login?next=**")
    expect(page.get_by_label("Password")).to_have_count(1)
    context.close()
