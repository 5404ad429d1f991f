"""First plan: from the few messages that contain the query down to their entries.

In: a folded query. Out: the ids of all entries that contain it, or None if they are too many for
this plan. The work is bounded either way.
"""

from llmlogs.indexdb.fulltext import matching_messages
from llmlogs.queries.reading import fetch, id_list

MAX_MESSAGES = 200
MAX_ENTRIES = 2_000
"""Beyond these, marking the whole tree is faster than looking up row by row."""

_ENTRIES = f"""
    WITH RECURSIVE
    hit(id) AS MATERIALIZED (SELECT value FROM json_each(%s)),
    node(id) AS (
        SELECT step.id FROM hit CROSS JOIN prompt_node AS step ON step.message_ref = hit.id
        UNION
        SELECT child.id FROM node CROSS JOIN prompt_node AS child ON child.parent_ref = node.id
        LIMIT {2 * MAX_ENTRIES + 1})
    SELECT entry.id FROM node CROSS JOIN entry ON entry.node_ref = node.id
    UNION ALL SELECT entry.id FROM hit CROSS JOIN entry ON entry.answer_ref = hit.id
    UNION ALL SELECT entry.id FROM hit CROSS JOIN entry ON entry.system_ref = hit.id
    UNION ALL SELECT entry.id FROM hit CROSS JOIN entry ON entry.tools_ref = hit.id
    LIMIT {MAX_ENTRIES + 1}"""
_NODES = f"""
    WITH RECURSIVE node(id) AS (
        SELECT id FROM prompt_node WHERE message_ref IN (SELECT value FROM json_each(%s))
        UNION
        SELECT child.id FROM node CROSS JOIN prompt_node AS child ON child.parent_ref = node.id
        LIMIT {2 * MAX_ENTRIES + 1})
    SELECT count(*) FROM node"""


def rare_entries(folded_query: str) -> list[int] | None:
    """Ids of the entries in ascending order, or None if the query is not rare."""
    sql, params = matching_messages(folded_query, fetch)
    messages = [row[0] for row in fetch(f"{sql} LIMIT {MAX_MESSAGES + 1}", params)]
    if len(messages) > MAX_MESSAGES:
        return None
    if fetch(_NODES, (id_list(messages),))[0][0] > 2 * MAX_ENTRIES:
        return None
    rows = fetch(_ENTRIES, (id_list(messages),))
    if len(rows) > MAX_ENTRIES:
        return None
    return sorted({row[0] for row in rows})
