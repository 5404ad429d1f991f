"""The list for people who see, hear, type or wait differently, and on every screen."""

import re
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.reader import scroll_to, until_so
from tests.browser.test_live_list import LIST, PATIENCE_MS, log, open_list, see, see_first
from tests.integration.running_studio import RunningStudio, until
from tests.integration.studio_with_entries import append, entry

AXE = Path(__file__).parent / "vendor" / "axe.min.js"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [LIST, f"{LIST}?search=question", f"{LIST}/rejected"])
def test_axe_finds_no_violation(
    browser: Browser, studio: RunningStudio, scheme: Any, path: str
) -> None:
    log(studio, "bot", "שלום, what is this?", error="RateLimit: 429")
    context = browser.new_context(base_url=studio.url, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(path)
    if path.startswith(LIST) and "rejected" not in path:
        expect(page.locator("#overview data").first).to_be_visible(timeout=PATIENCE_MS)
        page.locator("summary", has_text="Agent").click()
        expect(page.locator(".choice").first).to_be_visible(timeout=PATIENCE_MS)
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("axe.run().then((result) => result.violations)")
    told = [(one["id"], [node["target"] for node in one["nodes"]][:5]) for one in found]
    context.close()
    assert told == []


def test_the_list_is_walked_by_keyboard(page: Page, studio: RunningStudio) -> None:
    open_list(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    focused = page.locator("#rows .call:has(.call-link:focus)")
    assert focused.get_attribute("id") == page.locator("#rows .call").first.get_attribute("id")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/studio/llm-logs\?open=agent-\d/"))


def test_nothing_moves_while_the_list_is_read_further_down(
    page: Page, studio: RunningStudio
) -> None:
    open_list(page)
    row = page.locator("#rows .call").nth(30)
    row.scroll_into_view_if_needed()
    start = page.evaluate("window.scrollY")
    page.mouse.wheel(0, 300)
    until_so(page, f"window.scrollY >= {start} + 300")
    before = row.bounding_box()
    log(studio, "bot", "Come later")
    expect(page.locator("#show-new")).to_have_text("1 new", timeout=PATIENCE_MS)
    assert row.bounding_box() == before
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    page.locator("#show-new").click()
    see(page, "Come later")
    assert page.evaluate("window.scrollY") == 0


def test_a_late_call_stands_at_its_time(page: Page, studio: RunningStudio) -> None:
    open_list(page)
    see_first(page, "Question 60?", "Question 59?")
    between = {
        **entry(59, agent_id="slow", log_id="late"),
        "messages": [{"role": "user", "content": "Between"}],
    }
    between["timestamp"] = times(page)[1] + 0.5
    append(studio.workspace, between)
    see(page, "Between")
    see_first(page, "Question 60?", "Between", "Question 59?")


def test_a_call_that_belongs_to_the_next_page_is_not_told_as_new(
    page: Page, studio: RunningStudio
) -> None:
    open_list(page)
    scroll_to(page, 400)
    ancient = entry(1, agent_id="slow", log_id="ancient", timestamp=times(page)[-1] - 1)
    append(studio.workspace, ancient)
    expect(page.locator("#overview data").first).to_have_text("61")
    log(studio, "bot", "Young")
    expect(page.locator("#show-new")).to_have_text("1 new")


def times(page: Page) -> list[float]:
    orders = page.locator("#rows .call").evaluate_all(
        "rows => rows.map((row) => row.dataset.order)"
    )
    return [float(order.partition("/")[0]) for order in orders]


def test_dragging_over_the_histogram_chooses_a_time(page: Page) -> None:
    open_list(page)
    box = page.locator("#bars").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=5)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"since=\d+(\.\d+)?&until=\d+\.999999$"))
    expect(page.locator(".chip-text, .chip > .chip-time")).to_have_count(2)


def test_the_chips_of_a_chosen_time_say_the_seconds_that_were_chosen(page: Page) -> None:
    page.goto(f"{LIST}?since=1796000005&until=1796000019.9999998")
    expect(page.locator(".chip > .chip-time").first).to_have_text(re.compile(r":25$"))
    expect(page.locator(".chip > .chip-time").last).to_have_text(re.compile(r":40$"))
    expect(page.locator(".way-back .chip-time").last).to_have_text(re.compile(r":40$"))


