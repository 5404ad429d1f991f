"""Second plan: look at the prompts themselves, a chunk of entries at a time.

In: rows of entries and a folded query. Out: those of them that contain it. What was learned of a
message is kept for the next chunk, so a long history is read once, not once per call.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from llmlogs.models import IndexedEntry
from llmlogs.queries.prompts import Paths
from llmlogs.queries.reading import fetch, id_list

_CONTAINING = """
    SELECT id FROM message
    WHERE id IN (SELECT value FROM json_each(%s)) AND instr(text, %s) > 0"""
REFERENCES = ("id", "node_ref", "system_ref", "tools_ref", "answer_ref")

EntryRefs = tuple[int, int, int | None, int | None, int | None]
"""The columns `REFERENCES` of an entry."""


@dataclass(slots=True)
class Reader:
    """Looks for one query; remembers which messages were looked at and which contain it."""

    folded_query: str
    seen: set[int] = field(default_factory=set)
    hits: set[int] = field(default_factory=set)

    def matching(self, entries: Sequence[EntryRefs]) -> list[int]:
        """Ids of the entries that contain the query, in the order given."""
        paths = Paths(entry[1] for entry in entries)
        parts = {entry[0]: [ref for ref in entry[2:] if ref is not None] for entry in entries}
        self._read(paths.all_messages())
        self._read(ref for refs in parts.values() for ref in refs)
        nodes = paths.nodes_with(self.hits)
        return [
            entry[0]
            for entry in entries
            if entry[1] in nodes or not self.hits.isdisjoint(parts[entry[0]])
        ]

    def _read(self, messages: Iterable[int]) -> None:
        new = set(messages) - self.seen
        self.seen |= new
        if new:
            rows = fetch(_CONTAINING, (id_list(sorted(new)), self.folded_query))
            self.hits.update(row[0] for row in rows)


def containing(sequences: Iterable[int], folded_query: str) -> set[int]:
    """Which of these entries contain the query."""
    rows = IndexedEntry.objects.filter(id__in=list(sequences)).values_list(*REFERENCES)
    return set(Reader(folded_query).matching(list(rows)))
