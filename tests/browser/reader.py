"""What a reader does by hand, done until the page has noticed."""

from playwright.sync_api import Page

_SCROLL = """(px) => new Promise((done) => {
    addEventListener("scroll", done, { once: true });
    scrollTo(0, px);
})"""


def scroll_to(page: Page, px: int) -> None:
    """A browser tells of a scroll with its next frame, and messages of the feed may come before."""
    page.evaluate(_SCROLL, px)
