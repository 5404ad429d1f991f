"""Calls that have not ended, in a real browser: they tick, and are completed where they stand."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import agents_sdk
from agents_sdk import AgentClient, EventBasedLLMLogger
from agents_sdk.testing import Reply
from tests.browser.accessibility import violations
from tests.browser.test_live_list import LIST, PATIENCE_MS, log, open_list, see, see_first
from tests.integration.running_studio import RunningStudio, until
from tests.integration.slow_model import SlowModel

HEIGHT = "row => row.getBoundingClientRect().height"
TOP = "row => row.getBoundingClientRect().top"
ANSWER = {"content": "Take an umbrella.", "usage": {"prompt_tokens": 12, "completion_tokens": 4}}


def messages(question: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": question}]


class Agent:
    """An agent whose calls begin and end when the test says so."""

    def __init__(self, studio: RunningStudio, spool: Path, agent_id: str = "walker") -> None:
        self.client = AgentClient(agent_id, studio.url)
        self.logger = EventBasedLLMLogger(agent_id, self.client, spool_dir=spool)

    def begin(self, question: str, model: str = "gpt-4o", **more: Any) -> str:
        return self.logger.announce_call(model, "openai", messages(question), **more)

    def end(self, question: str, log_id: str, **more: Any) -> None:
        self.logger.log_call_sync(
            "gpt-4o", "openai", messages(question), None, ANSWER, 4_200, log_id=log_id, **more
        )


@pytest.fixture
def agent(studio: RunningStudio, tmp_path: Path) -> Iterator[Agent]:
    found = Agent(studio, tmp_path / "spool")
    yield found
    found.logger.close(0)


@pytest.fixture
def model(studio: RunningStudio, tmp_path: Path, monkeypatch: Any) -> Iterator[SlowModel]:
    """A slow model, and this process recorded as an agent that reports to the Studio."""
    monkeypatch.setenv("AGENTS_SDK_SPOOL_DIR", str(tmp_path / "spool"))
    with SlowModel(Reply("Take an umbrella.")) as slow:
        logger = agents_sdk.instrument("walker", url=studio.url)
        yield slow
        agents_sdk.uninstrument()
        logger.close(0)  # type: ignore[attr-defined]


def row(page: Page, text: str) -> Locator:
    return page.locator("#rows > .call", has_text=text)


def see_running(page: Page, text: str) -> Locator:
    found = row(page, text)
    expect(found).to_have_class(re.compile("is-running"), timeout=PATIENCE_MS)
    return found


def see_ended(page: Page, text: str) -> Locator:
    found = row(page, text)
    expect(found).to_have_count(1)
    expect(found).not_to_have_class(re.compile("is-under-way"), timeout=PATIENCE_MS)
    return found


def test_a_call_of_a_real_client_appears_ticks_and_is_completed_where_it_stands(
    page: Page, studio: RunningStudio, model: SlowModel
) -> None:
    page.emulate_media(reduced_motion="reduce")  # so that a place is measured, not an animation
    open_list(page)
    call = model.ask("Do I need an umbrella?")
    running = see_running(page, "Do I need an umbrella?")
    assert page.locator("#rows > .call").first.get_attribute("id") == running.get_attribute("id")
    expect(running.locator(".call-agent")).to_have_text("walker")
    expect(running.locator(".call-model")).to_contain_text("gpt-4o")
    expect(running.locator(".said .label")).to_have_text("user")
    expect(running.locator(".call-latency")).to_have_text(re.compile(r"^[1-9]\d* s$"))
    expect(page.locator("#running-told")).to_have_text("1 running")
    element = running.element_handle()
    height, top = element.evaluate(HEIGHT), element.evaluate(TOP)
    running.locator(".call-link").focus()
    model.may_answer.set()
    assert call.result(60).choices[0].message.content == "Take an umbrella."
    ended = see_ended(page, "Do I need an umbrella?")
    assert element.evaluate("(mine, now) => mine === now", ended.element_handle())
    assert (element.evaluate(HEIGHT), element.evaluate(TOP)) == (height, top)
    expect(ended.locator(".answer")).to_have_text("answer Take an umbrella.")
    expect(page.locator("#running-told")).to_have_text("")
    assert page.evaluate("document.activeElement.closest('.call').id") == ended.get_attribute("id")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"open=walker/"))
    expect(page.locator("#call-panel")).to_contain_text("Take an umbrella.")


def test_a_filter_holds_for_running_calls_too(
    page: Page, studio: RunningStudio, agent: Agent
) -> None:
    open_list(page, "?model=gpt-4o-mini")
    agent.begin("Of the large model", session_id="s")
    agent.begin("Of the small model", "gpt-4o-mini", session_id="s")
    see_running(page, "Of the small model")
    expect(page.locator("#running-told")).to_have_text("1 running")
    assert row(page, "Of the large model").count() == 0
    for query in ("?agent_id=walker", "?session_id=s&provider=openai"):
        page.goto(f"{LIST}{query}")
        assert page.locator("#rows > .is-running").count() == 2
    for query in ("?agent_id=agent-1", "?search=model", "?has_error=false", "?min_latency_ms=1"):
        open_list(page, query)
        assert page.locator("#rows > .is-running").count() == 0


def test_without_scripts_a_running_call_says_so(
    browser: Browser, studio: RunningStudio, agent: Agent
) -> None:
    agent.begin("Who is there?")
    context = browser.new_context(base_url=studio.url, java_script_enabled=False)
    page = context.new_page()
    until(lambda: page.goto(LIST) and row(page, "Who is there?").count(), "the running call")
    running = row(page, "Who is there?")
    assert running.locator(".call-latency").inner_text() == "running"
    assert running.locator(".answer .label").inner_text() == "running"
    assert re.fullmatch(r"\d\d:\d\d:\d\d", running.locator(".call-time").inner_text())
    assert page.locator("#running-told").inner_text() == "1 running"
    context.close()


def test_new_calls_come_below_those_that_run_and_order_is_restored_as_the_list_moves(
    page: Page, studio: RunningStudio, agent: Agent
) -> None:
    open_list(page)
    first = agent.begin("The first")
    see_running(page, "The first")
    second = agent.begin("The second")
    see_running(page, "The second")
    agent.end("The second", second)
    see_ended(page, "The second")
    see_first(page, "The second", "The first", "Question 60?")
    log(studio, "bot", "A quick one")
    see(page, "A quick one")
    see_first(page, "The first", "A quick one", "The second", "Question 60?")
    agent.end("The first", first)
    see_ended(page, "The first")
    see_first(page, "The first", "A quick one")


def test_a_row_that_goes_to_its_time_keeps_the_focus(page: Page, agent: Agent) -> None:
    open_list(page)
    agent.begin("The first")
    see_running(page, "The first")
    second = agent.begin("The second")
    see_running(page, "The second").locator(".call-link").focus()
    agent.end("The second", second)
    see_ended(page, "The second")
    page.keyboard.press("p")
    page.keyboard.press("p")
    see_first(page, "The first", "The second", "Question 60?")
    expect(row(page, "The second").locator(".call-link")).to_be_focused()


def test_a_running_call_is_walked_onto_and_becomes_the_call_where_it_is_open(
    page: Page, agent: Agent
) -> None:
    open_list(page)
    log_id = agent.begin("How long will it take?")
    see_running(page, "How long will it take?")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    link = row(page, "How long will it take?").locator(".call-link")
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    panel = page.locator("#call-panel")
    expect(panel).to_be_focused()
    expect(panel).to_contain_text("This call has not ended.")
    expect(panel).to_contain_text("How long will it take?")
    expect(page).to_have_url(re.compile(rf"\?open=walker/{log_id}$"))
    expect(link).to_have_attribute("aria-current", "true")
    assert violations(page) == []
    steps = page.evaluate("history.length")
    agent.end("How long will it take?", log_id)
    expect(panel).to_contain_text("Take an umbrella.")
    expect(panel).not_to_contain_text("has not ended")
    expect(panel).to_be_focused()
    assert page.evaluate("history.length") == steps
    see_ended(page, "How long will it take?")
    expect(link).to_have_attribute("aria-current", "true")


def test_a_running_call_has_a_page_that_becomes_its_own(page: Page, agent: Agent) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_list(page)
    log_id = agent.begin('Is <b>data-waiting="</b> a mark?')
    see_running(page, "a mark?").locator(".call-link").click()
    expect(page).to_have_url(re.compile(rf"/walker/{log_id}$"))
    expect(page.locator("h1")).to_have_text("walker")
    expect(page.locator("main")).to_contain_text("This call has not ended.")
    assert violations(page) == []
    agent.end('Is <b>data-waiting="</b> a mark?', log_id)
    expect(page.locator("main")).to_contain_text("Take an umbrella.")
    page.get_by_role("link", name="Back to calls").click()
    see_ended(page, "a mark?")


def test_a_call_whose_end_nobody_reported_says_so_on_its_page(
    page: Page, studio: RunningStudio, agent: Agent
) -> None:
    log_id = agent.begin("Will it ever end?")
    open_list(page)
    see_running(page, "Will it ever end?")
    assert agent.client.disconnect_sync()
    page.goto(f"{LIST}/walker/{log_id}")
    expect(page.locator("main")).to_contain_text("Nobody reported the end of this call")
    assert studio.request("GET", f"/api/llm-logs/{log_id}").status == 404


def test_on_a_narrow_screen_nothing_moves_either(
    page: Page, studio: RunningStudio, agent: Agent
) -> None:
    question = (
        "Is it going to rain in Cologne this afternoon, and if so, how much, until when? " * 4
    )
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(reduced_motion="reduce")  # so that a place is measured, not an animation
    open_list(page)
    log_id = agent.begin(question)
    running = see_running(page, "going to rain")
    below = page.locator("#rows > .call").nth(1)
    before = running.evaluate(HEIGHT), running.evaluate(TOP), below.evaluate(TOP)
    agent.end(question, log_id)
    ended = see_ended(page, "going to rain")
    expect(page.locator("#running-told")).to_have_text("")
    assert (ended.evaluate(HEIGHT), ended.evaluate(TOP), below.evaluate(TOP)) == before


def test_while_the_feed_is_paused_nothing_comes_or_goes(
    page: Page, studio: RunningStudio, agent: Agent
) -> None:
    open_list(page)
    ends = agent.begin("It ends while paused")
    see_running(page, "It ends while paused")
    page.get_by_role("button", name="Pause").click()
    agent.begin("It begins while paused")
    agent.end("It ends while paused", ends)
    expect(page.locator("#show-new")).to_have_text("1 new", timeout=PATIENCE_MS)
    expect(page.locator("#running-told")).to_have_text("1 running", timeout=PATIENCE_MS)
    expect(row(page, "It ends while paused").first).to_have_class(re.compile("is-running"))
    assert row(page, "It begins while paused").count() == 0
    page.get_by_role("button", name="Resume").click()
    see_ended(page, "It ends while paused")
    see_running(page, "It begins while paused")


def test_after_a_restart_of_the_server_no_running_row_is_left_behind(
    page: Page, studio: RunningStudio, agent: Agent
) -> None:
    open_list(page)
    log_id = agent.begin("It survives the server")
    agent.begin("It does not")
    see_running(page, "It survives the server")
    see_running(page, "It does not")
    web = studio.pid_of("studioweb")
    assert web is not None
    os.kill(web, signal.SIGKILL)
    agent.end("It survives the server", log_id)
    see_ended(page, "It survives the server")
    expect(row(page, "It does not")).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.locator("#running-told")).to_have_text("")


def test_a_call_whose_agent_left_looks_different(
    page: Page, studio: RunningStudio, agent: Agent
) -> None:
    open_list(page)
    log_id = agent.begin("Is anybody there?")
    running = see_running(page, "Is anybody there?")
    assert agent.client.disconnect_sync()
    expect(running).to_have_class(re.compile("is-lost"), timeout=PATIENCE_MS)
    expect(running.locator(".answer")).to_contain_text("no end reported")
    expect(running.locator(".call-latency")).to_have_text("no end")
    expect(page.locator("#running-told")).to_have_text("1 no end")
    assert violations(page) == []
    agent.end("Is anybody there?", log_id)
    see_ended(page, "Is anybody there?")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_running_rows_are_for_everyone(page: Page, agent: Agent, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    open_list(page)
    agent.begin("Who can read this?")
    running = see_running(page, "Who can read this?")
    assert violations(page) == []
    assert running.locator(".bar").evaluate("bar => getComputedStyle(bar).animationName") == "none"
    assert page.locator("#rows").get_attribute("aria-live") == "off"
    page.locator("body").press("j")
    assert page.evaluate("document.activeElement.closest('.call').id") == running.get_attribute(
        "id"
    )


def test_numbers_and_api_do_not_count_what_has_not_ended(
    page: Page, studio: RunningStudio, agent: Agent
) -> None:
    agent.begin("Do I count?")
    open_list(page)
    see_running(page, "Do I count?")
    expect(page.locator("#overview .number", has_text="Calls").locator("data")).to_have_text("60")
    assert studio.request("GET", "/api/llm-logs?limit=0").json["total_count"] == 60


def test_markup_of_a_running_call_stays_text(page: Page, agent: Agent) -> None:
    open_list(page)
    attack = "<img src=x onerror=\"document.title='owned'\">"
    agent.begin(attack, model=attack)
    running = see_running(page, "onerror")
    expect(running.locator(".said")).to_contain_text("<img src=x")
    expect(running.locator(".call-model")).to_contain_text("<img src=x")
    assert "owned" not in page.title()
