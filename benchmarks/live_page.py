"""How soon a call is on the screen of an open page, and what that costs the browser.

Run: python -m benchmarks.live_page [--seconds 10]

A running Studio, a page in a headless browser, and a process that appends entries at a steady pace.
Latency is counted from the moment an entry is written to the frame that shows its row, on one
machine and so on one clock; a socket that reads the same feed meanwhile tells how much of it is the
server's. Scripting, style and layout are processor time of the page's thread, as the browser counts
it. Layout shift is the sum that the browser reports (the part of CLS that no one's input
explains), while the list is live at its top and while it is being read further down.
"""

import argparse
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import CDPSession, Page

from benchmarks.footprint import studio, wait_for_entries
from benchmarks.live_feed import Load, Reader, measure, middle, p95, write
from benchmarks.page import browser
from benchmarks.report import row

LIST = "/studio/llm-logs"
FIRST_ENTRIES = 200
SETTLE_SECONDS = 10.0
COSTS = {"ScriptDuration": "scripting", "RecalcStyleDuration": "style", "LayoutDuration": "layout"}
WATCH = """
window.seen = new Map();
window.shift = 0;
new PerformanceObserver(list => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;
}).observe({ type: "layout-shift" });
new MutationObserver(changes => {
    const arrived = changes.flatMap(change => [...change.addedNodes])
        .filter(node => node.dataset?.order && !window.seen.has(node.id));
    if (arrived.length) requestAnimationFrame(() => {
        const now = performance.timeOrigin + performance.now();
        for (const row of arrived) {
            window.seen.set(row.id, now - 1000 * Number(row.dataset.order.split("/")[0]));
        }
    });
}).observe(document.getElementById("rows"), { childList: true });
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is measured."""

    page: Page
    session: CDPSession
    workspace: Path
    port: int


@dataclass(frozen=True, slots=True)
class Sight:
    """What the page saw of a load."""

    rows: int
    latencies_ms: list[float]
    socket: Reader
    shift: float
    costs_s: dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the live list in a headless browser.")
    parser.add_argument("--seconds", type=float, default=10.0)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory(prefix="llm-logs-bench-") as folder:
        workspace = Path(folder) / "workspace"
        with studio(workspace) as (_, port, _seconds), browser() as opened:
            write(workspace, Load(0, FIRST_ENTRIES, 1_000_000))
            wait_for_entries(port, FIRST_ENTRIES)
            context = opened.new_context(
                base_url=f"http://127.0.0.1:{port}", viewport={"width": 1440, "height": 900}
            )
            page = context.new_page()
            session = context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            place = Place(page, session, workspace, port)
            alone = watch(place, Load(1_000, int(2 * seconds), 2))
            busy = watch(place, Load(100_000, int(200 * seconds), 200))
            read = watch(place, Load(900_000, int(20 * seconds), 20), down_px=900)
            tell(alone, busy, read)


def tell(alone: Sight, busy: Sight, read: Sight) -> None:
    for sight, how in ((alone, "2 calls/s"), (busy, "200 calls/s")):
        target = 500 if sight is busy else 0
        print(row(f"call → socket at {how}, p50", middle([sight.socket]), "ms"))
        print(row(f"call → socket at {how}, p95", p95([sight.socket]), "ms"))
        print(row(f"call → row on screen at {how}, p50", rank(sight, 0.5), "ms"))
        print(row(f"call → row on screen at {how}, p95", rank(sight, 0.95), "ms", at_most=target))
    print(row("  rows that came onto the screen", busy.rows, ""))
    for name, word in COSTS.items():
        print(row(f"{word} for 1,000 live rows", busy.costs_s[name] / busy.rows * 1e6, "ms"))
    for name, sight in (("live at 2 calls/s", alone), ("live at 200", busy), ("reading", read)):
        verdict = "met" if sight.shift == 0 else "MISSED"
        print(f"layout shift, {name:<32} {sight.shift:>8.4f} {'none':>18}  {verdict}")


def watch(place: Place, load: Load, *, down_px: int = 0) -> Sight:
    """Open the list, write the load, and return what came of it."""
    page = place.page
    page.goto(LIST)
    page.locator("#feed-state.is-live").wait_for()
    page.locator("#overview data").first.wait_for()
    page.evaluate(f"window.scrollTo(0, {down_px})")
    page.wait_for_timeout(1_000)
    page.evaluate(WATCH)
    before = costs(place.session)
    reader = Reader("/api/llm-logs/stream")
    # In a thread of its own: Playwright has the event loop of this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(measure, place.workspace, place.port, load, [reader]).result()
    deadline = time.monotonic() + (0 if down_px else SETTLE_SECONDS)
    while time.monotonic() < deadline and page.evaluate("seen.size") < load.count:
        page.wait_for_timeout(200)
    after = costs(place.session)
    latencies: list[float] = page.evaluate("[...seen.values()]")
    spent = {name: after[name] - before[name] for name in COSTS}
    return Sight(len(latencies), sorted(latencies), reader, page.evaluate("shift"), spent)


def costs(session: CDPSession) -> dict[str, float]:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return {one["name"]: one["value"] for one in metrics if one["name"] in COSTS}


def rank(sight: Sight, share: float) -> float:
    found = sight.latencies_ms
    return found[int(share * (len(found) - 1))] if found else float("nan")


if __name__ == "__main__":
    main()
