"""What a reader does by hand, done until the page has noticed."""

from playwright.sync_api import Page

from tests.integration.running_studio import until

_SCROLL = """(px) => new Promise((done) => {
    addEventListener("scroll", done, { once: true });
    scrollTo(0, px);
})"""


def scroll_to(page: Page, px: int) -> None:
    """A browser tells of a scroll with its next frame, and messages of the feed may come before."""
    page.evaluate(_SCROLL, px)


def until_so(page: Page, expression: str) -> None:
    """Wait until an expression holds. Playwright's own way has the page evaluate a text, when it
    asks a second time, which our Content Security Policy forbids."""
    until(lambda: page.evaluate(expression), expression)
