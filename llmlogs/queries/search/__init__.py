"""Substring search over all text, with an exact count: three plans for one meaning.

An entry matches if the folded query stands in a message on its path, its system message, its tools
or its answer.

`rare`: few messages contain the query. Follow the tree down from them to their entries.
`recent`: a page is wanted and the query is common. Look at entries newest first and stop early.
`marks`: everything is wanted. Mark the messages, then the nodes in one pass over the whole tree,
and let SQL count the entries whose references are marked.
"""

from llmlogs.queries.search.plans import forget, newest, select
from llmlogs.queries.search.recent import containing

__all__ = ["containing", "forget", "newest", "select"]
