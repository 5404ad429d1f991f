"""Which announced calls are still without their entry, and which of those a filter selects.

In: the board, a filter. Out: `RunningCall`s. A call is over when its entry can be listed; whoever
finds that out takes it off the board, so that an index which begins anew does not revive it.
"""

from collections.abc import Iterable, Sequence

from llmlogs.indexdb.keys import text_key
from llmlogs.models import Agent, IndexedEntry
from llmlogs.queries.filters import LogFilter, provider_names
from llmlogs.queries.reading import snapshot
from llmlogs.running import Board, RunningCall


def still_running(board: Board) -> tuple[RunningCall, ...]:
    """What is on the board and not in the index; the rest leaves the board."""
    calls = board.calls()
    over = _with_entries(calls) if calls else frozenset()
    if over:
        board.end(call.key for call in over)
    return tuple(call for call in calls if call not in over)


def selected(calls: Iterable[RunningCall], log_filter: LogFilter) -> tuple[RunningCall, ...]:
    """The calls a filter lets through, as far as a call can be judged before its end: a filter on
    errors, latency or text selects none. Their time is that of their start."""
    wanted = log_filter
    if wanted.search or wanted.has_error is not None or wanted.min_latency_ms is not None:
        return ()
    return tuple(call for call in calls if _is_selected(call, wanted))


def _is_selected(call: RunningCall, wanted: LogFilter) -> bool:
    return (
        (not wanted.agent_ids or call.agent_id in wanted.agent_ids)
        and wanted.model in (None, call.model_name)
        and (wanted.provider is None or call.provider in provider_names(wanted.provider))
        and wanted.session_id in (None, call.session_id)
        and (wanted.since is None or call.started_at >= wanted.since)
        and (wanted.until is None or call.started_at <= wanted.until)
    )


def _with_entries(calls: Sequence[RunningCall]) -> frozenset[RunningCall]:
    by_key = {(text_key(call.log_id), text_key(call.agent_id)): call for call in calls}
    with snapshot():
        found = IndexedEntry.objects.filter(log_key__in=[log_key for log_key, _ in by_key])
        pairs = list(found.values_list("log_key", "agent_ref"))
        agents = Agent.objects.filter(id__in={agent_ref for _, agent_ref in pairs})
        agent_keys = {id: bytes(key) for id, key in agents.values_list("id", "key")}
    identities = ((bytes(log_key), agent_keys.get(agent_ref)) for log_key, agent_ref in pairs)
    return frozenset(by_key[identity] for identity in identities if identity in by_key)
