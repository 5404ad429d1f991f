"""From the line above the list to the reason why entries were lost, for everyone."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from agents_sdk import AgentClient, EventBasedLLMLogger, LLMCallLogger
from tests.browser.accessibility import violations
from tests.integration.running_studio import RunningStudio

LIST = "/studio/llm-logs"
PAGE = f"{LIST}/delivery"


def log(logger: LLMCallLogger | EventBasedLLMLogger) -> None:
    logger.log_call_sync("gpt-4o", "openai", [], None, {"content": "Rain."}, 12)


@pytest.fixture
def losses(studio: RunningStudio) -> None:
    """One agent that lost entries, and one that delivered all of its own."""
    (studio.workspace / "logs" / "llm" / "unlucky.jsonl").mkdir()
    unlucky = LLMCallLogger(studio.workspace, "unlucky")
    for _ in range(3):
        log(unlucky)
    unlucky.close()
    lucky = EventBasedLLMLogger("lucky", AgentClient("lucky", studio.url))
    log(lucky)
    lucky.close(60)


def test_a_loss_is_found_from_the_list_by_keyboard(
    page: Page, studio: RunningStudio, losses: None
) -> None:
    page.goto(LIST)
    link = page.get_by_role("link", name="1 agent dropped entries.")
    link.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{PAGE}$"))
    rows = page.get_by_role("row")
    expect(rows).to_have_count(4)
    expect(rows.nth(1)).to_contain_text(re.compile(r"unlucky\s*0\s*0\s*0\s*3"))
    expect(rows.nth(2)).to_contain_text(re.compile(r"3\s*Is a directory\s*Last lost"))
    expect(rows.nth(3)).to_contain_text(re.compile(r"lucky\s*1\s*1\s*0\s*0"))
    page.get_by_role("link", name="lucky", exact=True).click()
    expect(page).to_have_url(re.compile(r"agent_id=lucky$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_it_is_accessible_and_fits_every_screen(
    browser: Browser, studio: RunningStudio, losses: None, scheme: Any, width: int
) -> None:
    context = browser.new_context(
        base_url=studio.url, color_scheme=scheme, viewport={"width": width, "height": 844}
    )
    page = context.new_page()
    page.goto(PAGE)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_role("columnheader")).to_have_count(6)
    context.close()


def test_nothing_was_told_yet_and_no_script_runs(browser: Browser, studio: RunningStudio) -> None:
    context = browser.new_context(base_url=studio.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(PAGE)
    expect(page.get_by_role("heading", name="No agent has told anything yet.")).to_be_visible()
    page.get_by_role("link", name="All calls").click()
    expect(page.locator(".state")).to_be_visible()
    expect(page.locator(".state-loss")).to_have_count(0)
    context.close()
