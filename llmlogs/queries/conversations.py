"""Which call came before and after a call in its conversation, and what is new in it.

The previous turn of a call is the latest earlier call of the same agent whose answer stands in this
prompt as an assistant message; assistant messages are tried from the end of the prompt. Of several
calls with that answer the one whose own prompt ends right before it is preferred, then the latest.
A common prefix alone links nothing, and calls of different sessions are never linked. Nothing older
than the retention is named.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from agents_sdk import codec
from llmlogs.models import EntryBody
from llmlogs.queries.assemble import with_markers
from llmlogs.queries.filters import oldest_kept
from llmlogs.queries.prompts import Paths, message_json, prompt_rows
from llmlogs.queries.reading import snapshot
from llmlogs.queries.summaries import summaries
from llmlogs.queries.turn_links import Call, Link, calls, next_calls, previous_links


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRef:
    """Enough of an entry for a link to it. `timestamp` is the effective one."""

    sequence: int
    agent_id: str
    log_id: str
    timestamp: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A call in its conversation.

    `new_from` is the index in the prompt (its leading system message counts) of the first message
    that is new in this call; without a previous call everything is new.
    """

    sequence: int
    previous: EntryRef | None
    next: EntryRef | None
    new_from: int
    message_count: int


def turns(sequences: Collection[int], *, now: float | None = None) -> dict[int, Turn]:
    """The turns of these calls by sequence; calls that are not there are left out."""
    with snapshot():
        oldest_at = oldest_kept(now)
        found = calls(sequences)
        before = previous_links(found.values(), oldest_at)
        after = next_calls(found.values(), oldest_at)
        refs = entry_refs({link.sequence for link in before.values()} | set(after.values()))
    return {
        sequence: _turn(call, before.get(sequence), refs.get(after.get(sequence, 0)), refs)
        for sequence, call in found.items()
    }


@dataclass(frozen=True, slots=True)
class Prompt:
    """The messages of a call by reference, first to last; they are read part by part."""

    refs: tuple[int, ...] = ()
    markers: bytes | None = None

    def messages(self, start: int, stop: int) -> list[Any]:
        """Part of it, by index. What retention has removed since the prompt was read is null."""
        start = max(start, 0)
        refs = self.refs[start : max(stop, 0)]
        contents = message_json(refs)
        stored = [contents.get(ref, b"null") for ref in refs]
        if self.markers is not None:
            stored = with_markers(stored, self.markers, first_index=start)
        return [codec.loads(message) for message in stored]


def prompt(sequence: int) -> Prompt:
    """The prompt of a call; one that is no list has no messages."""
    with snapshot():
        row = next(iter(prompt_rows([sequence])), None)
        body = EntryBody.objects.filter(id=sequence).values_list("is_prompt_taken", "markers")
        is_taken, markers = body.first() or (False, None)
        if row is None or not is_taken:
            return Prompt()
        refs = Paths([row.node_ref]).messages(row.system_ref, row.node_ref)
    return Prompt(tuple(refs), None if markers is None else bytes(markers))


def messages(sequence: int, start: int, stop: int) -> list[Any]:
    """Part of the prompt of a call, by index."""
    with snapshot():
        return prompt(sequence).messages(start, stop)


def entry_refs(sequences: set[int]) -> dict[int, EntryRef]:
    """Links to these entries; those that are not there are left out."""
    return {
        entry.sequence: EntryRef(
            sequence=entry.sequence,
            agent_id=entry.agent_id,
            log_id=entry.log_id,
            timestamp=entry.timestamp,
        )
        for entry in summaries(list(sequences))
    }


def _turn(
    call: Call, before: Link | None, after: EntryRef | None, refs: dict[int, EntryRef]
) -> Turn:
    return Turn(
        sequence=call.sequence,
        previous=None if before is None else refs.get(before.sequence),
        next=after,
        new_from=0 if before is None else call.message_count - before.messages_since,
        message_count=call.message_count,
    )
