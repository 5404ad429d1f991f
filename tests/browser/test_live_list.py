"""The list of calls in a real browser, while agents go on calling."""

import os
import re
import shutil
import signal
import time

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from agents_sdk.loggers.file import LLMCallLogger
from tests.browser.conftest import PATIENCE_MS
from tests.integration.running_studio import RunningStudio, until
from tests.integration.studio_with_entries import append, entry

LIST = "/studio/llm-logs"


def log(studio: RunningStudio, agent_id: str, question: str, **more: object) -> str:
    """A call, logged by the file logger of the SDK."""
    return LLMCallLogger(studio.workspace, agent_id).log_call_sync(
        "gpt-4o",
        "openai",
        [{"role": "user", "content": question}],
        None,
        {"content": "An answer.", "tool_calls": [], "usage": {"total_tokens": 7}},
        640,
        **more,
    )


def open_list(page: Page, query: str = "") -> None:
    page.goto(f"{LIST}{query}")
    expect(page.locator("#feed-state")).to_have_text("Live", timeout=PATIENCE_MS)


def calls_counted(page: Page) -> Locator:
    return page.locator("#overview .number", has_text="Calls").locator("data")


def previews(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("#rows .said .text").all_text_contents()]


def see_first(page: Page, *texts: str) -> None:
    """These are the first questions, in this order."""
    said = page.locator("#rows .said .text")
    for place, text in enumerate(texts):
        expect(said.nth(place)).to_have_text(text)


def see(page: Page, text: str) -> None:
    expect(page.locator("#rows .call", has_text=text)).to_have_count(1, timeout=PATIENCE_MS)


def test_a_call_that_an_agent_logs_appears_by_itself(page: Page, studio: RunningStudio) -> None:
    open_list(page)
    expect(calls_counted(page)).to_have_text("60")
    log(studio, "newcomer", "Is anybody there?", error="RateLimit: 429")
    see(page, "Is anybody there?")
    newest = page.locator("#rows .call").first
    expect(newest.locator(".call-agent")).to_have_text("newcomer")
    expect(newest.locator(".call-latency")).to_have_text("640 ms")
    expect(newest.locator(".answer")).to_have_text("error RateLimit: 429")
    expect(calls_counted(page)).to_have_text("61", timeout=PATIENCE_MS)


def test_a_filter_holds_for_the_list_and_for_what_arrives(
    page: Page, studio: RunningStudio
) -> None:
    open_list(page)
    page.get_by_label("Search").fill("Question 1")
    page.get_by_label("Search").press("Enter")
    expect(page).to_have_url(re.compile(r"search=Question\+1$"))
    page.locator("summary", has_text="Agent").click()
    page.get_by_role("option", name="agent-1").click()
    expect(page).to_have_url(re.compile(r"\?search=Question\+1&agent_id=agent-1$"))
    expect(page.locator("#feed-state")).to_have_text("Live")
    expect(page.locator("#rows .said .text")).to_have_text(
        [re.compile(f"Question {n}\\?") for n in (19, 17, 15, 13, 11, 1)]
    )
    log(studio, "agent-1", "Something else")
    log(studio, "agent-2", "Question 1 of another agent")
    log(studio, "agent-1", "question 1 again")
    see(page, "question 1 again")
    assert len(previews(page)) == 7


def test_a_span_moves_on_while_the_page_is_open(page: Page, studio: RunningStudio) -> None:
    page.clock.install()
    open_list(page, "?last=15m&agent_id=agent-1")
    before = page.locator("#rows .call").count()
    assert before == 30
    expect(calls_counted(page)).to_have_text(str(before))
    counted: list[str] = []
    page.on("request", lambda request: counted.append(request.url))
    page.clock.fast_forward("20:00")
    expect(page.locator("#rows .call")).to_have_count(0)
    expect(page.locator(".empty")).to_contain_text("No call matches")
    until(lambda: any("/overview?" in url for url in counted), "a new count")


def test_names_are_offered_with_counts_and_found_by_typing(page: Page) -> None:
    open_list(page)
    assert page.locator(".choice").count() == 0
    page.locator("summary", has_text="Agent").click()
    expect(page.locator(".choice")).to_have_count(2)
    expect(page.locator(".choice-calls").first).to_have_text("30 calls")
    page.keyboard.type("T-1")
    expect(page.locator(".choice:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?agent_id=agent-1$"))
    expect(page.locator(".chip-text")).to_have_text("agent-1")


def test_the_feed_goes_on_where_it_stopped_when_the_server_is_back(
    page: Page, studio: RunningStudio
) -> None:
    open_list(page)
    log(studio, "bot", "Before the outage")
    see(page, "Before the outage")
    web = studio.pid_of("studioweb")
    assert web is not None
    os.kill(web, signal.SIGKILL)
    for number in range(5):
        log(studio, "bot", f"During the outage {number}")
    for number in range(5):
        see(page, f"During the outage {number}")
    log(studio, "bot", "After the outage")
    see(page, "After the outage")
    see(page, "Before the outage")
    expect(page.locator("#feed-state")).to_have_text("Live")


def test_a_feed_that_is_not_there_at_first_is_told_and_found_later(
    page: Page, studio: RunningStudio
) -> None:
    page.route("**/llm-logs/feed*", lambda route: route.abort())
    page.goto(LIST)
    expect(page.locator("#feed-state")).to_have_text("Not connected")
    log(studio, "bot", "While nobody listened")
    page.unroute("**/llm-logs/feed*")
    expect(page.locator("#feed-state")).to_have_text("Live")
    see(page, "While nobody listened")


