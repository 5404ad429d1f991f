"""`make demo`: a newcomer sees agents at work, and nothing of it touches anything else."""

import asyncio
import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from demo import history
from demo.calls import calls_of
from demo.cast import CAST
from demo.clients import Clients
from demo.mishaps import with_mishaps
from demo.modelserver import ModelServer
from demo.recording import expected_outcome
from demo.scene import CUT, TIMEOUT, Failure
from tests.integration.running_studio import (
    CHECKOUT,
    DEADLINE_SECONDS,
    children,
    is_alive,
    until,
)
from tests.ports import free_port

NOW = 1_796_000_000.0


class RunningDemo:
    """`python -m demo`, which is all that `make demo` runs, in a workspace on a free port."""

    def __init__(self, workspace: Path, log: Path) -> None:
        self.workspace, self.log = workspace, log
        self.port = free_port()
        self.began_at = time.time()
        kept = {name: text for name, text in os.environ.items() if not name.startswith("STUDIO_")}
        self.environ = {
            **kept,
            "DJANGO_SETTINGS_MODULE": "studio.settings",
            "HOME": str(log.parent),
            "HTTP_PROXY": "http://127.0.0.1:9",
            "STUDIO_WORKSPACE": str(workspace),
            "STUDIO_PORT": str(self.port),
        }

    def start(self) -> "RunningDemo":
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "demo"],
                cwd=CHECKOUT,
                env=self.environ,
                stdout=log,
                stderr=log,
            )
        return self

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def ask(self, path: str, **parameters):
        return json.loads(self.text(path, **parameters))

    def text(self, path: str, **parameters) -> str:
        address = f"http://127.0.0.1:{self.port}{path}?{urlencode(parameters)}"
        with urlopen(address, timeout=DEADLINE_SECONDS) as answer:
            return answer.read().decode()

    def live(self, **parameters):
        """Entries since the start; none while the Studio is not there yet."""
        assert self.process.poll() is None, self.output
        asked = {"since": self.began_at, "limit": 500, **parameters}
        try:
            return self.ask("/api/llm-logs", **asked)["logs"]
        except OSError:
            return []

    def end(self, number: int = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(DEADLINE_SECONDS)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    running = RunningDemo(folder / "ws", folder / "output.log").start()
    yield running
    running.end()


def test_at_least_four_agents_are_at_work_soon(demo):
    def agents():
        found = {entry["agent_id"] for entry in demo.live()}
        return found if len(found) >= 4 else None

    assert until(agents, "four agents") <= set(CAST)


def test_something_goes_wrong_and_says_how(demo):
    failed = until(lambda: demo.live(has_error="true"), "an error")
    assert all(entry["error_type"] in entry["error"] for entry in failed)


def test_some_calls_are_streamed(demo):
    def streamed():
        return [entry for entry in demo.live() if entry.get("stream")]

    first = until(streamed, "a streamed call")[0]
    assert first["error"] or first["time_to_first_token_ms"] <= first["latency_ms"]


@pytest.mark.parametrize("word", ["龙井", "お", "الم"])
def test_text_in_many_scripts_is_found(demo, word):
    until(lambda: demo.live(search=word), word)


@pytest.mark.parametrize("seed", range(5))
def test_who_opens_a_demo_meets_every_language_and_an_error_without_luck(seed):
    opening = CAST["support/triage"].opening(Random(seed))
    assert isinstance(opening.turns[0].outcome, Failure)
    colleagues = {scene.agent_id for scene in (opening, *opening.then, *opening.then[1].then)}
    assert colleagues == {"support/triage", "support/日本語", "support/العربية"}


def test_agents_report_by_file_and_over_http(demo):
    over_http = {agent.agent_id for agent in CAST.values() if agent.reports_over_http}
    until(lambda: {entry["agent_id"] for entry in demo.live()} & over_http, "reports over HTTP")
    until(lambda: {entry["agent_id"] for entry in demo.live()} - over_http, "calls by file")
    until(lambda: set(demo.ask("/api/health")["data"]["agents"]) == over_http, "all to register")


def test_two_days_were_there_before(demo):
    until(demo.live, "the Studio")
    until(lambda: "being filled" not in demo.text("/studio/llm-logs/state"), "all of the history")
    stats = demo.ask("/api/llm-logs/stats", until=demo.began_at)
    assert stats["calls"] > 3_000
    assert 0 < stats["errors"] < 0.1 * stats["calls"]
    assert 47 * 3600 < demo.began_at - stats["first_timestamp"] < 49 * 3600


def test_what_waits_for_delivery_waits_in_the_demos_own_folder(demo):
    until((demo.workspace / "demo" / "spool").is_dir, "a first report by event")
    assert not (demo.log.parent / ".local").exists()


def descendants(pid):
    found = list(children(pid))
    return found + [below for child in found for below in descendants(child)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_every_process(tmp_path, number):
    running = RunningDemo(tmp_path / "ws", tmp_path / "output.log").start()
    until(running.live, "the first live call")
    pids = descendants(running.process.pid)
    assert len(pids) == 3
    assert running.end(number) == 0
    assert [pid for pid in pids if is_alive(pid)] == []
    assert "Traceback" not in running.output


def test_no_process_outlives_a_demo_that_is_killed(tmp_path):
    running = RunningDemo(tmp_path / "ws", tmp_path / "output.log").start()
    until(lambda: len(descendants(running.process.pid)) == 3, "all processes")
    pids = descendants(running.process.pid)
    running.end(signal.SIGKILL)
    until(lambda: not any(is_alive(pid) for pid in pids), "the end of every process")


def refusal(workspace, log):
    running = RunningDemo(workspace, log).start()
    return running.process.wait(DEADLINE_SECONDS), running.output


class SomebodyElse(BaseHTTPRequestHandler):
    """Another Studio, as far as a client can see."""

    asked: list[str] = []

    def do_GET(self):
        self.asked.append(self.path)
        body = b'{"success": true, "data": {"transports": [{"type": "http"}]}}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *words):
        pass


def test_a_studio_of_somebody_else_on_the_port_gets_nothing(tmp_path):
    with ThreadingHTTPServer(("127.0.0.1", 0), SomebodyElse) as other:
        threading.Thread(target=other.serve_forever, args=(0.02,), daemon=True).start()
        running = RunningDemo(tmp_path / "ws", tmp_path / "output.log")
        running.environ["STUDIO_PORT"] = str(other.server_port)
        code = running.start().process.wait(DEADLINE_SECONDS)
        other.shutdown()
    assert code == 1
    assert f"Port {other.server_port} of 127.0.0.1 is in use" in running.output
    assert SomebodyElse.asked == []


def contents(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_the_workspace_of_make_run_is_refused_and_untouched(tmp_path):
    workspace = CHECKOUT / "workspace"
    before = contents(workspace)
    code, output = refusal(workspace, tmp_path / "output.log")
    assert (code, output) == (
        1,
        f"STUDIO_WORKSPACE is '{workspace}', which is where `make run` keeps the calls of your "
        "agents; expected a folder for the demo alone; leave STUDIO_WORKSPACE unset for "
        "./workspace-demo, or choose a new folder.\n",
    )
    assert contents(workspace) == before


def test_a_workspace_with_calls_of_others_is_refused_and_untouched(tmp_path):
    workspace = tmp_path / "mine"
    (workspace / "logs" / "llm").mkdir(parents=True)
    (workspace / "logs" / "llm" / "my-agent.jsonl").write_text("{}\n", encoding="utf-8")
    before = contents(workspace)
    code, output = refusal(workspace, tmp_path / "output.log")
    assert code == 1
    assert f"'{workspace}', which holds log files the demo did not write; expected" in output
    assert contents(workspace) == before


def written(workspace):
    """The lines of a history that ends at NOW."""
    history.write(workspace, CAST, NOW)
    files = sorted((workspace / "logs" / "llm").iterdir())
    return [line for path in files for line in path.read_bytes().splitlines()]


def test_the_same_moment_gives_the_same_history(tmp_path):
    assert written(tmp_path / "a") == written(tmp_path / "b")


def sessions(workspace, until):
    """The ids of a history's sessions, and when each began and ended."""
    history.write(workspace, CAST, until)
    times = {}
    for path in (workspace / "logs" / "llm").iterdir():
        for entry in map(json.loads, path.read_bytes().splitlines()):
            times.setdefault(entry.get("session_id"), []).append(entry["timestamp"])
    times.pop(None, None)
    return {session_id: (min(at), max(at)) for session_id, at in times.items()}


def test_no_session_joins_errands_that_have_nothing_to_do_with_each_other(tmp_path):
    found = sessions(tmp_path / "a", NOW)
    assert max(last - first for first, last in found.values()) < 3_600
    assert not found.keys() & sessions(tmp_path / "b", NOW + 3 * 86_400).keys()


def test_the_history_has_something_of_everything(tmp_path):
    lines = written(tmp_path)
    entries = [json.loads(line) for line in lines]
    assert {entry["agent_id"] for entry in entries} == set(CAST)
    assert len({entry["provider"] for entry in entries}) >= 6
    assert len({entry["model_name"] for entry in entries}) >= 9
    kinds = {entry.get("error_type") for entry in entries}
    assert {"RateLimitError", "APITimeoutError", "BadRequestError", "OverloadedError"} <= kinds
    assert max(map(len, lines)) > 2_000_000
    text = b"".join(lines)
    for piece in (b"image_url", "ירושלים".encode(), "☕".encode(), b"```", b"Error: "):
        assert piece in text
    for key in ("reasoning", "cache_read_tokens", "cache_write_tokens", "session_id", "stream"):
        assert any(entry.get(key) for entry in entries), key
    turns = [len(entry["messages"]) for entry in entries if entry["agent_id"] == "night-watch"]
    assert max(turns) > 10


def test_a_new_workspace_wants_a_history_and_one_in_use_does_not(tmp_path):
    assert history.is_wanted(tmp_path, time.time())
    written(tmp_path)
    assert not history.is_wanted(tmp_path, time.time())
    assert history.is_wanted(tmp_path, time.time() + 3 * 86_400)


def some_calls():
    """Calls of every agent, well and badly, that take no time."""
    random = Random(7)
    waiting = [agent.scene(random) for agent in CAST.values() if agent.scene for _ in range(6)]
    while waiting:
        scene = waiting.pop()
        agent = CAST[scene.agent_id]
        waiting += scene.then
        for call in calls_of(with_mishaps(scene, agent, random, 0.1), agent, random):
            if not (isinstance(call.outcome, Failure) and call.outcome.status == TIMEOUT):
                yield dataclasses.replace(call, seconds=0.0, first_token_seconds=0.0)


async def test_history_says_what_the_client_libraries_say():
    with ModelServer() as models:
        clients = Clients(models)
        for call in some_calls():
            expected, seen = expected_outcome(call), await asyncio.wait_for(clients.make(call), 120)
            if isinstance(call.outcome, Failure):
                assert type(seen.error).__name__ == expected.error_type
                assert f"{expected.error_type}: {seen.error}" == expected.error
                assert bool(seen.content) is (call.outcome.status == CUT)
                continue
            assert seen.error is None
            assert seen.tool_calls == expected.tool_calls
            assert seen.finish_reason == expected.finish_reason
            assert seen.content == expected.content
            assert seen.reasoning == expected.reasoning
            assert seen.usage == expected.usage
            assert seen.response_model == expected.response_model
            assert (seen.first_token_ms is not None) is call.is_streamed
        await clients.close()
