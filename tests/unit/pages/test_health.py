"""What the Studio says of its own index."""

from dataclasses import replace

import pytest

from llmlogs.health import health
from llmlogs.queries.state import IndexReport

NOW = 1_780_000_000.0
HEALTHY = IndexReport(
    generation=7,
    is_complete=True,
    last_indexed_at=NOW - 3,
    heartbeat_at=NOW - 0.2,
    lag_bytes=0,
    total_bytes=1_000_000,
    rejected_lines=0,
    repaired_lines=0,
    oldest_timestamp=NOW - 6 * 86_400,
    next_file_name="",
    next_file_goes_at=None,
    spared_files=0,
    rebuild_done_bytes=0,
    rebuild_total_bytes=0,
    logs_folder_error="",
)


def said(report: IndexReport) -> str:
    told = health(report, NOW)
    removal = f"{told.removal}: {told.removal_name}." if told.removal_name else told.removal
    return " ".join((*told.troubles, *told.facts, removal, told.rejected))


def test_a_healthy_index_says_how_fresh_it_is_and_what_it_keeps() -> None:
    told = health(HEALTHY, NOW)
    assert told.facts == ("Last call indexed 3 s ago.", "Oldest call kept: 6.0 days ago.")
    assert (told.troubles, told.rejected, told.rebuilt_percent) == ((), "", None)


def test_a_silent_worker_is_trouble() -> None:
    assert health(replace(HEALTHY, heartbeat_at=NOW - 300), NOW).troubles == (
        "The worker is silent (last seen 5 min ago): new calls do not appear.",
    )


def test_a_worker_that_has_just_begun_an_index_is_not_called_silent() -> None:
    report = replace(HEALTHY, heartbeat_at=None, is_complete=False)
    assert health(report, NOW).troubles == (
        "The index is being filled from the log files; older calls will follow.",
    )


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (NOW + 7_300, "The next file goes in 2 h: bot.jsonl."),
        (NOW - 5, "The next file goes now: bot.jsonl."),
    ],
)
def test_the_next_file_to_go_is_named_with_its_time(at: float, sentence: str) -> None:
    assert sentence in said(replace(HEALTHY, next_file_name="bot.jsonl", next_file_goes_at=at))


def test_files_that_were_spared_at_first_are_announced_with_the_setting_that_keeps_them() -> None:
    report = replace(HEALTHY, next_file_goes_at=NOW + 7_200, spared_files=3)
    assert health(report, NOW).is_removal_new
    assert said(report).endswith(
        "3 files older than the retention will be deleted, the first in 2 h; "
        "set STUDIO_RETENTION_DAYS higher to keep them. "
    )


def test_a_rebuild_says_how_far_it_is() -> None:
    report = replace(HEALTHY, rebuild_done_bytes=25, rebuild_total_bytes=100)
    assert health(report, NOW).rebuilt_percent == 25


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rebuild_done_bytes": 25, "rebuild_total_bytes": 100}, "being rebuilt: 25% done"),
        ({"is_complete": False}, "being filled from the log files"),
        ({"logs_folder_error": "Permission denied"}, "cannot be read: Permission denied"),
        ({"lag_bytes": 2_500_000}, "2.5 MB of the log files are not indexed yet."),
        ({"rejected_lines": 1}, "1 line is no log entry."),
        ({"rejected_lines": 2000}, "2,000 lines are no log entries."),
    ],
)
def test_what_is_not_as_it_should_be_is_said(changes: dict[str, object], sentence: str) -> None:
    assert sentence in said(replace(HEALTHY, **changes))  # type: ignore[arg-type]
