"""Rows of a list: entries without their prompts.

In: sequences. Out: an `EntrySummary` for each that is still there, in the same order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agents_sdk import codec
from llmlogs.indexdb.packing import unpack_entry
from llmlogs.queries.reading import Row, fetch, id_list

HEAVY_KEYS = ("messages", "tools")
"""Never part of a summary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySummary:
    """What a list shows of an entry. `timestamp` is the effective one, in Unix seconds."""

    sequence: int
    agent_id: str
    log_id: str
    timestamp: float
    preview: str
    has_error: bool
    has_tool_calls: bool
    latency_ms: float
    """As reported, 0 if unknown."""
    total_tokens: int
    """As reported, else input + output, else 0."""
    line_bytes: int
    fields: dict[str, Any]
    """The entry as stored, without messages and tools; any key may be missing."""


_STORED = """
    SELECT entry.id, agent.name, timestamp, has_error, has_tool_calls, latency_ms, total_tokens,
           line_bytes, json, preview, log_id
    FROM entry
    CROSS JOIN agent ON agent.id = entry.agent_ref
    CROSS JOIN entry_body ON entry_body.id = entry.id
    WHERE entry.id IN (SELECT value FROM json_each(%s))"""


def summaries(sequences: Sequence[int]) -> tuple[EntrySummary, ...]:
    rows = {row[0]: row for row in fetch(_STORED, (id_list(sequences),))}
    return tuple(_summary(rows[sequence]) for sequence in sequences if sequence in rows)


def _summary(row: Row) -> EntrySummary:
    sequence, agent_id, timestamp, has_error, has_tool_calls, latency_ms = row[:6]
    total_tokens, line_bytes, body, preview, log_id = row[6:]
    fields = codec.loads(unpack_entry(body))
    for key in HEAVY_KEYS:
        fields.pop(key, None)
    return EntrySummary(
        sequence=sequence,
        agent_id=agent_id,
        log_id=fields["log_id"] if log_id is None else log_id,
        timestamp=timestamp,
        preview=preview,
        has_error=bool(has_error),
        has_tool_calls=bool(has_tool_calls),
        # The column says whether the value is usable; the entry, whether it was a whole number.
        latency_ms=0 if latency_ms is None else fields["latency_ms"],
        total_tokens=total_tokens,
        line_bytes=line_bytes,
        fields=fields,
    )
