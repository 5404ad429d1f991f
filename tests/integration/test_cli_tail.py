"""`logs tail`: every call once, whatever happens to the Studio in the meantime."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.command_line import Following, run
from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import append, entry, studio_with
from tests.ports import free_port


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    with studio_with(tmp_path_factory.mktemp("tail") / "workspace", *fresh("old", 4)) as running:
        yield running


def fresh(name: str, count: int, **overrides: Any) -> list[dict[str, Any]]:
    now = time.time()
    return [
        entry(number, log_id=f"{name}-{number}", timestamp=now + number / 1000, **overrides)
        for number in range(count)
    ]


def ids(entries: list[dict[str, Any]]) -> list[str]:
    return [one["log_id"] for one in entries]


def test_it_begins_with_the_newest_calls_oldest_first_and_goes_on(studio: RunningStudio) -> None:
    with Following(studio.url, "-n", "2", "--agent-id", "bot") as tail:
        assert tail.ids(2) == ["old-2", "old-3"]
        for number in range(3):
            calls = fresh(f"new-{number}", 2)
            append(studio.workspace, *calls, *fresh(f"noise-{number}", 1, agent_id="other"))
            assert tail.ids(2) == ids(calls)
        assert tail.interrupt() == 128 + signal.SIGINT
        assert tail.rest() == ([], [])


def test_rows_for_people_say_when_there_is_nothing_yet(studio: RunningStudio) -> None:
    with Following(studio.url, "--text", "--agent-id", "nobody yet") as tail:
        assert tail.sentence() == "agents_sdk logs tail: waiting for calls (Ctrl-C ends)\n"
        append(studio.workspace, *fresh("first", 1, agent_id="nobody yet"))
        assert "Question 0?" in tail.line()


def test_nothing_is_missed_and_nothing_comes_twice_over_a_restart(tmp_path: Path) -> None:
    workspace, port = tmp_path / "workspace", str(free_port())
    before, away, after = fresh("before", 3), fresh("away", 40), fresh("after", 3)
    with studio_with(workspace, *before[:1], STUDIO_PORT=port) as studio:
        tail = Following(studio.url)
        assert tail.ids(1) == ids(before[:1])
        append(workspace, *before[1:])
        assert tail.ids(2) == ids(before[1:])
    with tail:
        assert "; trying again until it does (Ctrl-C ends)" in tail.sentence()
        append(workspace, *away)
        with RunningStudio(workspace, worker=None, STUDIO_PORT=port):
            assert tail.sentence() == "agents_sdk logs tail: connected again\n"
            assert tail.ids(40) == ids(away)
            append(workspace, *after)
            assert tail.ids(3) == ids(after)
            assert tail.interrupt() == 128 + signal.SIGINT
        assert tail.rest() == ([], [])


def test_a_killed_web_server_is_survived(tmp_path: Path) -> None:
    with (
        studio_with(tmp_path / "workspace", *fresh("one", 1)) as studio,
        Following(studio.url) as tail,
    ):
        assert tail.ids(1) == ["one-0"]
        web = studio.pid_of("studioweb")
        assert web is not None
        os.kill(web, signal.SIGKILL)
        append(studio.workspace, *fresh("two", 2))
        assert tail.ids(2) == ["two-0", "two-1"]


def test_what_the_feed_leaves_out_is_fetched_from_the_list(tmp_path: Path) -> None:
    """The feed repeats 1,000 calls at most; more of them were made while nobody followed."""
    workspace, port = tmp_path / "workspace", str(free_port())
    away = fresh("away", 1_300)
    with studio_with(workspace, *fresh("before", 1), STUDIO_PORT=port) as studio:
        tail = Following(studio.url)
        assert tail.ids(1) == ["before-0"]
    with tail:
        append(workspace, *away)
        with RunningStudio(workspace, worker=None, STUDIO_PORT=port):
            assert sorted(tail.ids(1_300)) == sorted(ids(away))
            append(workspace, *fresh("after", 1))
            assert tail.ids(1) == ["after-0"]


def test_a_new_index_repeats_nothing(tmp_path: Path) -> None:
    old = [entry(number, log_id=f"old-{number}") for number in range(30)]
    with (
        studio_with(tmp_path / "workspace", *old) as studio,
        Following(studio.url, "-n", "1") as tail,
    ):
        assert tail.ids(1) == ["old-29"]
        append(studio.workspace, *fresh("before", 1))
        assert tail.ids(1) == ["before-0"]
        shutil.rmtree(studio.workspace / "studio" / "index")
        append(studio.workspace, *fresh("after", 1))
        assert tail.ids(1) == ["after-0"]


def test_a_wrong_filter_ends_it_at_once(studio: RunningStudio) -> None:
    assert run(studio.url, "tail", "--min-latency-ms", "-1").returncode == 2
