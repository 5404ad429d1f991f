"""Every page in every state, as `docs/screenshots` shows them: open to all, and no wider than the
screen."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

from tests.browser.accessibility import violations
from tests.browser.conftest import PATIENCE_MS
from tests.browser.states import State, settle, states
from tests.integration.running_studio import RunningStudio

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SIGHTS: tuple[tuple[Literal["light", "dark"], int], ...] = (
    ("light", 1440),
    ("dark", 1440),
    ("light", 390),
    ("dark", 390),
)


def test_no_state_keeps_anybody_out(browser: Browser, tmp_path: Path) -> None:
    found = {}
    with states(tmp_path) as every:
        for studio, state in every:
            for sight, problems in _problems(browser, studio, state):
                found[f"{state.name}, {sight}"] = problems
    assert found == {}


def _problems(
    browser: Browser, studio: RunningStudio, state: State
) -> Iterator[tuple[str, list[str]]]:
    context = browser.new_context(base_url=studio.url, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    settle(page, state)
    for scheme, width in SIGHTS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        problems = violations(page)
        if (wider := page.evaluate(WIDER)) > 0:
            problems.append(f"{wider} px wider than the screen")
        if problems:
            yield f"{scheme}, {width} px", problems
    context.close()
