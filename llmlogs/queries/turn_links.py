"""How calls hang together: from the prompt tree and the answers' digests to links between calls.

The rule is told in `llmlogs.queries.conversations`. In: calls. Out: for each, the call before it
with the number of messages said since, or the call after it. Work is bounded per call, but for the
walk up its own prompt.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from llmlogs.models import IndexedEntry
from llmlogs.queries.reading import fetch, id_list

FIRST_STEPS = 16
"""Most answers stand among the last messages; longer prompts are walked in growing pieces."""
MAX_DEPTH = 64
MAX_NODES = 2_000
MAX_TRIED = 8
"""Bounds of the search for the next call: messages since the answer, nodes, calls to verify."""

_ANSWERS_ABOVE = """
    WITH RECURSIVE up(start, parent_ref, message_ref, above) AS (
        SELECT id, parent_ref, message_ref, 0 FROM prompt_node
        WHERE id IN (SELECT value FROM json_each(%s))
        UNION ALL
        SELECT up.start, node.parent_ref, node.message_ref, up.above + 1
        FROM up CROSS JOIN prompt_node AS node ON node.id = up.parent_ref WHERE up.above < %s)
    SELECT up.start, up.parent_ref, up.above, message.answer_key
    FROM up CROSS JOIN message ON message.id = up.message_ref
    WHERE message.answer_key IS NOT NULL OR up.above = %s"""
_EARLIER = """
    agent_ref = %s AND timestamp >= %s AND (timestamp < %s OR (timestamp = %s AND id < %s))
    AND (session_key IS NULL OR session_key = ifnull(%s, session_key))
    ORDER BY timestamp DESC, id DESC LIMIT 1"""
_ASKED_RIGHT_BEFORE = (
    f"SELECT id FROM entry WHERE node_ref = %s AND +answer_key = %s AND {_EARLIER}"
)
_ANSWERED_LAST = f"SELECT id FROM entry WHERE answer_key = %s AND {_EARLIER}"
_LATER = f"""
    WITH RECURSIVE down(id, depth) AS (
        SELECT node.id, 0 FROM message
        CROSS JOIN prompt_node AS node ON node.message_ref = message.id
        WHERE message.answer_key = %s
        UNION
        SELECT child.id, down.depth + 1
        FROM down CROSS JOIN prompt_node AS child ON child.parent_ref = down.id
        WHERE down.depth < {MAX_DEPTH}
        LIMIT {MAX_NODES})
    SELECT DISTINCT entry.id, entry.timestamp
    FROM down CROSS JOIN entry ON entry.node_ref = down.id
    WHERE entry.agent_ref = %s
      AND (entry.timestamp > %s OR (entry.timestamp = %s AND entry.id > %s))
    ORDER BY entry.timestamp, entry.id LIMIT {MAX_TRIED}"""


@dataclass(frozen=True, slots=True)
class Call:
    """What of an entry decides its place in a conversation."""

    sequence: int
    agent_ref: int
    timestamp: float
    session_key: bytes | None
    node_ref: int
    answer_key: bytes | None
    message_count: int


@dataclass(frozen=True, slots=True)
class Link:
    """The call before, and how many messages were said after its answer."""

    sequence: int
    messages_since: int


@dataclass(frozen=True, slots=True)
class _Answer:
    """An assistant message of a prompt: the node before it, and the messages after it."""

    node_before: int
    messages_since: int
    key: bytes


def calls(sequences: Collection[int]) -> dict[int, Call]:
    rows = IndexedEntry.objects.filter(id__in=list(sequences)).values_list(
        "id",
        "agent_ref",
        "timestamp",
        "session_key",
        "node_ref",
        "answer_key",
        "message_count",
    )
    return {
        sequence: Call(sequence, agent, timestamp, _key(session), node, _key(answer), count)
        for sequence, agent, timestamp, session, node, answer, count in rows
    }


def previous_links(turns: Collection[Call], oldest_at: float) -> dict[int, Link]:
    """The link to the call before, for the calls that have one, by their sequence."""
    links: dict[int, Link] = {}
    open_ends = {turn.sequence: (turn, turn.node_ref, 0) for turn in turns if turn.node_ref}
    steps = FIRST_STEPS
    while open_ends:
        answers, tops = _read_up({node for _, node, _ in open_ends.values()}, steps)
        for turn, node, since in list(open_ends.values()):
            link = _first_link(turn, answers.get(node, ()), since, oldest_at)
            if link is not None:
                links[turn.sequence] = link
            if link is not None or not tops.get(node):
                del open_ends[turn.sequence]
            else:
                open_ends[turn.sequence] = (turn, tops[node], since + steps)
        steps *= 4
    return links


def next_calls(turns: Collection[Call], oldest_at: float) -> dict[int, int]:
    """The earliest call whose previous one is this, for the calls that have one."""
    later = {turn.sequence: _later(turn) for turn in turns if turn.answer_key is not None}
    found: dict[int, int] = {}
    for place in range(MAX_TRIED):
        tried = {
            sequence: candidates[place]
            for sequence, candidates in later.items()
            if place < len(candidates) and sequence not in found
        }
        links = previous_links(calls(set(tried.values())).values(), oldest_at)
        found.update(
            (sequence, candidate)
            for sequence, candidate in tried.items()
            if candidate in links and links[candidate].sequence == sequence
        )
    return found


def _first_link(
    turn: Call, answers: Sequence[_Answer], since: int, oldest_at: float
) -> Link | None:
    """`since` is the number of messages between the piece with these answers and the end."""
    for answer in answers:
        sequence = _answered_by(turn, answer, oldest_at)
        if sequence is not None:
            return Link(sequence, answer.messages_since + since)
    return None


def _read_up(starts: set[int], steps: int) -> tuple[dict[int, list[_Answer]], dict[int, int]]:
    """Answers among the `steps` messages that end at each start, last first; where each stopped."""
    answers: dict[int, list[_Answer]] = {}
    tops: dict[int, int] = {}
    for start, parent, above, key in fetch(_ANSWERS_ABOVE, (id_list(starts), steps - 1, steps - 1)):
        if key is not None:
            answers.setdefault(start, []).append(_Answer(parent, above, key))
        if above == steps - 1:
            tops[start] = parent
    for found in answers.values():
        found.sort(key=lambda answer: answer.messages_since)
    return answers, tops


def _answered_by(turn: Call, answer: _Answer, oldest_at: float) -> int | None:
    earlier = (
        turn.agent_ref,
        oldest_at,
        turn.timestamp,
        turn.timestamp,
        turn.sequence,
        turn.session_key,
    )
    rows = (answer.node_before or None) and fetch(
        _ASKED_RIGHT_BEFORE, (answer.node_before, answer.key, *earlier)
    )
    rows = rows or fetch(_ANSWERED_LAST, (answer.key, *earlier))
    return rows[0][0] if rows else None


def _key(value: bytes | memoryview | None) -> bytes | None:
    return None if value is None else bytes(value)


def _later(turn: Call) -> Sequence[int]:
    rows = fetch(
        _LATER,
        (turn.answer_key, turn.agent_ref, turn.timestamp, turn.timestamp, turn.sequence),
    )
    return [row[0] for row in rows]
