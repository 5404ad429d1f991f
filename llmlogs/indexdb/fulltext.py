"""Substring search in SQLite: the one module that knows FTS5.

The table `message_text` is an FTS5 trigram index (`detail=none`, external content) of
`message.text`. With `detail=none` a query can only ask for the AND of its trigrams, so candidates
of queries over three characters are verified with `instr`. Every text is indexed with two
separators behind it: then each of its characters begins a trigram, and a query of one or two
characters is the range of trigrams that begin with it, exactly.

A very long text is indexed by the list of its distinct trigrams, which is all that `detail=none`
knows of it: 20 MB of prose have 4,000 of them. Working that out takes as long as indexing the text
did, but needs no transaction.

Seen on SQLite 3.40: `LIKE` folds ASCII only, answers wrongly for two-character CJK patterns and
leaves the index when ESCAPE is used; none of that is used here.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from llmlogs.searchtext import SEPARATOR

Statement = tuple[str, tuple[str, ...]]
"""SQL with %s for its parameters, as Django's cursors take it, and the parameters."""
Fetch = Callable[[str, tuple[str, ...]], Sequence[tuple[Any, ...]]]

TRIGRAM_CHARS = 3
TAIL = SEPARATOR * (TRIGRAM_CHARS - 1)
"""Ends every `message.text`."""

CREATE = (
    "CREATE VIRTUAL TABLE message_text USING fts5(text, content='message', content_rowid='id', "
    "tokenize='trigram case_sensitive 1', detail=none, columnsize=0)",
    "CREATE VIRTUAL TABLE message_term USING fts5vocab(message_text, instance)",
    # 8 MB of postings gathered before a segment is written: 1.4 times as fast as the default 1 MB.
    "INSERT INTO message_text(message_text, rank) VALUES ('hashsize', 8388608)",
    "INSERT INTO message_text(message_text, rank) VALUES ('automerge', 8)",
)
INSERT = "INSERT INTO message_text(rowid, text) VALUES (?, ?)"
DELETE = "INSERT INTO message_text(message_text, rowid, text) VALUES ('delete', ?, ?)"
"""External content: the text that was indexed must be given again."""
MERGE = "INSERT INTO message_text(message_text, rank) VALUES ('merge', ?)"

LONG_TEXT_CHARS = 1_000_000
"""Takes 50 ms to index."""
LONG_TEXT_REPEATS = 8
"""How often its trigrams come at the least, on average: a list of them has four characters each."""

MAX_NAMED_TERMS = 32
"""Trigrams in one MATCH. A longer query is found by its beginning and verified as a whole."""
MAX_OCCURRENCES = 50_000
_MATCH = "SELECT rowid AS id FROM message_text WHERE message_text MATCH %s"
_TERMS = f"""
    WITH RECURSIVE named(term) AS (
        SELECT (SELECT term FROM message_term WHERE term >= %s AND term < %s
                ORDER BY term LIMIT 1)
        UNION ALL
        SELECT (SELECT term FROM message_term
                WHERE term >= named.term || char(1) AND term < %s ORDER BY term LIMIT 1)
        FROM named WHERE named.term IS NOT NULL
        LIMIT {MAX_NAMED_TERMS + 2})
    SELECT term FROM named WHERE term IS NOT NULL"""
"""Steps from one trigram to the next: a trigram with a character behind it sorts after that trigram
and before all others, so each step is one look-up (asking for more than it would read it all)."""
_SOME_OCCURRENCES = f"""
    SELECT count(*) FROM (SELECT 1 FROM message_term WHERE term >= %s AND term < %s
                          LIMIT {MAX_OCCURRENCES + 1})"""


