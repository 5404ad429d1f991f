"""The page of a call in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import violations
from tests.browser.conftest import PATIENCE_MS
from tests.browser.reader import until_so
from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import entry, studio_with

LIST = "/studio/llm-logs"
SAID = [
    {"role": "system", "content": "You are careful. " * 60},
    {"role": "user", "content": "How warm is it?"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
        ],
    },
    {"role": "tool", "tool_call_id": "c1", "content": "18 °C"},
]
TOOLS = [{"type": "function", "function": {"name": "look", "description": "Looks. " * 40}}]
FIRST = entry(
    1,
    agent_id="weather",
    log_id="first",
    messages=SAID[:2],
    completion="",
    tool_calls=[{"id": "c1", "name": "look", "arguments": "{}"}],
    tools=TOOLS,
)
SECOND = entry(
    2,
    agent_id="weather",
    log_id="second",
    messages=SAID,
    completion="It is 18 °C.\n\n```python\nwarm = True\n```\n\n" + "More words. " * 1000,
    reasoning="Warm enough.",
    tools=TOOLS,
    latency_ms=4000,
    time_to_first_token_ms=1000,
    input_tokens=1200,
    output_tokens=300,
    cache_read_tokens=800,
    reasoning_tokens=40,
    finish_reason="stop",
    tags=["production"],
    request={"temperature": 0.2},
    error=None,
)
FAILED = entry(3, log_id="failed", error="Overloaded", error_type="OverloadedError")
HUGE = entry(
    4,
    log_id="huge",
    messages=[{"role": "user", "content": f"message {n}. " + "word " * 2000} for n in range(2000)],
    completion="The end.",
)
HOSTILE = entry(
    5,
    log_id="hostile",
    messages=[{"role": "user", "content": "<script>alert(1)</script>" * 3 + "w" * 5000}],
    completion="ما هو الطقس؟ <img src=x onerror=alert(1)>",
)
LEVELS = 14
SCROLLED = """(box) => box.scrollLeft > 0 || new Promise((done) => {
    box.addEventListener("scroll", () => done(true), { once: true });
})"""


def nested(level: int) -> dict[str, Any]:
    inner = nested(level + 1) if level + 1 < LEVELS else {"leaf": "the end of it, in words"}
    return {f"level {level}": inner}


DEEP = entry(6, log_id="deep", my_own_field="beside", **nested(0))


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    workspace = tmp_path_factory.mktemp("one-call") / "workspace"
    with studio_with(workspace, FIRST, SECOND, FAILED, HUGE, HOSTILE, DEEP) as running:
        yield running


def open_call(page: Page, stored: dict[str, Any], query: str = "") -> None:
    page.goto(f"{LIST}/{stored['agent_id']}/{stored['log_id']}{query}")
    page.wait_for_load_state()


def test_history_unfolds_in_place(page: Page) -> None:
    open_call(page, SECOND)
    expect(page.get_by_text("How warm is it?")).to_have_count(0)
    page.get_by_role("link", name="Show: 3 earlier messages").click()
    expect(page.get_by_text("How warm is it?")).to_be_visible()
    expect(page.locator(".fold")).to_have_count(0)
    assert page.url.endswith("/second")
    page.locator("#message-1 summary").click()
    expect(page.locator("#message-1 .words").first).to_be_visible()


def test_a_text_of_any_length_goes_on_when_asked(page: Page) -> None:
    open_call(page, SECOND)
    end = page.locator(".answer .more .words")
    expect(end).to_be_hidden()
    page.get_by_text("more characters").first.click()
    expect(end).to_be_visible()


def test_copies_say_that_they_are_made(page: Page, studio: RunningStudio) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_call(page, SECOND)
    copied = {
        "Text": "## 1 system",
        "JSON": '"log_id":"second"',
        "curl": f"curl -s --path-as-is {studio.url}/api/agents/service/weather/llm-logs/second",
    }
    for name, text in copied.items():
        page.locator(".copy-links").get_by_role("link", name=name).click()
        expect(page.locator(".copied")).to_have_text("Copied")
        assert text in page.evaluate("navigator.clipboard.readText()").replace('": "', '":"')
        page.evaluate("document.querySelector('.copied').textContent = ''")
    page.get_by_role("link", name="Copy the answer").click()
    expect(page.locator(".copied")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == SECOND["completion"]


def test_raw_json_opens_step_by_step(page: Page) -> None:
    open_call(page, SECOND)
    page.get_by_text("Raw JSON").click()
    messages = page.locator(".tree summary", has_text="messages")
    messages.click()
    third = page.locator(".tree .tree summary").nth(2)
    third.click()
    calls = page.locator(".tree summary", has_text="tool_calls").last
    expect(calls).to_be_visible()
    page.locator(".tree .leaf", has_text="completion").get_by_role("link").click()
    expect(page.locator(".tree .stretch-text")).to_contain_text("More words.")


def test_keys_lead_from_turn_to_turn_and_the_filter_of_the_list_stays(page: Page) -> None:
    page.set_viewport_size({"width": 1000, "height": 720})
    page.goto(f"{LIST}?agent_id=weather")
    page.locator("a.call-link").first.click()
    page.wait_for_url("**/weather/second")
    page.keyboard.press("h")
    page.wait_for_url("**/weather/first*")
    page.keyboard.press("]")
    page.wait_for_url("**/weather/second*")
    page.get_by_role("link", name="Back to calls").click()
    page.wait_for_url("**/llm-logs?agent_id=weather")


def test_the_keys_are_told_and_esc_leads_back(page: Page) -> None:
    open_call(page, SECOND, "?list=agent_id%3Dweather")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("back to the calls")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("Escape")
    page.wait_for_url("**/llm-logs?agent_id=weather")


def test_times_are_in_the_zone_of_the_viewer(browser: Browser, studio: RunningStudio) -> None:
    context = browser.new_context(base_url=studio.url, timezone_id="Asia/Tokyo", locale="en-GB")
    tab = context.new_page()
    open_call(tab, SECOND)
    expect(tab.locator("time[data-exact]")).to_contain_text("GMT+9")
    context.close()


def test_a_huge_call_opens_like_a_small_one(page: Page) -> None:
    answer = page.goto(f"{LIST}/{HUGE['agent_id']}/{HUGE['log_id']}")
    assert answer is not None
    assert len(answer.body()) < 250_000
    assert page.evaluate("document.querySelectorAll('*').length") < 1_000
    expect(page.locator(".fresh .message")).to_have_count(20)
    page.get_by_role("link", name="Last 50: 1,980 more messages").click()
    expect(page.get_by_text("1,930 more messages")).to_be_visible()
    expect(page.locator("#message-1982")).to_be_attached()
    assert page.locator(".fresh .message").count() > 50


def test_everything_can_be_read_without_javascript(browser: Browser, studio: RunningStudio) -> None:
    context = browser.new_context(base_url=studio.url, java_script_enabled=False)
    context.set_default_timeout(PATIENCE_MS)
    tab = context.new_page()
    open_call(tab, SECOND)
    expect(tab.locator("time[data-exact]")).to_contain_text("UTC")
    tab.get_by_role("link", name="Show: 3 earlier messages").click()
    expect(tab.get_by_text("How warm is it?")).to_be_visible()
    tab.get_by_text("Raw JSON").click()
    tab.get_by_role("link", name="Open the tree").click()
    expect(tab.locator(".tree-key", has_text="completion")).to_be_visible()
    tab.locator("summary", has_text="messages").click()
    tab.get_by_role("link", name="Open", exact=True).first.click()
    expect(tab.locator(".crumbs")).to_contain_text("messages")
    context.close()


def test_a_panel_works_inside_another_page(page: Page) -> None:
    open_call(page, FAILED)
    page.evaluate(
        """url => {
            document.querySelector("main").innerHTML = '<h1>Calls</h1><div id="call-panel"></div>';
            return htmx.ajax("GET", url, {target: "#call-panel", swap: "innerHTML"});
        }""",
        f"{LIST}/weather/second?part=panel",
    )
    panel = page.locator("#call-panel")
    expect(panel.get_by_text("It is 18 °C.")).to_be_visible()
    page.keyboard.press("[")
    expect(panel.get_by_role("link", name="Next turn")).to_be_visible()
    expect(panel.get_by_text("How warm is it?")).to_be_visible()
    assert page.url.endswith("/failed")
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_every_state_is_accessible_and_fits(
    browser: Browser, studio: RunningStudio, scheme: Any, width: int
) -> None:
    context = browser.new_context(
        base_url=studio.url,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    tab = context.new_page()
    for stored, query in (
        (FIRST, ""),
        (SECOND, "?start=0&stop=3"),
        (FAILED, ""),
        (HOSTILE, ""),
        (SECOND, "?part=json"),
        (SECOND, "?part=json&path=/completion"),
    ):
        open_call(tab, stored, query)
        tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        tab.wait_for_load_state("networkidle")
        assert violations(tab) == [], (stored["log_id"], query)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_who_unfolds_by_keyboard_reads_on_from_there(page: Page) -> None:
    open_call(page, SECOND)
    page.get_by_role("link", name="Show: 3 earlier messages").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".fold")).to_have_count(0)
    until_so(page, "document.activeElement.closest('.one-call') !== null")


def test_a_deep_value_stays_readable_and_is_scrolled_to_by_keyboard(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    open_call(page, DEEP)
    page.get_by_role("link", name="The entry as a tree").click()
    for level in range(LEVELS):
        page.locator("summary > .tree-key", has_text=f'"level {level}"').click()
    end = page.locator(".tree-value", has_text="the end of it")
    expect(end).to_be_attached()
    assert end.evaluate("(value) => value.getBoundingClientRect().width") > 100
    box = page.get_by_role("region", name="The raw JSON as a tree")
    box.evaluate("(box) => { box.scrollLeft = 0; }")
    box.focus()
    page.keyboard.press("ArrowRight")
    assert box.evaluate(SCROLLED)
    expect(box).to_be_focused()
