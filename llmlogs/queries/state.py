"""What the worker says of itself: where the index stands and which lines it could not read."""

from dataclasses import dataclass

from django.db.models import Min

from llmlogs.indexdb.base import IndexMissing
from llmlogs.models import IndexedEntry, IndexState, LogFile, RejectedLine
from llmlogs.queries.reading import snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexReport:
    """The state of the index in force. Times are Unix seconds, None if it never happened."""

    generation: int
    is_complete: bool
    last_indexed_at: float | None
    heartbeat_at: float | None
    lag_bytes: int
    total_bytes: int
    rejected_lines: int
    repaired_lines: int
    oldest_timestamp: float | None
    """Effective time of the oldest entry in the index."""
    next_file_name: str
    """The file that retention deletes next, "" if there is none."""
    next_file_goes_at: float | None
    spared_files: int
    """Files too old that stay for a day because the workspace was opened for the first time."""
    rebuild_done_bytes: int
    rebuild_total_bytes: int
    logs_folder_error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedLineReport:
    """A line that is no entry: where it lies and why it was rejected."""

    file_name: str
    offset: int
    line_bytes: int
    reason: str
    excerpt: str
    seen_at: float


def index_state() -> IndexReport | None:
    """None if there is no index."""
    try:
        with snapshot():
            state = IndexState.objects.get(id=1)
            oldest = IndexedEntry.objects.aggregate(oldest=Min("timestamp"))["oldest"]
    except IndexMissing:
        return None
    return IndexReport(
        generation=state.generation,
        is_complete=state.is_complete,
        last_indexed_at=state.last_indexed_at,
        heartbeat_at=state.heartbeat_at,
        lag_bytes=state.lag_bytes,
        total_bytes=state.total_bytes,
        rejected_lines=state.rejected_lines,
        repaired_lines=state.repaired_lines,
        oldest_timestamp=oldest,
        next_file_name=state.next_file_name,
        next_file_goes_at=state.next_file_goes_at,
        spared_files=state.spared_files,
        rebuild_done_bytes=state.rebuild_done_bytes,
        rebuild_total_bytes=state.rebuild_total_bytes,
        logs_folder_error=state.logs_folder_error,
    )


def rejected_lines(limit: int) -> tuple[RejectedLineReport, ...]:
    """The lines rejected last, the newest first."""
    with snapshot():
        lines = list(RejectedLine.objects.order_by("-id")[:limit])
        files = {line.file_ref for line in lines}
        names = dict(LogFile.objects.filter(id__in=files).values_list("id", "name"))
    return tuple(
        RejectedLineReport(
            file_name=names.get(line.file_ref, ""),
            offset=line.offset,
            line_bytes=line.line_bytes,
            reason=line.reason,
            excerpt=line.excerpt,
            seen_at=line.seen_at,
        )
        for line in lines
    )
