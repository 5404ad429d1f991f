"""One line becomes the rows of one entry, gathered for a transaction.

In: a line and where it stands. Out: rows in `Rows`, and the effective time under which the entry is
filed. A line that is no entry raises `codec.LineError`; one older than the retention gives no rows.
"""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from agents_sdk.files.names import owner
from llmlogs.indexdb.keys import text_key
from llmlogs.indexdb.packing import pack_entry
from llmlogs.ingest.facts import Facts, effective_timestamp, read_facts
from llmlogs.ingest.layout import Layout, lay_out
from llmlogs.ingest.positions import RawLine
from llmlogs.ingest.prompt_starts import Reading, Start
from llmlogs.ingest.rows import Rows
from llmlogs.ingest.store_once import StoreOnce
from llmlogs.ingest.writer import IndexWriter

MAX_OWNERS = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands, and what decides over its time if it does not say (Unix seconds)."""

    file_ref: int
    file_name: str
    before: float | None = None
    """Effective time of the line before it."""
    file_time: float = 0.0
    timestamp: float | None = None
    """The effective time itself, where it is known already."""


@dataclass(slots=True)
class Batch:
    """One transaction under way: its rows, its time, and which entries it has so far."""

    now: float
    oldest_kept: float
    rows: Rows = field(default_factory=Rows)
    indexed: dict[tuple[bytes, int], int] = field(default_factory=dict)


class EntryRows:
    """Makes rows of lines, for one index."""

    def __init__(self, writer: IndexWriter, store: StoreOnce) -> None:
        self._writer = writer
        self._store = store
        self._owners: dict[tuple[str, str | None], str] = {}

    def add(self, batch: Batch, line: RawLine, place: Place) -> float:
        """Add the entry of a line to the batch; returns its effective time in Unix seconds."""
        reading = self._store.starts.read(line.line, place.file_ref)
        facts = read_facts(reading.entry)
        timestamp = place.timestamp
        if timestamp is None:
            timestamp = effective_timestamp(
                facts.own_timestamp, before=place.before, file_time=place.file_time, now=batch.now
            )
        if timestamp >= batch.oldest_kept:
            batch.rows.repaired_lines += reading.is_repaired or facts.is_odd
            self._add_entry(batch, line, place, reading, facts, timestamp)
        return timestamp

    def _add_entry(
        self,
        batch: Batch,
        line: RawLine,
        place: Place,
        reading: Reading,
        facts: Facts,
        timestamp: float,
    ) -> None:
        entry = reading.entry
        own_id = entry.get("log_id")
        log_id = own_id if isinstance(own_id, str) and own_id else _line_id(line.line)
        identity = (text_key(log_id), self._agent_ref(place.file_name, entry.get("agent_id")))
        known = batch.indexed.get(identity) or self._writer.find_entry(*identity)
        where = (place.file_ref, line.offset, line.line_bytes)
        if known is not None:
            batch.rows.repeats.append((known, *where, timestamp))
            return
        sequence = batch.indexed[identity] = self._writer.next_sequence()
        layout = lay_out(entry, reading.start)
        fact_columns = self._fact_columns(facts, timestamp, batch.now)
        content_columns = self._content_columns(layout, reading, place.file_ref, batch.rows)
        batch.rows.bodies.append(_body_row(sequence, None if log_id is own_id else log_id, layout))
        batch.rows.entries.append((sequence, *identity, *fact_columns, *content_columns, *where))

    def _agent_ref(self, file_name: str, claimed: object) -> int:
        claim = (file_name, claimed if isinstance(claimed, str) else None)
        agent_id = self._owners.get(claim)
        if agent_id is None:
            if len(self._owners) > MAX_OWNERS:
                self._owners.clear()
            agent_id = self._owners[claim] = owner(*claim)
        return self._store.name("agent", agent_id)

    def _fact_columns(self, facts: Facts, timestamp: float, now: float) -> tuple[Any, ...]:
        name = self._store.name
        return (
            None if facts.model_name is None else name("model_name", facts.model_name),
            None if facts.provider is None else name("provider", facts.provider),
            timestamp,
            now,
            facts.latency_ms,
            facts.input_tokens,
            facts.output_tokens,
            facts.total_tokens,
            facts.has_error,
            facts.has_tool_calls,
            None if facts.session_id is None else text_key(facts.session_id),
        )

    def _content_columns(
        self, layout: Layout, reading: Reading, file_ref: int, rows: Rows
    ) -> tuple[Any, ...]:
        store, start = self._store, layout.start
        if start is None:
            system_ref = None if layout.system is None else store.message(layout.system, rows)
            node_ref = store.prompt(layout.prompt, rows)
        else:
            system_ref = start.system_ref
            node_ref = store.prompt(layout.prompt, rows, start.node_ref)
        tools_ref = reading.tools_ref
        if tools_ref is None and layout.tools is not None:
            tools_ref = store.tools(layout.tools, rows)
        if layout.markers is None:  # A marker moves on with the next call.
            said = Start(system_ref, node_ref, layout.message_count, layout.preview)
            store.starts.remember(reading, file_ref, said, tools_ref)
        answer_ref = store.answer(layout.answer_text, rows)
        return system_ref, node_ref, tools_ref, answer_ref, layout.answer_key, layout.message_count


def _body_row(sequence: int, log_id: str | None, layout: Layout) -> tuple[Any, ...]:
    return (
        sequence,
        log_id,
        pack_entry(layout.body),
        layout.is_prompt_taken,
        layout.is_tools_taken,
        layout.markers,
        layout.preview.encode("utf-8", "replace").decode(),
    )


def _line_id(line: bytes) -> str:
    """The id of an entry that brings none: equal lines are one entry."""
    return blake2b(line.strip(), digest_size=16).hexdigest()
