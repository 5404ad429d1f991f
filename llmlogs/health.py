"""What the Studio knows of its own index, in sentences: nothing hidden, the worst first. Pure."""

from dataclasses import dataclass

from llmlogs.display import age, counted, in_future, size, visible
from llmlogs.queries.state import IndexReport

STALE_AFTER_SECONDS = 15
"""The worker looks at the files several times a second; after this silence people should know."""


@dataclass(frozen=True, slots=True)
class Health:
    """`troubles` mean that the list may be incomplete at this moment; `facts` are always true."""

    troubles: tuple[str, ...]
    facts: tuple[str, ...]
    removal: str
    """When the next file goes, or what goes and how to keep it."""
    removal_name: str
    """The file that goes next, where `removal` does not say."""
    is_removal_new: bool
    """Files found when the workspace was first opened will go: people should read it in time."""
    rejected: str
    """How many lines are no entries, if there are any."""
    rebuilt_percent: int | None
    """None unless the index is being rebuilt."""


def health(report: IndexReport, now: float) -> Health:
    return Health(
        troubles=tuple(_troubles(report, now)),
        facts=tuple(_facts(report, now)),
        removal=_removal(report, now),
        removal_name="" if report.spared_files else visible(report.next_file_name),
        is_removal_new=bool(report.spared_files),
        rejected=_rejected(report.rejected_lines),
        rebuilt_percent=_rebuilt_percent(report),
    )


def _troubles(report: IndexReport, now: float) -> list[str]:
    found = []
    if report.logs_folder_error:
        found.append(f"The folder of the logs cannot be read: {report.logs_folder_error}")
    # A worker that has not reported yet has made this index a moment ago.
    if report.heartbeat_at is not None and now - report.heartbeat_at > STALE_AFTER_SECONDS:
        seen = age(now - report.heartbeat_at)
        found.append(f"The worker is silent (last seen {seen}): new calls do not appear.")
    percent = _rebuilt_percent(report)
    if percent is not None:
        found.append(f"The index is being rebuilt: {percent}% done.")
    elif not report.is_complete:
        found.append("The index is being filled from the log files; older calls will follow.")
    return found


def _facts(report: IndexReport, now: float) -> list[str]:
    facts = []
    if report.lag_bytes:
        facts.append(f"{size(report.lag_bytes)} of the log files are not indexed yet.")
    if report.last_indexed_at is not None:
        facts.append(f"Last call indexed {age(now - report.last_indexed_at)}.")
    if report.oldest_timestamp is not None:
        facts.append(f"Oldest call kept: {age(now - report.oldest_timestamp)}.")
    return facts


def _removal(report: IndexReport, now: float) -> str:
    if report.next_file_goes_at is None:
        return ""
    when = in_future(report.next_file_goes_at - now)
    if report.spared_files:
        files = counted(report.spared_files, "file")
        return (
            f"{files} older than the retention will be deleted, the first {when}; "
            "set STUDIO_RETENTION_DAYS higher to keep them."
        )
    return f"The next file goes {when}"


def _rebuilt_percent(report: IndexReport) -> int | None:
    if not report.rebuild_total_bytes:
        return None
    return int(100 * min(report.rebuild_done_bytes / report.rebuild_total_bytes, 1))


def _rejected(count: int) -> str:
    if not count:
        return ""
    what = "is no log entry" if count == 1 else "are no log entries"
    return f"{counted(count, 'line')} {what}."
