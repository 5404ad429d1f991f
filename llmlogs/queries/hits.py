"""Where a search is found within one call: in which messages, and in what else.

In: a sequence and the words of a search. Out: `Hits`. One statement looks through the call's own
texts, which are folded as search folds them.
"""

from dataclasses import dataclass

from llmlogs import searchtext
from llmlogs.models import IndexedEntry
from llmlogs.queries.prompts import Paths
from llmlogs.queries.reading import fetch, id_list, snapshot

_CONTAINING = """
    SELECT id FROM message
    WHERE id IN (SELECT value FROM json_each(%s)) AND instr(text, %s) > 0"""


@dataclass(frozen=True, slots=True)
class Hits:
    """`messages` are the indexes (from 0) of those of the prompt that contain the search."""

    messages: tuple[int, ...] = ()
    is_in_answer: bool = False
    is_in_tools: bool = False


def hits(sequence: int, search: str) -> Hits:
    query = searchtext.fold(search)
    if not query:
        return Hits()
    with snapshot():
        refs = IndexedEntry.objects.filter(id=sequence).values_list(
            "system_ref", "node_ref", "tools_ref", "answer_ref"
        )
        system, node, tools, answer = refs.first() or (None, 0, None, None)
        prompt = Paths([node]).messages(system, node)
        looked_at = {ref for ref in (*prompt, tools, answer) if ref is not None}
        found = {row[0] for row in fetch(_CONTAINING, (id_list(sorted(looked_at)), query))}
    return Hits(
        tuple(index for index, ref in enumerate(prompt) if ref in found),
        answer in found,
        tools in found,
    )
