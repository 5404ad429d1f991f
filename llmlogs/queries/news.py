"""What each call of a list adds to its conversation: the call before, the newest message.

In: sequences and, for a search, its words. Out: a `News` for each entry that is still there. A few
statements serve a whole page; messages of megabytes are named by their role and never read whole.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from agents_sdk import codec
from llmlogs import searchtext
from llmlogs.indexdb.packing import MAX_PACKED_BYTES, unpack_message
from llmlogs.queries.conversations import EntryRef, entry_refs
from llmlogs.queries.filters import oldest_kept
from llmlogs.queries.prompts import Paths, PromptRow, message_json, prompt_rows
from llmlogs.queries.reading import fetch, id_list, snapshot
from llmlogs.queries.turn_links import calls, previous_links

HEAD_BYTES = 300
"""Of a message too large to be read for a list: enough for its role."""
WORDS_BEFORE, WORDS = 60, 300
"""Characters around a hit; more than a row shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """`message` is the newest of the prompt (None: there is none); if it `is_large`, only its role
    is there. `has_system`: a leading system message is among those counted. `words` and
    `answer_words` are those around the first hit in the newest message and in the answer, in the
    form that search reads. `hit` is the last earlier message that contains the search, where
    neither of these does; `is_hit_in_tools`: the list of tools does."""

    previous: EntryRef | None
    new_messages: int
    message: Any
    is_large: bool = False
    has_system: bool = False
    words: str = ""
    answer_words: str = ""
    hit: Any = None
    is_hit_in_tools: bool = False


_NEWEST = """
    SELECT entry.id, entry.system_ref IS NOT NULL, length(message.json) > %s,
           CASE WHEN length(message.json) > %s THEN substr(message.json, 1, %s)
                ELSE message.json END
    FROM entry
    CROSS JOIN message ON message.id = ifnull(
        (SELECT message_ref FROM prompt_node WHERE prompt_node.id = entry.node_ref),
        entry.system_ref)
    WHERE entry.id IN (SELECT value FROM json_each(%s))"""
_HIT_AT = """
    SELECT entry.id, newest.id, ifnull(instr(newest.text, %s), 0),
           answer.id, ifnull(instr(answer.text, %s), 0)
    FROM entry
    LEFT JOIN message AS newest ON newest.id = ifnull(
        (SELECT message_ref FROM prompt_node WHERE prompt_node.id = entry.node_ref),
        entry.system_ref)
    LEFT JOIN message AS answer ON answer.id = entry.answer_ref
    WHERE entry.id IN (SELECT value FROM json_each(%s))"""
_WORDS = f"""
    SELECT message.id, substr(
        message.text, max(json_extract(wanted.value, '$[1]') - {WORDS_BEFORE}, 1), {WORDS})
    FROM json_each(%s) AS wanted
    CROSS JOIN message ON message.id = json_extract(wanted.value, '$[0]')"""
_CONTAINING = """
    SELECT id FROM message
    WHERE id IN (SELECT value FROM json_each(%s)) AND instr(text, %s) > 0"""
_ROLE = re.compile(rb'"role"\s*:\s*"(\w{1,40})"')


def news(
    sequences: Collection[int], *, search: str = "", now: float | None = None
) -> dict[int, News]:
    with snapshot():
        found = calls(sequences)
        before = previous_links(found.values(), oldest_kept(now))
        refs = entry_refs({link.sequence for link in before.values()})
        newest = _newest(found)
        query = searchtext.fold(search)
        words = _words(found, query) if query else {}
        without = [sequence for sequence, said in words.items() if not any(said)]
        hits, in_tools = _earlier_hits(without, query) if without else ({}, set[int]())
    described = {}
    for sequence, call in found.items():
        link = before.get(sequence)
        has_system, message, is_large = newest.get(sequence, (False, None, False))
        said, answered = words.get(sequence, ("", ""))
        described[sequence] = News(
            previous=None if link is None else refs.get(link.sequence),
            new_messages=call.message_count if link is None else link.messages_since,
            message=message,
            is_large=is_large,
            has_system=has_system,
            words=said,
            answer_words=answered,
            hit=hits.get(sequence),
            is_hit_in_tools=sequence in in_tools,
        )
    return described


def _newest(sequences: Collection[int]) -> dict[int, tuple[bool, Any, bool]]:
    rows = fetch(_NEWEST, (MAX_PACKED_BYTES, MAX_PACKED_BYTES, HEAD_BYTES, id_list(sequences)))
    return {
        sequence: (
            bool(has_system),
            _role_only(content) if is_large else _parsed(content),
            bool(is_large),
        )
        for sequence, has_system, is_large, content in rows
    }


def _parsed(content: bytes | None) -> Any:
    return None if content is None else codec.loads(unpack_message(content))


def _role_only(head: bytes) -> dict[str, str]:
    match = _ROLE.search(head)
    return {"role": match[1].decode()} if match else {}


def _words(sequences: Collection[int], query: str) -> dict[int, tuple[str, str]]:
    """Those around the first hit in the newest message and in the answer; "" where none is."""
    rows = fetch(_HIT_AT, (query, query, id_list(sequences)))
    wanted = {row[ref]: row[ref + 1] for row in rows for ref in (1, 3) if row[ref + 1]}
    near: dict[int, str] = dict(fetch(_WORDS, (json.dumps(list(wanted.items())),)))
    told = {ref: words.replace(searchtext.SEPARATOR, " ") for ref, words in near.items()}
    return {sequence: (told.get(said, ""), told.get(own, "")) for sequence, said, _, own, _ in rows}


def _earlier_hits(without: Collection[int], query: str) -> tuple[dict[int, Any], set[int]]:
    """The last message with the query, or that the tools have it, where a row would not show it."""
    rows = prompt_rows(without)
    prompts = _prompts(rows)
    tools = {row.sequence: row.tools_ref for row in rows if row.tools_ref is not None}
    refs = {ref for prompt in prompts.values() for ref in prompt} | set(tools.values())
    hits = {row[0] for row in fetch(_CONTAINING, (id_list(sorted(refs)), query))}
    last = {
        sequence: next((ref for ref in reversed(prompt) if ref in hits), None)
        for sequence, prompt in prompts.items()
    }
    contents = message_json({ref for ref in last.values() if ref is not None})
    found = {sequence: codec.loads(contents[ref]) for sequence, ref in last.items() if ref}
    in_tools = {sequence for sequence, ref in tools.items() if ref in hits}
    return found, in_tools - found.keys()


def _prompts(rows: Collection[PromptRow]) -> Mapping[int, list[int]]:
    paths = Paths(row.node_ref for row in rows)
    return {row.sequence: paths.messages(row.system_ref, row.node_ref) for row in rows}
