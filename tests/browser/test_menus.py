"""The menus of agents, models and providers: the name that is typed or shown is the one taken."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import violations
from tests.browser.test_live_list import calls_counted
from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import append, entry, studio_with

LIST = "/studio/llm-logs"
CHOICES = "**/llm-logs/choices?*"
AGENTS = ("busy", "travel-planner", "night-watch", "night-shift")
TWO_LINES = "model of\ntwo lines"
MANY = 3_000


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    """Four agents; 3,000 models, of which `model-1` is among those with the fewest calls."""
    models = [f"model-{number}" for number in range(MANY)]
    models += [f"model-{number}" for number in range(2, 402)] + [TWO_LINES]
    calls = [entry(number, model_name=name, agent_id="busy") for number, name in enumerate(models)]
    calls += [entry(5_000 + number, agent_id=name) for number, name in enumerate(AGENTS)]
    calls += [
        entry(5_100 + number, agent_id="busy", provider=name)
        for number, name in enumerate(("claude", "anthropic"))
    ]
    with studio_with(tmp_path_factory.mktemp("menus") / "workspace", *calls) as running:
        yield running


def opened(page: Page, label: str, query: str = "") -> Locator:
    """The menu of this name, opened on the list."""
    page.goto(f"{LIST}{query}")
    page.locator(".facet > summary", has_text=label).click()
    menu = page.locator(".facet[open]")
    expect(menu.get_by_role("combobox")).to_be_focused()
    return menu


def typed(page: Page, menu: Locator, text: str) -> None:
    """Type, and see the names that were found for it."""
    page.keyboard.type(text)
    expect(menu.locator("[role=listbox]")).to_have_attribute("data-find", text)


def names(menu: Locator) -> list[str]:
    return menu.locator("[role=option] .choice-name").all_text_contents()


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_enter_waits_for_the_names_of_what_was_typed(page: Page, studio: RunningStudio) -> None:
    page.route(CHOICES, lambda route: None)
    menu = opened(page, "Agent")
    page.keyboard.type("travel")
    page.keyboard.press("Enter")
    expect(menu.locator("[role=status]")).to_have_text("Loading")
    page.unroute(CHOICES)
    page.wait_for_url("**agent_id=**")
    assert asked(page) == {"agent_id": ["travel-planner"]}


@pytest.mark.parametrize("width", [390, 720, 1000, 1440])
def test_an_open_menu_makes_no_page_wider(page: Page, studio: RunningStudio, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for label in ("Agent", "Model", "Provider"):
        menu = opened(page, label)
        expect(menu.locator("[role=option]").first).to_be_visible()
        assert page.evaluate("scrollX + document.documentElement.scrollWidth") == width
        expect(menu.get_by_role("combobox")).to_be_in_viewport(ratio=1)


def test_a_name_typed_in_full_is_the_one_taken(page: Page, studio: RunningStudio) -> None:
    menu = opened(page, "Model")
    typed(page, menu, "model-1")
    page.keyboard.press("Enter")
    page.wait_for_url("**model=**")
    assert asked(page) == {"model": ["model-1"]}


def test_every_name_can_be_found_however_many_there_are(page: Page, studio: RunningStudio) -> None:
    menu = opened(page, "Model")
    expect(menu.locator("[role=option]")).to_have_count(200)
    expect(menu.locator("[role=status]")).to_contain_text(f"200 of {MANY + 2:,} names")
    page.keyboard.press("ArrowUp")
    expect(menu.locator(".choice").last).to_be_in_viewport()
    assert violations(page) == []
    typed(page, menu, "2777")
    expect(menu.locator("[role=option]")).to_have_count(1)
    assert names(menu) == ["model-2777"]
    expect(menu.locator("[role=status]")).to_have_text("1 name")


def test_enter_takes_nothing_while_several_names_are_left(
    page: Page, studio: RunningStudio
) -> None:
    menu = opened(page, "Agent")
    typed(page, menu, "night")
    page.keyboard.press("Enter")
    expect(menu.locator("[role=status]")).to_have_text(
        "2 names are left; go to one by the arrow keys, or type on."
    )
    assert asked(page) == {}
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    active = menu.get_by_role("combobox").get_attribute("aria-activedescendant")
    chosen = page.locator(f"#{active} .choice-name").text_content()
    assert chosen == names(menu)[1]
    page.keyboard.press("Enter")
    page.wait_for_url("**agent_id=**")
    assert asked(page) == {"agent_id": [chosen]}


def test_what_was_typed_and_given_up_is_no_filter(page: Page, studio: RunningStudio) -> None:
    menu = opened(page, "Model")
    typed(page, menu, "model")
    page.keyboard.press("Escape")
    expect(page.locator(".facet[open]")).to_have_count(0)
    expect(page.locator(".facet > summary", has_text="Model")).to_be_focused()
    page.get_by_label("Errors only").check()
    page.wait_for_url("**has_error=true**")
    assert asked(page) == {"has_error": ["true"]}


def test_enter_without_a_choice_changes_nothing(page: Page, studio: RunningStudio) -> None:
    menu = opened(page, "Model", "?model=model-7")
    expect(menu.locator("[role=option]").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    typed(page, menu, "model-7")
    page.keyboard.press("Enter")
    expect(page.locator(".facet[open]")).to_have_count(0)
    assert asked(page) == {"model": ["model-7"]}


def test_a_menu_is_loaded_whenever_it_is_opened(page: Page, studio: RunningStudio) -> None:
    menu = opened(page, "Provider")
    expect(menu.locator("[role=option]")).to_have_count(2)
    page.keyboard.press("Escape")
    append(studio.workspace, entry(6_000, agent_id="busy", provider="newcomer"))
    expect(page.locator("#rows .call").first).to_contain_text("busy")
    expect(calls_counted(page)).to_have_text("3,408")
    page.locator(".facet > summary", has_text="Provider").click()
    expect(menu.locator("[role=option]")).to_have_count(3)


def test_a_menu_that_cannot_be_loaded_says_so_and_can_be_tried_again(
    page: Page, studio: RunningStudio
) -> None:
    page.route(CHOICES, lambda route: route.abort())
    menu = opened(page, "Agent")
    again = menu.get_by_role("button", name="Try again")
    expect(menu.get_by_role("alert")).to_contain_text("The names could not be loaded")
    assert violations(page) == []
    page.unroute(CHOICES)
    again.click()
    expect(menu.locator("[role=option]")).to_have_count(len(AGENTS))
    expect(again).to_be_hidden()
    expect(menu.get_by_role("combobox")).to_be_focused()


def test_several_agents_are_chosen_in_one_opening(page: Page, studio: RunningStudio) -> None:
    menu = opened(page, "Agent", "?agent_id=busy")
    typed(page, menu, "night-w")
    menu.locator(".choice-tick").click()
    menu.get_by_role("combobox").fill("")
    typed(page, menu, "travel")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    assert violations(page) == []
    menu.get_by_role("button", name="Show 3 agents").click()
    page.wait_for_url("**travel**")
    assert asked(page) == {"agent_id": ["busy", "night-watch", "travel-planner"]}


def test_a_tick_that_was_given_up_is_no_filter(page: Page, studio: RunningStudio) -> None:
    menu = opened(page, "Agent")
    menu.locator(".choice-tick").first.click()
    expect(menu.get_by_role("button", name="Show 1 agent")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".facet > summary", has_text="Agent").click()
    expect(menu.locator("[aria-selected=true]")).to_have_count(0)
    expect(menu.get_by_role("button", name="Show")).to_be_hidden()


def test_a_choice_takes_along_what_was_typed_beside_it(page: Page, studio: RunningStudio) -> None:
    page.goto(LIST)
    page.get_by_label("Search").fill("Question")
    page.locator(".facet > summary", has_text="Agent").click()
    page.locator(".choice-name", has_text="night-watch").click()
    page.wait_for_url("**search=Question**")
    assert asked(page) == {"search": ["Question"], "agent_id": ["night-watch"]}


def test_a_click_on_the_chosen_name_lets_it_go(page: Page, studio: RunningStudio) -> None:
    menu = opened(page, "Model", "?model=model-7&last=1h")
    menu.locator("[aria-selected=true]").click()
    page.wait_for_url(f"**{LIST}?last=1h")


def test_a_condition_without_a_field_stays_when_the_form_is_sent(
    page: Page, studio: RunningStudio
) -> None:
    page.goto(f"{LIST}?has_error=false&model=model+of%0Atwo+lines&session_id=s1&last=24h")
    page.get_by_label("Search").fill("Question")
    page.keyboard.press("Enter")
    page.wait_for_url("**search=Question**")
    kept = {"has_error": ["false"], "model": [TWO_LINES], "session_id": ["s1"], "last": ["24h"]}
    assert asked(page) == {"search": ["Question"], **kept}
    page.get_by_label("Errors only").check()
    page.wait_for_url("**has_error=true**")
    assert asked(page)["has_error"] == ["true"]


def test_a_provider_has_as_many_calls_as_its_choice_says(page: Page, studio: RunningStudio) -> None:
    menu = opened(page, "Provider")
    typed(page, menu, "claude")
    expect(menu.locator("[role=option]")).to_have_count(1)
    expect(menu.locator(".choice-calls")).to_have_text("2 calls")
    menu.locator("[role=option]").click()
    page.wait_for_url("**provider=**")
    expect(page.locator("#rows > .call")).to_have_count(2)


def test_names_are_found_and_ticked_without_scripts(page: Page, studio: RunningStudio) -> None:
    assert page.context.browser
    context = page.context.browser.new_context(base_url=studio.url, java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{LIST}?agent_id=busy&has_error=false")
    plain.locator(".facet > summary", has_text="Agent").click()
    plain.get_by_role("link", name="Choose among all agents").click()
    plain.get_by_label("Find").fill("NIGHT")
    plain.get_by_role("button", name="Find").click()
    assert sorted(plain.locator(".choice-name").all_text_contents()) == [
        "night-shift",
        "night-watch",
    ]
    plain.get_by_label("night-watch").check()
    plain.get_by_role("button", name="Show").click()
    assert asked(plain) == {"agent_id": ["busy", "night-watch"], "has_error": ["false"]}
    context.close()
