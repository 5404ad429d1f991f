"""Every page and every state of it, to be looked at: by axe-core in the tests, by people in docs.

`states` starts the Studios that have them, in a folder given, and yields one state after the other;
each is brought about when it is asked for, since some take the worker or the index away.
"""

import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from agents_sdk import AgentClient, EventBasedLLMLogger
from tests.integration.running_studio import DEADLINE_SECONDS, RunningStudio, until
from tests.integration.studio_with_entries import append, entry, studio_with
from tests.lifelike import lifelike_entries
from tests.showcase import AGENT, showcase_entries

LIST = "/studio/llm-logs"
CALLS = f"{LIST}/{AGENT.replace('/', '%2F')}"
OPEN = f"open={AGENT.replace('/', '%252F')}"
NUMBERS = "#overview data"
REJECTED = (
    b'{"log_id": "cut in the middle", "agent_id": "planner", "messa\n'
    b"Traceback (most recent call last):\n"
    b'["a list", "is no entry"]\n'
)

RUNNING = (
    ("planner", "gpt-4o", "user", "Three days in Lisbon by train, for two adults and a kettle."),
    ("support/tier-1", "gpt-4o-mini", "user", "الغلاية لا تعمل بعد التحديث الأخير، ماذا أفعل؟"),
    ("researcher", "gpt-4o", "tool", '{"results": 14, "took_ms": 380, "first": "Weather in Köln"}'),
    ("night-watch", "gpt-4o-mini", "tool", "kettle-17 boils dry"),
)
RECEIPTS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("planner", 10_412, 0, {}),
    ("support/tier-1", 2_077, 12, {}),
    ("researcher", 951, 0, {"No space left on device": 4, "refused: 'log_id' is ''": 1}),
)


@dataclass(frozen=True, slots=True)
class State:
    """`ready` is there when the page has settled; `act` is done to it then."""

    name: str
    path: str
    ready: str
    act: Callable[[Page], object] | None = None


def press(key: str) -> Callable[[Page], object]:
    return lambda page: page.keyboard.press(key)


def click(selector: str, then: str) -> Callable[[Page], object]:
    def act(page: Page) -> None:
        page.locator(selector).first.click()
        page.locator(then).first.wait_for()

    return act


def settle(page: Page, state: State) -> None:
    """Go there, and bring the state about."""
    page.goto(state.path)
    page.locator(state.ready).first.wait_for(state="attached")
    if state.act:
        state.act(page)


def tick_two_agents(page: Page) -> None:
    page.locator("summary:text-is('Agent')").click()
    page.locator(".choice-tick").nth(1).click()
    page.locator(".choice-tick").nth(2).click()
    page.keyboard.press("ArrowDown")


def fail_to_load_names(page: Page) -> None:
    page.route("**/llm-logs/choices?*", lambda route: route.abort())
    page.locator("summary:text-is('Model')").click()
    page.locator(".choices-failed:visible").wait_for()


def fail_to_load(pattern: str, selector: str) -> Callable[[Page], object]:
    """What is fetched on its own does not come; asked for by a click, or by loading the page."""

    def act(page: Page) -> None:
        page.route(pattern, lambda route: route.abort())
        if selector:
            page.locator(selector).first.click()
        else:
            page.reload()
        page.locator(".failed:visible").first.wait_for()

    return act


def wait_for_a_call(page: Page) -> None:
    page.route("**part=panel*", lambda route: None)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator("#rows .call-link").first.click()
    page.locator(".loading-words").wait_for()


def lose_the_feed(page: Page) -> None:
    page.route("**/llm-logs/feed*", lambda route: route.abort())
    page.reload()
    page.locator("#feed-state.is-broken").wait_for()
    page.locator(NUMBERS).first.wait_for()


