"""Makes the pictures of docs/screenshots: `python -m docs.screenshots [name …]`.

Studios with lifelike calls, without any, and behind a password are started in folders that are
removed afterwards; every state that `tests.browser.states` knows is photographed on a wide and a
narrow screen, in light and dark.
"""

import base64
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.states import State, settle, states
from tests.integration.running_studio import RunningStudio

FOLDER = Path(__file__).parent / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SCREENS = {"wide": (1440, 900), "narrow": (390, 844)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
QUALITY = 82
"""Of WebP: a third of the bytes of PNG, and no difference to see in text."""


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    wanted = set(sys.argv[1:])
    with TemporaryDirectory() as folder, states(Path(folder)) as found, _browser() as browser:
        for studio, state in found:
            if not wanted or state.name in wanted:
                photograph(browser, studio, state)


def photograph(browser: Browser, studio: RunningStudio, state: State) -> None:
    context = browser.new_context(base_url=studio.url, reduced_motion="reduce")
    page = context.new_page()
    settle(page, state)
    for screen, (width, height) in SCREENS.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            save(page, FOLDER / f"{state.name}-{screen}-{scheme}.webp")
    context.close()


def save(page: Page, path: Path) -> None:
    session = page.context.new_cdp_session(page)
    given = {"format": "webp", "quality": QUALITY}
    path.write_bytes(base64.b64decode(session.send("Page.captureScreenshot", given)["data"]))


@contextmanager
def _browser() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        raise SystemExit(f"None of {', '.join(BROWSERS)} is in the PATH; on Debian: chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


if __name__ == "__main__":
    main()
