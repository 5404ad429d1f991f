"""A browser of the system, driven by Playwright, and a Studio for it to look at."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import entry, studio_with

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip(
            f"NO BROWSER JOURNEY RUNS: none of {', '.join(BROWSERS)} is in the PATH; "
            "on Debian: apt-get install chromium."
        )
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=executable,
            args=["--no-sandbox", "--disable-dev-shm-usage"],
            timeout=PATIENCE_MS,
        )
        yield launched
        launched.close()


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[RunningStudio]:
    """Sixty calls of two agents, so that there is a second page."""
    calls = [entry(number, agent_id=f"agent-{number % 2}") for number in range(1, 61)]
    with studio_with(tmp_path / "workspace", *calls) as running:
        yield running


@pytest.fixture
def page(browser: Browser, studio: RunningStudio) -> Iterator[Page]:
    """A tab at the Studio; whatever the browser complains about fails the test."""
    context = browser.new_context(base_url=studio.url)
    context.set_default_timeout(PATIENCE_MS)
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    yield tab
    context.close()
    assert [text for text in complaints if not is_of_an_outage(text)] == []


def is_of_an_outage(complaint: str) -> bool:
    """A server that is killed is noticed, by the browser and by htmx."""
    told_by_htmx = ("htmx: htmx:sse:error", "htmx: htmx:error: Failed to fetch")
    return "net::ERR" in complaint or complaint.startswith(told_by_htmx)
