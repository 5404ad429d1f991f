"""What was searched for, marked in the texts of one call: by one object for each page.

In: the words of a search, and a way to ask where they are in the call. Out: texts in segments, and
of a text that is cut the words around the hits behind. The work is bounded: a page has at most
`MAX_MARKS` marks, and of what it does not show `LOOKED_AT_CHARS` a text are looked through.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from llmlogs import excerpts, searchtext
from llmlogs.excerpts import Segment
from llmlogs.pages.callview.pieces import Piece
from llmlogs.pages.callview.pointers import as_index, steps
from llmlogs.pages.farhits import around_hits
from llmlogs.queries.hits import ANSWER, LOOKED_AT_CHARS, Hits

MAX_MARKS = 2_000
"""A browser lays out more only slowly, and nobody steps through so many."""
PAGE_LOOKED_AT_CHARS = 600_000
_TOOLS = -2
NEAR_CHARS = 1_000
"""A hit that is nearer just stands further on."""
MAX_FAR = 3
"""Hits behind a text of which the words are shown."""


@dataclass(frozen=True, slots=True)
class Far:
    """Hits behind what is shown of a text: the words around the first of them."""

    excerpts: tuple[tuple[Segment, ...], ...]
    is_more: bool
    """There are further ones, or there may be."""
    ahead: int | None = None
    """How many characters lie between the shown part and the first hit; None: not known, and the
    words are as the index has them, in small letters."""

    @property
    def told(self) -> str:
        """What stands above the words.

        >>> Far((), True, 4_812_345).told
        'Found further on, about 4,810,000 characters behind what is shown:'
        """
        if self.ahead is None:
            return "Found much further on, in small letters as the index has it:"
        if self.ahead < NEAR_CHARS:
            return "Found further on:"
        digits = len(str(self.ahead))
        about = round(self.ahead, 3 - digits)
        return f"Found further on, about {about:,} characters behind what is shown:"


class Marker:
    """The words of a search in one call. Texts are to be given in the order of the page."""

    def __init__(self, search: str, find: Callable[[], Hits]) -> None:
        self.search = search
        self._find = find
        self._query = searchtext.fold(search)
        self._room_marks = MAX_MARKS
        self._room_chars = PAGE_LOOKED_AT_CHARS
        self._known: dict[str, bool] = {}

    @cached_property
    def hits(self) -> Hits:
        return self._find() if self._query else Hits()

    def is_in(self, text: str) -> bool:
        if not self._query:
            return False
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._query in searchtext.fold(text)
        return known

    def marked(self, text: str) -> tuple[Segment, ...]:
        if not self._room_marks or not self.is_in(text):
            return (Segment(text),)
        segments = excerpts.marked(text, self.search, self._room_marks)
        self._room_marks -= sum(segment.is_hit for segment in segments)
        return segments

    def far(self, piece: Piece) -> Far | None:
        """Hits behind what the page shows of a piece; None if none is known."""
        if not self._query or not piece.whole or not self._is_found_in(piece):
            return None
        room_chars = min(LOOKED_AT_CHARS, self._room_chars)
        found = around_hits(
            piece.whole, self.search, start=piece.cut_from, most=MAX_FAR, looked_at=room_chars
        )
        self._room_chars -= found.looked_at
        if found.excerpts:
            return Far(found.excerpts, found.is_more, found.ahead)
        words = self.hits.far_words.get(_message_index(piece)) if found.is_more else None
        return Far((excerpts.marked(words, self.search),), True) if words else None

    def _is_found_in(self, piece: Piece) -> bool:
        """As far as the index says, which does not tell parts of a message or an answer apart."""
        index = _message_index(piece)
        if index == ANSWER:
            return self.hits.is_in_answer
        return self.hits.is_in_tools if index == _TOOLS else index in self.hits.message_set


def _message_index(piece: Piece) -> int:
    path = steps(piece.path) or []
    if path[:1] == ["tools"]:
        return _TOOLS
    index = as_index(path[1]) if path[:1] == ["messages"] and len(path) > 1 else None
    return ANSWER if index is None else index