def test_a_time_that_is_being_drawn_is_given_up_by_escape(page: Page) -> None:
    open_list(page)
    box = page.locator("#bars").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, middle, steps=5)
    expect(page.locator(".chart-choice")).to_have_count(1)
    before = page.url
    page.keyboard.press("Escape")
    expect(page.locator(".chart-choice")).to_have_count(0)
    page.mouse.up()
    page.locator("#search").click()
    assert page.url == before


def test_nothing_shifts_while_the_page_arrives_and_it_is_small(
    browser: Browser, studio: RunningStudio
) -> None:
    context = browser.new_context(base_url=studio.url, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    received: list[int] = []
    page.on("requestfinished", lambda request: received.append(bytes_of(request)))
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver((list) => {"
        "for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;"
        "}).observe({ type: 'layout-shift', buffered: true });"
    )
    open_list(page)
    expect(page.locator("#overview data").first).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_timeout(300)
    assert page.evaluate("window.shift") < 0.005
    assert sum(received) < 150_000
    context.close()


@pytest.mark.parametrize("width", [1024, 1440, 2560])
def test_the_search_field_is_as_wide_before_the_other_filters_arrive(
    page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_list(page)
    apply = page.locator("#filters .apply")
    before = apply.bounding_box()
    apply.evaluate("it => { while (it.nextElementSibling) it.nextElementSibling.remove(); }")
    assert apply.bounding_box() == before


def test_new_rows_make_room_without_a_jump(page: Page, studio: RunningStudio) -> None:
    open_list(page)
    expect(page.locator("#overview data").first).to_be_visible(timeout=PATIENCE_MS)
    page.evaluate(
        "window.shift = 0; new PerformanceObserver((list) => {"
        "for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;"
        "}).observe({ type: 'layout-shift' });"
    )
    for number in range(5):
        log(studio, "bot", f"Slide in {number}")
        see(page, f"Slide in {number}")
    append(studio.workspace, *(entry(n, log_id=f"flood-{n}") for n in range(700, 740)))
    see(page, "Question 739?")
    assert page.evaluate("window.shift") == 0


def test_numbers_that_arrive_tell_the_readers_time_before_they_are_seen(
    page: Page, studio: RunningStudio
) -> None:
    open_list(page)
    expect(page.locator("#overview .axis-time").first).to_be_visible(timeout=PATIENCE_MS)
    page.evaluate(
        "window.told = []; new MutationObserver(() => {"
        "for (const time of document.querySelectorAll('#overview .axis-time'))"
        " window.told.push(time.textContent);"
        "}).observe(document.getElementById('overview'), { childList: true });"
    )
    log(studio, "bot", "One more")
    see(page, "One more")
    until_so(page, "window.told.length > 0")
    assert [text for text in page.evaluate("window.told") if "UTC" in text] == []


def bytes_of(request: Any) -> int:
    sizes = request.sizes()
    return int(sizes["responseBodySize"] + sizes["responseHeadersSize"])


@pytest.mark.parametrize(("width", "query"), [(2560, ""), (1440, "?open=agent-0/60"), (390, "")])
def test_the_file_that_goes_next_is_named_whole(
    browser: Browser, studio: RunningStudio, width: int, query: str
) -> None:
    context = browser.new_context(base_url=studio.url, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(f"{LIST}{query}")
    removal = page.locator("#removal")
    expect(removal).to_contain_text(re.compile(r"The next file goes .+\.jsonl\."))
    assert removal.evaluate("it => it.scrollWidth <= it.clientWidth")
    context.close()


def test_when_the_next_file_goes_is_seen_whole_and_its_long_name_is_asked_for(
    browser: Browser, studio: RunningStudio
) -> None:
    name = "a-very-long-name-of-an-agent-that-reports-from-far-away"
    old = entry(1, agent_id=name, timestamp=round(time.time() - 80_000, 3))
    append(studio.workspace, old)
    context = browser.new_context(base_url=studio.url, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    until(lambda: name in shown_state(studio), "the old file in the line")
    page.goto(LIST)
    removal = page.locator("#removal")
    when = removal.locator(".removal-when")
    assert when.evaluate("it => it.scrollWidth <= it.clientWidth")
    assert bottom(removal.locator(".removal-name")) > bottom(removal) + 5
    assert abs(bottom(when) - bottom(removal)) < 5
    expect(removal).to_have_attribute("title", re.compile(rf"{name}\.jsonl\.$"))
    removal.focus()
    assert bottom(removal.locator(".removal-name")) <= bottom(removal)
    context.close()


def shown_state(studio: RunningStudio) -> str:
    return str(studio.request("GET", f"{LIST}/state").body.decode())


def bottom(place: Locator) -> float:
    box = place.bounding_box()
    assert box
    return box["y"] + box["height"]


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Calls", LIST),
        ("Breakdown", f"{LIST}/breakdown"),
        ("Delivery", f"{LIST}/delivery"),
        ("API", "/api/docs"),
    ],
)
def test_the_navigation_leads_to_every_page_and_says_which_is_open(
    page: Page, width: int, name: str, path: str
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{LIST}/rejected")
    pages = page.get_by_role("navigation", name="Pages")
    expect(pages.locator("[aria-current]")).to_have_count(0)
    pages.get_by_role("link", name=name).click()
    page.wait_for_url(f"**{path}")
    expect(pages.locator("[aria-current=page]")).to_have_text([name])
    tops = [bottom(link) for link in pages.get_by_role("link").all()]
    assert len(set(tops)) == 1


def test_a_list_that_waits_says_whether_any_call_would_do(page: Page) -> None:
    open_list(page, "?search=qqqqzzzz")
    expect(page.locator("#feed-age")).to_have_text("waiting for a call that matches")


def test_without_scripts_nothing_suggests_what_is_not_drawn(
    browser: Browser, studio: RunningStudio
) -> None:
    context = browser.new_context(
        base_url=studio.url, viewport={"width": 1440, "height": 900}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(LIST)
    lefts = [page.locator(place).bounding_box() for place in ("#state", "#rows")]
    assert lefts[0] and lefts[1] and abs(lefts[0]["x"] - lefts[1]["x"]) < 1
    expect(page.locator("#rows .dot.is-first").first).to_be_hidden()
    context.close()


def test_without_scripts_nothing_is_kept_free_and_times_say_their_zone(
    browser: Browser, studio: RunningStudio
) -> None:
    context = browser.new_context(
        base_url=studio.url, viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(LIST)
    box = page.locator("#overview").bounding_box()
    assert box and box["height"] < 40
    page.goto(f"{LIST}/overview")
    expect(page.locator(".axis-time").first).to_have_text(re.compile(r"\d\d:\d\d UTC$"))
    context.close()


def test_times_are_told_in_the_readers_zone(browser: Browser, studio: RunningStudio) -> None:
    context = browser.new_context(base_url=studio.url, timezone_id="Asia/Kathmandu", locale="en-GB")
    page = context.new_page()
    page.goto(LIST)
    shown = page.locator("#rows .call-time").first
    expect(shown).to_have_attribute("data-told", "")
    iso = shown.get_attribute("datetime") or ""
    told = page.evaluate(
        "iso => new Date(iso).toLocaleTimeString('en-GB', {timeZone: 'Asia/Kathmandu'})", iso
    )
    assert shown.inner_text() == told
    context.close()


def test_a_call_of_another_day_of_the_reader_says_its_day(
    browser: Browser, studio: RunningStudio
) -> None:
    zone = timezone(timedelta(hours=5, minutes=45))
    answer = studio.request("GET", "/api/llm-logs?limit=1").json
    called = datetime.fromtimestamp(answer["logs"][0]["timestamp"], zone)
    midnight = called.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    context = browser.new_context(base_url=studio.url, timezone_id="Asia/Kathmandu", locale="en-US")
    page = context.new_page()
    page.clock.set_fixed_time(midnight - timedelta(milliseconds=1))
    page.goto(LIST)
    ago = page.locator("#rows .ago").first
    expect(ago).to_have_text(re.compile(r"^(now|\d+ (s|min|h))$"))
    page.clock.set_fixed_time(midnight + timedelta(hours=2))
    page.reload()
    expect(ago).to_have_text(f"{called:%b} {called.day}")
    context.close()
