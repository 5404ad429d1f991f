"""Third plan: mark all messages and nodes that contain the query; exact for lists and counts.

In: a folded query. Out: `Marks`, whose condition SQL tests row by row. They are passed to SQLite as
one parameter per reference; a look-up in it costs 0.2 µs and does not hold the interpreter.
"""

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass

from django.db.models import BinaryField, BooleanField, F, Func, Q, Value

from llmlogs.indexdb.fulltext import matching_messages
from llmlogs.queries.reading import IndexPosition, fetch
from llmlogs.queries.search.tree import PromptTree

MAX_REMEMBERED = 4
"""The count of a search, its next page and its sums follow its first page. About 0.5 MB each for
100,000 entries."""


@dataclass(frozen=True, slots=True)
class Marks:
    """A byte for each id, 1 if what has the id contains the query."""

    nodes: bytes
    messages: bytes

    def condition(self) -> Q:
        """Holds for the entries that contain the query."""
        found = Q(IsMarked(_bytes(self.nodes), F("node_ref")))
        for reference in ("answer_ref", "system_ref", "tools_ref"):
            found |= Q(IsMarked(_bytes(self.messages), F(reference)))
        return found


class IsMarked(Func):
    """Whether the byte of an id is 1; false for an id beyond the marks, NULL for NULL."""

    template = "substr(%(expressions)s + 1, 1) = x'01'"
    arity = 2
    output_field = BooleanField()


class Memory:
    """The marks of the last searches. They hold for one state of the index."""

    def __init__(self, tree: PromptTree) -> None:
        self._tree = tree
        self._lock = threading.Lock()
        # Half of the processors are left to everybody else; more would not make searches faster.
        self._turns = threading.BoundedSemaphore(max((os.cpu_count() or 2) // 2, 1))
        self._marks: OrderedDict[tuple[IndexPosition, str], Marks] = OrderedDict()

    def known(self, position: IndexPosition, folded_query: str) -> Marks | None:
        with self._lock:
            return self._marks.get((position, folded_query))

    def forget(self) -> None:
        with self._lock:
            self._marks.clear()

    def marks(self, position: IndexPosition, folded_query: str) -> Marks:
        with self._turns:
            known = self.known(position, folded_query)
            if known is not None:
                return known
            sql, params = matching_messages(folded_query, fetch)
            ids = fetch(f"SELECT group_concat(printf('%%016x', id), '') FROM ({sql})", params)
            marks = Marks(*self._tree.mark(position, ids[0][0] or ""))
        with self._lock:
            self._marks[position, folded_query] = marks
            while len(self._marks) > MAX_REMEMBERED:
                self._marks.popitem(last=False)
        return marks


def _bytes(marks: bytes) -> Value:
    return Value(marks, output_field=BinaryField())