OF_CALLS = (
    State("list", LIST, NUMBERS),
    State("list-with-call", f"{LIST}?{OPEN}/show-2", NUMBERS),
    State("list-with-error", f"{LIST}?{OPEN}/show-3", NUMBERS),
    State("list-without-call", f"{LIST}?open=planner/gone", NUMBERS),
    State("search", f"{LIST}?search=invoice", NUMBERS),
    State("errors", f"{LIST}?has_error=true&agent_id=support/tier-1&last=24h", NUMBERS),
    State("choices-open", LIST, NUMBERS, click("summary:text-is('Agent')", ".choice")),
    State("choices-ticked", LIST, NUMBERS, tick_two_agents),
    State("choices-failed", LIST, NUMBERS, fail_to_load_names),
    State("exact-time-open", LIST, NUMBERS, click("summary:text-is('Exact')", "#since")),
    State("keys", LIST, NUMBERS, press("?")),
    State("bad-filter", f"{LIST}?since=yesterday&min_latency_ms=fast", NUMBERS),
    State("never", f"{LIST}?since=2026-01-02T10:00&until=2026-01-01T10:00", NUMBERS),
    State("no-result", f"{LIST}?search=zebra&model=gpt-4o", NUMBERS),
    State("disconnected", LIST, NUMBERS, lose_the_feed),
    State("call", f"{CALLS}/show-2", ".message"),
    State("call-unfolded", f"{CALLS}/show-2?start=0&stop=3", ".message"),
    State("call-with-tools", f"{CALLS}/show-1", ".message", click(".tools > summary", ".offered")),
    State("call-found", f"{LIST}?search=nearer&{OPEN}/show-2", ".hits mark"),
    State("call-hit", f"{CALLS}/show-2?list=search%3Dnearer", ".hit-place", press("n")),
    State("call-loading", LIST, NUMBERS, wait_for_a_call),
    State(
        "messages-failed", f"{CALLS}/show-2", ".fold-open", fail_to_load("**part=*", ".fold-open")
    ),
    State("numbers-failed", LIST, NUMBERS, fail_to_load("**/overview*", "")),
    State("call-failed", f"{CALLS}/show-3", ".call-error"),
    State("call-huge", f"{CALLS}/show-4", ".message"),
    State("call-json", f"{CALLS}/show-2?part=json", ".tree"),
    State("rejected", f"{LIST}/rejected", ".rejected"),
    State("numbers", f"{LIST}/overview", "data"),
    State("breakdown", f"{LIST}/breakdown?sort=input", ".part-bar"),
    State("breakdown-none", f"{LIST}/breakdown?search=zebra&by=agent", ".none"),
    State("choices", f"{LIST}/choices?field=agent", ".choice"),
    State("api-docs", "/api/docs", ".operation"),
    State("not-found", "/studio/nowhere", ".notice"),
    State("no-such-call", f"{LIST}/planner/gone", ".notice"),
)


@contextmanager
def states(folder: Path) -> Iterator[Iterator[tuple[RunningStudio, State]]]:
    """Studios in `folder` and the states they have, in turn."""
    entries = [*lifelike_entries(time.time()), *showcase_entries(time.time())]
    logs = folder / "full" / "logs" / "llm"
    logs.mkdir(parents=True)
    (logs / "planner.jsonl").write_bytes(REJECTED)
    password = {"STUDIO_HOST": "0.0.0.0", "STUDIO_PASSWORD": "correct horse battery staple"}
    with (
        studio_with(folder / "full", *entries) as full,
        studio_with(folder / "workspace") as empty,
        RunningStudio(folder / "locked", **password) as locked,
    ):
        yield _in_turn(full, empty, locked)


def _in_turn(
    full: RunningStudio, empty: RunningStudio, locked: RunningStudio
) -> Iterator[tuple[RunningStudio, State]]:
    yield from ((full, state) for state in OF_CALLS)
    yield full, State("waiting", LIST, NUMBERS, lambda page: _calls_while_paused(page, full))
    yield from ((full, state) for state in _with_running_calls(full))
    _give_receipts(full)
    yield full, State("delivery", f"{LIST}/delivery", ".delivery")
    yield empty, State("delivery-none", f"{LIST}/delivery", ".delivery")
    yield empty, State("empty", LIST, NUMBERS)
    yield locked, State("login", "/studio/login", ".notice")
    yield locked, State("login-refused", "/studio/login", ".notice", _log_in_wrongly)
    yield from ((full, state) for state in _without_worker(full))


