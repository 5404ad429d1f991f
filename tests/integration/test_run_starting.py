"""`manage.py studio` starts everything, in an empty folder and in an existing workspace."""

import os
import stat
from pathlib import Path

from tests.integration.running_studio import RunningStudio, children, until

BUDGET_BYTES = 220 * 2**20


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_an_empty_folder_becomes_a_workspace_and_the_first_page_answers(tmp_path):
    workspace = tmp_path / "new" / "workspace"
    with RunningStudio(workspace) as studio:
        assert f"LLM Logs is at {studio.url}/studio/llm-logs (workspace {workspace})" in (
            studio.output
        )
        answer = studio.request("GET", "/")
        assert (answer.status, answer.headers["location"]) == (302, "/studio/llm-logs")
    for folder in ("", "logs", "logs/llm", "studio", "studio/index"):
        assert mode(workspace / folder) == 0o700
    for file in ("secret_key", "supervisor.lock", "studio.sqlite3"):
        assert mode(workspace / "studio" / file) == 0o600


def test_a_relative_workspace_is_the_same_for_every_process(tmp_path):
    relative = os.path.relpath(tmp_path / "here")
    with RunningStudio(tmp_path / "here", STUDIO_WORKSPACE=relative):
        assert (tmp_path / "here" / "studio" / "studio.sqlite3").exists()


def test_an_existing_workspace_is_left_as_it_is(tmp_path):
    workspace = tmp_path / "openagents"
    log = workspace / "logs" / "llm" / "bot.jsonl"
    log.parent.mkdir(parents=True, mode=0o755)
    workspace.chmod(0o755)
    log.write_text('{"log_id": "1"}\n')
    log.chmod(0o644)
    (workspace / "network.yaml").write_text("network: {}\n")
    with RunningStudio(workspace):
        assert log.read_text() == '{"log_id": "1"}\n'
    assert [mode(workspace), mode(log.parent), mode(log)] == [0o755, 0o755, 0o644]
    assert (workspace / "network.yaml").read_text() == "network: {}\n"


def test_the_secret_key_is_made_once(tmp_path):
    with RunningStudio(tmp_path / "ws"):
        first = (tmp_path / "ws" / "studio" / "secret_key").read_text()
    with RunningStudio(tmp_path / "ws"):
        assert (tmp_path / "ws" / "studio" / "secret_key").read_text() == first
    assert len(first.strip()) >= 50


def test_two_run_at_once_on_ports_and_workspaces_of_their_own(tmp_path):
    with RunningStudio(tmp_path / "one") as one, RunningStudio(tmp_path / "two") as two:
        assert one.request("GET", "/").status == two.request("GET", "/").status == 302


def test_an_ipv6_address_is_served_too(tmp_path):
    with RunningStudio(tmp_path / "ws", STUDIO_HOST="::1") as studio:
        assert f"LLM Logs is at http://[::1]:{studio.port}/" in studio.output
        headers = {"Host": f"[::1]:{studio.port}"}
        assert studio.request("GET", "/", headers=headers, connect_to="::1").status == 302


def test_a_misspelt_setting_is_pointed_out(tmp_path):
    with RunningStudio(tmp_path / "ws", STUDIO_RETENTION_DAY="30") as studio:
        assert "STUDIO_RETENTION_DAY is not a setting and has no effect" in studio.output


def test_all_processes_together_stay_within_their_budget(tmp_path):
    with RunningStudio(tmp_path / "ws", worker=None) as studio:
        until(lambda: studio.pid_of("logworker"), "the worker")
        pids = [studio.running.pid, *children(studio.running.pid)]
        assert len(pids) == 3
        assert sum(resident_bytes(pid) for pid in pids) <= BUDGET_BYTES


def resident_bytes(pid):
    pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
