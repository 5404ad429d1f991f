"""Where a search is found within one call: in which messages, and in what else.

In: a sequence, its prompt and the words of a search. Out: `Hits`. The full-text index says which
texts of the call can contain the words; only these are looked through, in the form that search
reads. A large one is read by SQLite's blob interface: 20 MB are looked through in 15 ms so, where
`instr` takes 50.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from llmlogs import searchtext
from llmlogs.indexdb.fulltext import candidates_between
from llmlogs.models import IndexedEntry
from llmlogs.queries.reading import fetch, fetch_blob, id_list, snapshot

LOOKED_AT_CHARS = 200_000
"""Of a text behind what a page shows of it, for the words around a hit in it."""
FAR_BYTES = 48_000
"""Beyond are characters that a page does not show, whatever their length in UTF-8."""
MAX_CANDIDATES = 20_000
ANSWER = -1
LARGE_BYTES = 100_000
"""What is shorter is looked through whole by the page."""
WORDS_BYTES = 240
"""Before and after a far hit."""
_CONTAINING = """
    SELECT id FROM message
    WHERE id IN (SELECT value FROM json_each(%s)) AND instr(text, %s) > 0"""
_LARGE = f"""
    SELECT id FROM message WHERE id IN (SELECT value FROM json_each(%s))
    AND (json IS NULL OR length(json) > {LARGE_BYTES})"""
"""Answers have no JSON: a call has one, and it is read however small it is."""


@dataclass(frozen=True, slots=True)
class Hits:
    """`messages` are the indexes (from 0) of those of the prompt that contain the search.

    `far_words`: by the same index (`ANSWER` for the answer), of large texts, the words around a hit
    far down in them, as the index has them.
    """

    messages: tuple[int, ...] = ()
    is_in_answer: bool = False
    is_in_tools: bool = False
    far_words: Mapping[int, str] = field(default_factory=dict)
    message_set: frozenset[int] = frozenset()


def hits(sequence: int, search: str, prompt: Sequence[int]) -> Hits:
    """`prompt`: the messages of the call, by reference."""
    query = searchtext.fold(search)
    if not query or searchtext.SEPARATOR in query:
        return Hits()
    with snapshot():
        refs = IndexedEntry.objects.filter(id=sequence).values_list("tools_ref", "answer_ref")
        tools, answer = refs.first() or (None, None)
        looked_at = {ref for ref in (*prompt, tools, answer) if ref is not None}
        found = _containing(_candidates(looked_at, query), query)
    messages = tuple(index for index, ref in enumerate(prompt) if ref in found)
    far = {index: words for index in messages if (words := found[prompt[index]])}
    if answer is not None and found.get(answer):
        far[ANSWER] = found[answer]
    return Hits(messages, answer in found, tools in found, far, frozenset(messages))


def _candidates(refs: Collection[int], query: str) -> Collection[int]:
    """Those that the full-text index does not rule out; all, where it would have to name many."""
    statement = candidates_between(query, min(refs, default=0), max(refs, default=0))
    if statement is None:
        return refs
    sql, params = statement
    rows = fetch(f"{sql} LIMIT {MAX_CANDIDATES}", params)
    return refs if len(rows) == MAX_CANDIDATES else {row[0] for row in rows}.intersection(refs)


def _containing(candidates: Iterable[int], query: str) -> dict[int, str]:
    """The texts that contain the query, each with the words around a far hit, if it has one."""
    refs = sorted(candidates)
    large = {row[0] for row in fetch(_LARGE, (id_list(refs),))}
    small = id_list(ref for ref in refs if ref not in large)
    found = {row[0]: "" for row in fetch(_CONTAINING, (small, query))}
    for ref in sorted(large):
        text, sought = fetch_blob("message", "text", ref), query.encode()
        at = text.find(sought)
        if at >= 0:
            found[ref] = _far_words(text, sought, at)
    return found


def _far_words(text: bytes, sought: bytes, first: int) -> str:
    at = first if first >= FAR_BYTES else text.find(sought, FAR_BYTES)
    if at < 0:
        return ""
    around = text[max(at - WORDS_BYTES, 0) : at + len(sought) + WORDS_BYTES]
    return f"…{around.decode('utf-8', 'ignore').replace(searchtext.SEPARATOR, ' ')}…"