def distinct_trigrams(text: str) -> str | None:
    """A text that has the trigrams of `text`, and no other but with a separator in it; None if it
    would not be much shorter.

    SQLite's own tokenizer says what they are, in a database of its own that is as large as it needs
    to be on the disk and takes 2 MB of memory. Python waits without holding its lock.
    """
    connection = sqlite3.connect("", isolation_level=None)
    try:
        connection.execute(
            "CREATE VIRTUAL TABLE one USING fts5(text, content='', detail=none, columnsize=0, "
            "tokenize='trigram case_sensitive 1')"
        )
        connection.execute("CREATE VIRTUAL TABLE term USING fts5vocab(one, row)")
        connection.execute("INSERT INTO one(rowid, text) VALUES (1, ?)", (text,))
        (count,) = connection.execute("SELECT count(*) FROM term").fetchone()
        if count * LONG_TEXT_REPEATS > len(text):
            return None
        return SEPARATOR.join(term for (term,) in connection.execute("SELECT term FROM term"))
    finally:
        connection.close()


def matching_messages(folded_query: str, fetch: Fetch) -> Statement:
    """SQL and parameters that select the ids of all messages whose text contains the query.

    `folded_query` went through `searchtext.fold`, is not empty and has no separator (one stands
    between the trigrams of a long text as well; `llmlogs.queries.search` sees to it). `fetch` runs
    a statement on the index and gives its rows. The statement can be used as a sub-query; ids come
    without repeats, in no promised order, and a LIMIT on it ends the work early.
    """
    if len(folded_query) < TRIGRAM_CHARS:
        return _matching_few_characters(folded_query, fetch)
    match = _all_trigrams(folded_query)
    if len(folded_query) == TRIGRAM_CHARS:
        return _MATCH, (match,)
    return (
        "SELECT message.id FROM message_text CROSS JOIN message ON message.id = message_text.rowid "
        "WHERE message_text MATCH %s AND instr(message.text, %s) > 0",
        (match, folded_query),
    )


def candidates_between(folded_query: str, first: int, last: int) -> Statement | None:
    """SQL that selects the ids from `first` to `last` whose text has the trigrams of the query.

    Not verified: the texts may have them elsewhere. None for a query that is too short for it.
    """
    if len(folded_query) < TRIGRAM_CHARS:
        return None
    bounds = (str(first), str(last))
    return (
        f"{_MATCH} AND rowid BETWEEN CAST(%s AS INTEGER) AND CAST(%s AS INTEGER)",
        (_all_trigrams(folded_query), *bounds),
    )


def _all_trigrams(folded_query: str) -> str:
    places = min(len(folded_query) - TRIGRAM_CHARS + 1, MAX_NAMED_TERMS)
    trigrams = {folded_query[start : start + TRIGRAM_CHARS] for start in range(places)}
    return " AND ".join(_quoted(trigram) for trigram in sorted(trigrams))


def _matching_few_characters(prefix: str, fetch: Fetch) -> Statement:
    """One or two characters: all texts that have a trigram beginning with them.

    Few such trigrams are asked for by name (25 to 90 ms for a hit in each of 280,000 texts). Many
    rare ones, as after a Chinese character, are read one after another; many frequent ones, as
    after "a", cost more than reading all texts.
    """
    bounds = (prefix, _after_prefix(prefix))
    terms = [row[0] for row in fetch(_TERMS, (*bounds, bounds[1]))]
    if len(terms) <= MAX_NAMED_TERMS:
        return _MATCH, (" OR ".join(map(_quoted, terms)) or _quoted(prefix),)
    if fetch(_SOME_OCCURRENCES, bounds)[0][0] <= MAX_OCCURRENCES:
        return "SELECT DISTINCT doc AS id FROM message_term WHERE term >= %s AND term < %s", bounds
    return "SELECT id FROM message WHERE instr(text, %s) > 0", (prefix,)


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _after_prefix(prefix: str) -> str:
    """The smallest string above every string that begins with `prefix` (UTF-8 order)."""
    last = ord(prefix[-1])
    if last == 0x10FFFF:
        return prefix + chr(last)
    following = last + 1
    return prefix[:-1] + chr(0xE000 if 0xD800 <= following <= 0xDFFF else following)
