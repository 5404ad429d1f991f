"""`logs list|show|stats` against a Studio: the API's answers, in a pipe and in a terminal."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents_sdk import ApiError, get_llm_logs
from tests.integration.command_line import (
    CHECKOUT,
    COMMAND,
    environment,
    json_lines,
    run,
    run_in_terminal,
)
from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import entry, studio_with, wait_for_index

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
ATTACK = "\x1b[2J\x1b]52;c;ZXZpbA==\x07\x9b31m\u202eevil"
UUID = "0b6e5a34-6d0c-4a53-9d0e-6a3d0f6c2f51"
ENTRIES = [
    *(entry(number, log_id=f"row-{number}", agent_id="archivist") for number in range(520)),
    entry(601, log_id="same-id", agent_id="first"),
    entry(602, log_id="same-id", agent_id="team/second"),
    entry(603, log_id="stats", agent_id="first", completion="A fixed word as its id."),
    entry(
        604,
        log_id="failed-1",
        agent_id="dreamer",
        error=f"overloaded {ATTACK}",
        completion="",
        latency_ms=25_000,
        session_id="night",
    ),  # fmt: skip
    entry(
        605,
        log_id=UUID,
        agent_id="東京の旅行代理人さん",
        model_name="claude-sonnet-4-5",
        provider="anthropic",
        messages=[{"role": "user", "content": f"Köln? {ATTACK}"}],
        tool_calls=[{"id": "c1", "name": "weather", "arguments": '{"city":"Köln"}'}],
        tags=[ATTACK],
    ),  # fmt: skip
]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    with studio_with(tmp_path_factory.mktemp("cli") / "workspace", *ENTRIES) as running:
        yield running


def api(studio: RunningStudio, path: str) -> Any:
    return studio.request("GET", path).json


def test_a_pipe_gets_the_api_s_entries_one_a_line(studio: RunningStudio) -> None:
    assert json_lines(run(studio.url, "list")) == api(studio, "/api/llm-logs")["logs"]
    full = json_lines(run(studio.url, "list", "--limit", "3", "--view", "full"))
    assert full == api(studio, "/api/llm-logs?limit=3&view=full")["logs"]


def test_more_than_a_page_is_listed_and_all_is_all(studio: RunningStudio) -> None:
    assert len(json_lines(run(studio.url, "list", "--limit", "505"))) == 505
    listed = json_lines(run(studio.url, "list", "--limit", "all"))
    assert sorted(row["log_id"] for row in listed) == sorted(one["log_id"] for one in ENTRIES)
    assert json_lines(run(studio.url, "list", "--limit", "0")) == []


@pytest.mark.parametrize(
    ("options", "query"),
    [
        (["--agent-id", "first", "--agent-id", "team/second"],
         "agent_id=first&agent_id=team%2Fsecond"),
        (["--model", "claude-sonnet-4-5"], "model=claude-sonnet-4-5"),
        (["--provider", "claude"], "provider=claude"),
        (["--has-error"], "has_error=true"),
        (["--has_error=false", "--agent-id", "dreamer"], "has_error=false&agent_id=dreamer"),
        (["--search", "KÖLN?"], "search=K%C3%96LN%3F"),
        (["--min-latency-ms", "20000"], "min_latency_ms=20000"),
        (["--session-id", "night"], "session_id=night"),
        (["--until", "1d"], "until=1000"),
        (["--since", "1d", "--limit", "2"], "limit=2"),
    ],
)  # fmt: skip
def test_a_filter_means_what_it_means_in_the_api(
    studio: RunningStudio, options: list[str], query: str
) -> None:
    listed = json_lines(run(studio.url, "list", *options))
    assert listed == api(studio, f"/api/llm-logs?{query}")["logs"]


def test_stats_are_the_api_s(studio: RunningStudio) -> None:
    (totals,) = json_lines(run(studio.url, "stats", "--has-error"))
    assert totals == api(studio, "/api/llm-logs/stats?has_error=true")
    for by in ("agent", "model"):
        counts = json_lines(run(studio.url, "stats", "--by", by))
        assert counts == api(studio, f"/api/llm-logs/{by}s")[f"{by}s"]


def test_stats_are_aligned_for_people(studio: RunningStudio) -> None:
    totals = run(studio.url, "stats", "--text", "--session-id", "night").stdout.splitlines()
    assert totals[:3] == [
        "calls                1",
        "errors               1",
        "error rate      100.0%",
    ]
    agents = run(studio.url, "stats", "--text", "--by", "agent").stdout.splitlines()
    assert agents[0].split()[:3] == ["agent", "calls", "errors"]
    assert agents[1].split()[:3] == ["archivist", "520", "0"]
    end_of_calls = agents[0].index("calls") + len("calls")
    assert agents[1][:end_of_calls].endswith("  520")
    assert {line[end_of_calls] for line in agents if line.isascii()} == {" "}


def test_one_call_is_shown_as_it_is_stored_or_readably(studio: RunningStudio) -> None:
    (stored,) = json_lines(run(studio.url, "show", UUID))
    assert stored == ENTRIES[-1]
    shown = run(studio.url, "show", UUID[:8], "--text").stdout
    assert shown.startswith(f"{UUID}  東京の旅行代理人さん\n")
    assert (
        '── answer ──\n  Answer 605.\n  → weather  c1\n    {\n      "city": "Köln"\n    }\n'
        in shown
    )


def test_without_an_id_the_newest_call_of_the_filter_is_shown(studio: RunningStudio) -> None:
    (newest,) = json_lines(run(studio.url, "show", "--has-error"))
    assert newest["log_id"] == "failed-1"
    assert newest["messages"] == ENTRIES[-2]["messages"]


def test_an_id_of_several_agents_is_told_apart_by_the_agent(studio: RunningStudio) -> None:
    refused = run(studio.url, "show", "same-id")
    assert refused.returncode == 1
    assert refused.stderr == (
        "agents_sdk logs show: 2 agents have a log entry with this id; expected one of them as "
        "agent_id. These are: first, team/second\n"
    )
    (stored,) = json_lines(run(studio.url, "show", "same-id", "--agent-id", "team/second"))
    assert stored["agent_id"] == "team/second"


def test_an_id_that_is_a_word_of_the_api_is_still_an_id(studio: RunningStudio) -> None:
    (stored,) = json_lines(run(studio.url, "show", "stats"))
    assert stored["completion"] == "A fixed word as its id."


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["show", "row-1"], 0, ""),
        (["show", "row-51"], 0, ""),
        (["show", "ro"], 1, "agents_sdk logs show: 'ro' begins 49"),
        (["show", "nobody"], 1, "agents_sdk logs show: no call has the id 'nobody', and none"),
        (["show", "--model", "none"], 1, "agents_sdk logs show: no call matches; expected one"),
        (["list", "--model", "none"], 0, ""),
        (["list", "--min-latency-ms", "x"], 2, "agents_sdk logs list: min_latency_ms is 'x'; expe"),
        (["stats", "--url", "ftp://x"], 2, "agents_sdk logs stats: 'ftp://x' is no address of a s"),
        (["list", "--url", "http://127.0.0.1:1"], 1, "agents_sdk logs list: http://127.0.0.1:1 do"),
        (["tail", "--url", "http://127.0.0.1:1"], 1, "agents_sdk logs tail: http://127.0.0.1:1 do"),
        (["tail", "--min-latency-ms", "x"], 2, "agents_sdk logs tail: min_latency_ms is 'x'; expe"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence_and_a_status(
    studio: RunningStudio, arguments: list[str], status: int, sentence: str
) -> None:
    done = run(studio.url, *arguments)
    assert (done.returncode, done.stderr[: len(sentence)]) == (status, sentence)
    assert done.stderr.count("\n") == (1 if sentence else 0)


def test_a_terminal_gets_coloured_rows_that_fit(studio: RunningStudio) -> None:
    shown = run_in_terminal(studio.url, "list", "--limit", "4")
    assert "\x1b[31m✗ overloaded \\x1b[2J" in shown
    plain = ESCAPE.sub("", shown)
    assert "\x1b" not in plain, "colours are the only escape sequences"
    rows = plain.splitlines()
    assert rows[-1] == "4 of 525 calls; --limit all lists them all"
    assert UUID[:8] in rows[0]
    assert "東京の旅行代理…  claude-sonnet-4-5 " in rows[0]


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_no_color_is_respected(studio: RunningStudio, variables: dict[str, str]) -> None:
    assert "\x1b" not in run_in_terminal(studio.url, "show", "failed-1", **variables)


def test_a_terminal_gets_json_if_it_is_asked_for(studio: RunningStudio) -> None:
    shown = run_in_terminal(studio.url, "list", "--json", "--limit", "1")
    assert json.loads(shown)["log_id"] == UUID


@pytest.mark.parametrize(
    "arguments",
    [["list", "--limit", "5"], ["list", "--limit", "5", "--view", "full"], ["show", UUID],
     ["show", "failed-1"], ["show", UUID, "--json"], ["list", "--view", "full", "--json"],
     ["stats", "--by", "agent"]],
    ids=" ".join,
)  # fmt: skip
def test_what_others_wrote_never_acts_on_the_terminal(
    studio: RunningStudio, arguments: list[str]
) -> None:
    shown = ESCAPE.sub("", run_in_terminal(studio.url, *arguments))
    assert all(line.isprintable() for line in shown.split("\n"))


def test_a_reader_who_has_seen_enough_ends_it_quietly(studio: RunningStudio) -> None:
    command = f"{' '.join(COMMAND)} list --limit all | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], env=environment(studio.url), timeout=60,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["log_id"] == UUID


def test_output_does_not_depend_on_the_locale(studio: RunningStudio) -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    assert json_lines(run(studio.url, "show", UUID, **ascii_only)) == [ENTRIES[-1]]
    shown = run(studio.url, "show", UUID, "--text", **ascii_only)
    assert shown.returncode == 0
    assert '"city": "K\\xf6ln"' in shown.stdout


def test_a_studio_that_asks_for_a_login_takes_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"STUDIO_PASSWORD": "for readers", "STUDIO_API_TOKEN": "for-programs"}
    with RunningStudio(tmp_path / "workspace", worker=None, **settings) as studio:
        wait_for_index(studio)
        refused = run(studio.url, "list")
        assert refused.returncode == 1
        assert refused.stderr.endswith("Here: AGENTS_SDK_API_TOKEN is that token.\n")
        assert run(studio.url, "tail").stderr.endswith("AGENTS_SDK_API_TOKEN is that token.\n")
        allowed = run(studio.url, "list", "--text", AGENTS_SDK_API_TOKEN="for-programs")
        assert (allowed.returncode, allowed.stdout) == (0, "0 of 0 calls\n")
        with pytest.raises(ApiError, match="401"):
            get_llm_logs(base_url=studio.url)
        monkeypatch.setenv("AGENTS_SDK_API_TOKEN", "for-programs")
        assert get_llm_logs(base_url=studio.url) == []


def test_the_command_loads_nothing_when_the_sdk_is_imported() -> None:
    code = "import sys, agents_sdk; sys.exit(any('cli' in name.split('.') for name in sys.modules))"
    subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, check=True, timeout=60)
