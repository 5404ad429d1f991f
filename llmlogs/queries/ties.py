"""Which other calls a call hangs together with, beside the turns of its conversation.

Attempts: a call of the same agent with the same prompt (in the same session, if it names one) that
began within `AGAIN_SECONDS` after a failed one had ended is another attempt, as clients make by
themselves. Sessions: the calls with the same explicit session id, of whatever agent, in the order
of time. In: a sequence. Out: `Ties`. Each is one look-up in an index.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from llmlogs.queries.conversations import EntryRef, entry_refs
from llmlogs.queries.filters import oldest_kept
from llmlogs.queries.reading import fetch, snapshot

AGAIN_SECONDS = 300.0
"""Clients wait a minute or two where a server asks them to; later it is another question."""
LONGEST_CALL_SECONDS = 3_600.0
CLOCK_SECONDS = 0.05
"""By so much a call may seem to begin before another has ended."""

_CALL = """
    SELECT id, agent_ref, timestamp, ifnull(latency_ms, 0) / 1000.0, has_error, session_key,
           node_ref, system_ref
    FROM entry WHERE id = %s"""
_SAME_PROMPT = """node_ref = %s
    AND +agent_ref = %s AND +system_ref IS %s AND +session_key IS %s"""
NEXT_ATTEMPT = f"""
    SELECT id FROM entry
    WHERE {_SAME_PROMPT} AND timestamp >= %s AND timestamp <= %s
      AND (timestamp > %s OR id > %s)
      AND timestamp - ifnull(latency_ms, 0) / 1000.0 BETWEEN %s AND %s
    ORDER BY timestamp, id LIMIT 1"""
EARLIER_ATTEMPT = f"""
    SELECT id, has_error FROM entry
    WHERE {_SAME_PROMPT} AND timestamp >= %s AND timestamp <= %s
      AND (timestamp < %s OR id < %s)
    ORDER BY timestamp DESC, id DESC LIMIT 1"""
PREVIOUS_IN_SESSION = """
    SELECT id FROM entry
    WHERE session_key = %s AND timestamp >= %s AND (timestamp, id) < (%s, %s)
    ORDER BY timestamp DESC, id DESC LIMIT 1"""
NEXT_IN_SESSION = """
    SELECT id FROM entry
    WHERE session_key = %s AND timestamp >= %s AND (timestamp, id) > (%s, %s)
    ORDER BY timestamp, id LIMIT 1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """`earlier_attempt` failed; `next_attempt` is there only where this call failed."""

    earlier_attempt: EntryRef | None = None
    next_attempt: EntryRef | None = None
    previous_in_session: EntryRef | None = None
    next_in_session: EntryRef | None = None


@dataclass(frozen=True, slots=True)
class _Call:
    sequence: int
    agent_ref: int
    ended_at: float
    lasted_seconds: float
    has_error: bool
    session_key: Any
    node_ref: int
    system_ref: int | None

    @property
    def began_at(self) -> float:
        return self.ended_at - self.lasted_seconds

    @property
    def same_prompt(self) -> tuple[Any, ...]:
        return self.node_ref, self.agent_ref, self.system_ref, self.session_key


def ties(sequence: int, *, now: float | None = None) -> Ties:
    with snapshot():
        rows = fetch(_CALL, (sequence,))
        if not rows:
            return Ties()
        found = dict(_found(_Call(*rows[0]), oldest_kept(now)))
        refs = entry_refs(set(found.values()))
    return Ties(**{name: refs.get(tied) for name, tied in found.items()})


def _found(call: _Call, oldest_at: float) -> Iterator[tuple[str, int]]:
    """Names of `Ties` with the sequence of each."""
    # Of prompts that are no list of messages, the index does not know whether they are the same.
    if call.node_ref:
        yield from _attempts(call, oldest_at)
    if call.session_key is not None:
        place = (call.session_key, oldest_at, call.ended_at, call.sequence)
        yield from _first("previous_in_session", fetch(PREVIOUS_IN_SESSION, place))
        yield from _first("next_in_session", fetch(NEXT_IN_SESSION, place))


def _attempts(call: _Call, oldest_at: float) -> Iterator[tuple[str, int]]:
    since = max(call.began_at - AGAIN_SECONDS, oldest_at)
    until = min(call.began_at + CLOCK_SECONDS, call.ended_at)
    this = (call.ended_at, call.sequence)
    # Whatever came last with this prompt: after one that was answered it is asked anew, not again.
    earlier = fetch(EARLIER_ATTEMPT, (*call.same_prompt, since, until, *this))
    yield from _first("earlier_attempt", [row for row in earlier if row[1]])
    if call.has_error:
        end = call.ended_at
        last = end + AGAIN_SECONDS + LONGEST_CALL_SECONDS
        begins = (end - CLOCK_SECONDS, end + AGAIN_SECONDS)
        rows = fetch(NEXT_ATTEMPT, (*call.same_prompt, end, last, *this, *begins))
        yield from _first("next_attempt", rows)


def _first(name: str, rows: list[tuple[Any, ...]]) -> Iterator[tuple[str, int]]:
    yield from ((name, row[0]) for row in rows[:1])
