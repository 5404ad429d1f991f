"""How soon the pages are there, in a real headless browser.

Run: python -m benchmarks.page [--entries 100000]

A running Studio with that many entries and, beside them, a call of 5 MB, one of 20 MB and one of
2,000 messages. Cold is a new browser profile, warm the next visit of the same one. "Visible" is
when the first row (of a call: the first message) has been painted, told by the browser from the
start of the navigation, or of the click for a call that opens beside the list; bytes are what came
over the network for the cold visit. Medians of seven.
"""

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.corpus import write_corpus
from benchmarks.footprint import studio, wait_for_entries
from benchmarks.report import row

VISITS = 7
LIST = "/studio/llm-logs"
LARGE: dict[str, tuple[str, list[str]]] = {
    "5 MB call": ("mb-5", ["weather " * 625_000]),
    "20 MB call": ("mb-20", ["weather " * 2_500_000]),
    "2,000 messages": ("many", ["word " * 1_000] * 2_000),
}
"""Log id and texts of the messages of each."""
VISIBLE = """selector => new Promise(resolve => {
    const look = () => document.querySelector(selector)
        ? requestAnimationFrame(() => resolve(performance.now()))
        : requestAnimationFrame(look);
    look();
})"""
OPENED = """selector => new Promise(resolve => {
    const began = performance.now();
    document.querySelector(selector).click();
    const look = () => document.querySelector("#call-panel .message")
        ? requestAnimationFrame(() => resolve(performance.now() - began))
        : requestAnimationFrame(look);
    look();
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure pages in a headless browser.")
    parser.add_argument("--entries", type=int, default=20_000)
    entries = parser.parse_args().entries
    with tempfile.TemporaryDirectory(prefix="llm-logs-bench-") as folder:
        workspace = Path(folder) / "workspace"
        logs = workspace / "logs" / "llm"
        write_corpus(logs, entries=entries, seed=1, newest_at=time.time() - 60)
        write_large_calls(logs)
        with studio(workspace) as (_, port, _), browser() as opened:
            wait_for_entries(port, entries + len(LARGE))
            print(f"{entries:,} entries:")
            measure(opened, f"http://127.0.0.1:{port}")


@contextmanager
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        raise SystemExit("No Chromium is in the PATH; on Debian: apt-get install chromium.")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        launched.close()


def write_large_calls(logs: Path) -> None:
    with (logs / "large.jsonl").open("w") as stream:
        for log_id, texts in LARGE.values():
            said = [{"role": "user", "content": f"{n} {text}"} for n, text in enumerate(texts)]
            entry = {"log_id": log_id, "agent_id": "large", "timestamp": time.time() - 7_200}
            stream.write(json.dumps({**entry, "messages": said, "completion": "Long."}) + "\n")


def measure(browser: Browser, url: str) -> None:
    cold, warm, beside, moved = [], [], [], []
    large: dict[str, list[float]] = {name: [] for name in LARGE}
    for _ in range(VISITS):
        context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
        page = context.new_page()
        received = count_bytes(context, page)
        cold.append(visit(page, LIST, "#rows .call"))
        page.wait_for_timeout(1_000)
        moved.append(received[0] / 1000)
        warm.append(visit(page, LIST, "#rows .call"))
        page.wait_for_load_state()
        beside.append(page.evaluate(OPENED, "#rows .call-link") / 1000)
        for name, (log_id, _) in LARGE.items():
            large[name].append(visit(page, f"{LIST}/large/{log_id}", "main .message"))
        context.close()
    middle: Callable[[list[float]], float] = statistics.median
    print(row("list page, rows visible, cold", middle(cold), "s", at_most=0.6))
    print(row("list page, rows visible, warm", middle(warm), "s", at_most=0.3))
    print(row("list page, bytes moved", middle(moved), "kB", at_most=150))
    print(row("a call beside the list, from its click", middle(beside), "s"))
    for name, seconds in large.items():
        print(row(f"{name}, first message visible", middle(seconds), "s", at_most=0.3))


def visit(page: Page, path: str, selector: str) -> float:
    page.goto(path, wait_until="commit")
    seconds: float = page.evaluate(VISIBLE, selector) / 1000
    return seconds


def count_bytes(context: BrowserContext, page: Page) -> list[int]:
    """A counter of the bytes that came over the network, heads included."""
    received = [0]
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on(
        "Network.dataReceived",
        lambda event: received.__setitem__(0, received[0] + event["encodedDataLength"]),
    )
    return received


if __name__ == "__main__":
    main()