def test_pause_holds_the_list_still_and_resume_brings_what_was_missed(
    page: Page, studio: RunningStudio
) -> None:
    open_list(page)
    log(studio, "bot", "Before the pause")
    see(page, "Before the pause")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#feed-state")).to_have_text("Paused")
    before = previews(page)
    for number in range(3):
        log(studio, "bot", f"While paused {number}")
    expect(page.locator("#show-new")).to_have_text("3 new", timeout=PATIENCE_MS)
    assert previews(page) == before
    page.get_by_role("button", name="Resume").click()
    for number in range(3):
        see(page, f"While paused {number}")
    see(page, "Before the pause")
    log(studio, "bot", "After the pause")
    see(page, "After the pause")


def test_a_new_index_brings_the_list_anew(page: Page, studio: RunningStudio) -> None:
    open_list(page)
    first = page.locator("#rows .call").first.get_attribute("data-cursor")
    shutil.rmtree(studio.workspace / "studio" / "index")
    expect(page.locator("#rows .call").first).not_to_have_attribute("data-cursor", first or "")
    log(studio, "bot", "In the new index")
    see(page, "In the new index")
    # Rows that were not in the new index yet when the list was asked for came by the feed.
    see(page, "Question 60?")
    assert len(previews(page)) == len(set(previews(page))) >= 51


def test_the_page_keeps_two_hundred_rows_however_many_arrive(
    page: Page, studio: RunningStudio
) -> None:
    open_list(page)
    now = time.time()
    for batch in range(6):
        calls = [
            entry(batch * 50 + n, log_id=f"burst-{batch}-{n}", timestamp=now + batch + n / 100)
            for n in range(50)
        ]
        append(studio.workspace, *calls)
    see(page, "Question 299?")
    expect(page.locator("#rows .call")).to_have_count(200)


def test_a_call_is_opened_and_left_by_keyboard(page: Page, studio: RunningStudio) -> None:
    page.set_viewport_size({"width": 1000, "height": 720})
    open_list(page)
    log(studio, "team/bot", "A question to open")
    see(page, "A question to open")
    page.locator("#rows .call-link").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/studio/llm-logs/team%2Fbot/"))
    expect(page.locator("h1")).to_contain_text("team/bot")
    expect(page.get_by_text("An answer.")).to_be_visible()
    page.go_back()
    expect(page.locator("#feed-state")).to_have_text("Live")
    see(page, "A question to open")


def test_markup_in_a_call_stays_text(page: Page, studio: RunningStudio) -> None:
    open_list(page)
    attack = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    log(studio, "bot", attack)
    expect(page.locator("#rows .said").first).to_contain_text("<img src=x")
    page.locator("#rows .call-link").first.click()
    expect(page.locator("#message-1")).to_contain_text("<script>")
    assert "owned" not in page.title()


def test_without_scripts_the_page_lists_filters_and_turns(
    browser: Browser, studio: RunningStudio
) -> None:
    context = browser.new_context(base_url=studio.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(LIST)
    expect(page.locator("#rows .call")).to_have_count(50)
    assert not page.locator("#feed-pause").is_visible()
    page.get_by_role("link", name="Older").click()
    expect(page.locator("#rows .call")).to_have_count(10)
    page.get_by_role("link", name="Newest").click()
    page.get_by_label("Search").fill("Question 33")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#rows .call")).to_have_count(1)
    page.get_by_role("link", name="Numbers of these calls").click()
    expect(page.locator("data").first).to_have_text("1")
    page.get_by_role("link", name="To the calls").click()
    page.locator("summary", has_text="Agent").click()
    page.get_by_role("link", name="Choose among all agents, with counts").click()
    page.get_by_role("link", name="agent-1").click()
    expect(page.locator("#rows .call")).to_have_count(1)
    context.close()


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("path", [LIST, "/api/docs", "call"])
def test_no_page_is_wider_than_the_screen(
    page: Page, studio: RunningStudio, width: int, path: str
) -> None:
    log(studio, "a-rather-long-name-of-an-agent" * 3, "word" * 200)
    until(lambda: studio.request("GET", "/api/llm-logs?search=rdword").json["total_count"], "it")
    page.set_viewport_size({"width": width, "height": 844})
    if path == "call":
        page.goto(LIST)
        page.goto(page.locator("#rows .call-link").first.get_attribute("href") or "")
    else:
        page.goto(path)
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) == 0


def test_many_windows_leave_room_for_everything_else(
    browser: Browser, studio: RunningStudio
) -> None:
    context = browser.new_context(base_url=studio.url)
    windows = [context.new_page() for _ in range(7)]
    for window in windows:
        window.goto(LIST)
    live = [window for window in windows if is_live(window)]
    waiting = [window for window in windows if window not in live]
    assert len(live) == 4
    for window in waiting:
        expect(window.locator("#feed-state")).to_have_text("Live in other windows")
    log(studio, "bot", "A question in many windows")
    for window in live:
        see(window, "A question in many windows")
    waiting[0].reload()
    expect(waiting[0].locator("#overview data").first).to_be_visible()
    live[0].close()
    until(lambda: any(is_live(window) for window in waiting), "a place for another window")
    context.close()


def is_live(window: Page) -> bool:
    state = window.locator("#feed-state")
    expect(state).to_have_text(re.compile(r"^Live( in other windows)?$"), timeout=PATIENCE_MS)
    return state.inner_text() == "Live"