def _calls_while_paused(page: Page, studio: RunningStudio) -> None:
    page.locator("#feed-state.is-live").wait_for()
    page.locator("#feed-pause").click()
    late = [entry(number, log_id=f"late-{time.time_ns()}-{number}") for number in range(38)]
    append(studio.workspace, *late)
    page.locator("#show-new", has_text="38 new").wait_for()


def _with_running_calls(studio: RunningStudio) -> Iterator[State]:
    """Three agents that wait for a model, and one that left while it did."""
    spool = studio.workspace.parent / "spool"
    loggers = []
    for agent_id, model, role, text in RUNNING:
        client = AgentClient(agent_id, studio.url)
        loggers.append(EventBasedLLMLogger(agent_id, client, spool_dir=spool))
        loggers[-1].announce_call(model, "openai", [{"role": role, "content": text}])
    told = f"{len(RUNNING)} running"
    until(lambda: told in studio.request("GET", LIST).body.decode(), told)
    client.disconnect_sync()
    try:
        yield State("running", LIST, ".is-running")
        opened = click("#rows > .is-running .call-link", "#call-panel [data-waiting]")
        yield State("running-with-call", LIST, NUMBERS, opened)
    finally:
        for logger in loggers:
            logger.close(0)


def _give_receipts(studio: RunningStudio) -> None:
    now = time.time()
    for agent_id, written, waiting, dropped in RECEIPTS:
        client = AgentClient(agent_id, studio.url)
        payload = {
            "agent_id": agent_id,
            "instance": "showcase",
            "started_at": now - 3_600,
            "reported_at": now,
            "lost_at": now - 120 if dropped else None,
            "written": written,
            "delivered": written - waiting - sum(dropped.values()),
            "waiting": waiting,
            "dropped": dropped,
        }
        event = {"event_name": "system.report_llm_delivery", "payload": payload}
        assert client.send_event_sync(event).success


def _log_in_wrongly(page: Page) -> None:
    page.get_by_label("Password").fill("12345")
    page.get_by_role("button", name="Log in").click()
    page.locator("[role=alert]").wait_for()


def _without_worker(studio: RunningStudio) -> Iterator[State]:
    """What the page says while the worker is behind, builds anew, stands still, has no index.

    The worker is stopped, and its word in the index is put in its mouth.
    """
    worker = studio.pid_of("logworker")
    assert worker is not None
    with _writing(studio):  # stopped while it writes, it would keep the index locked
        os.kill(worker, signal.SIGSTOP)
    try:
        _say(studio, heartbeat_at=time.time() + 300, lag_bytes=48_000_000)
        yield State("behind", LIST, NUMBERS)
        _say(studio, rebuild_done_bytes=310_000_000, rebuild_total_bytes=884_000_000)
        yield State("rebuilding", LIST, NUMBERS)
        _say(studio, heartbeat_at=time.time() - 250, rebuild_total_bytes=0)
        yield State("worker-silent", LIST, NUMBERS)
        shutil.rmtree(studio.workspace / "studio" / "index")
        yield State("no-index", LIST, ".notice")
    finally:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGCONT)


def _say(studio: RunningStudio, **values: float) -> None:
    fields = ", ".join(f"{field} = ?" for field in values)
    with _writing(studio) as connection:
        connection.execute(f"UPDATE index_state SET {fields}", tuple(values.values()))


@contextmanager
def _writing(studio: RunningStudio) -> Iterator[sqlite3.Connection]:
    """The index, with nobody else writing to it."""
    index = studio.workspace / "studio" / "index"
    path = index / (index / "CURRENT").read_text().strip()
    with closing(sqlite3.connect(path, timeout=DEADLINE_SECONDS)) as connection, connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
