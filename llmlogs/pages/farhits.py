"""The words around the hits in the part of a long text that a page does not show: pure, bounded.

In: the whole text, where the hidden part begins, the words of a search, and how many characters may
be looked at. Out: the first excerpts, and whether more hits are known or possible behind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import normalize

from llmlogs import excerpts, searchtext
from llmlogs.excerpts import Segment

WINDOW_CHARS = 50_000
BEFORE_CHARS = 120
AFTER_CHARS = 200


@dataclass(frozen=True, slots=True)
class Around:
    """`looked_at`: how many characters it took."""

    excerpts: tuple[tuple[Segment, ...], ...]
    is_more: bool
    looked_at: int


def around_hits(text: str, search: str, *, start: int, most: int, looked_at: int) -> Around:
    """The first `most` excerpts of what stands from `start` on."""
    query = searchtext.fold(search)
    # A hit may begin in the part that is shown, and end behind it.
    begin = max(start - len(query) + 1, 0)
    end = min(begin + looked_at, len(text))
    found: list[str] = []
    for words in _words(text, query, begin, end):
        if len(found) == most:
            return Around(_marked(found, search), True, end - begin)
        found.append(words)
    return Around(_marked(found, search), end < len(text), end - begin)


def _marked(found: list[str], search: str) -> tuple[tuple[Segment, ...], ...]:
    return tuple(excerpts.marked(words, search) for words in found)


def _words(text: str, query: str, begin: int, end: int) -> Iterator[str]:
    """What is said around each hit; hits that are close together are in one."""
    for at in range(begin, end, WINDOW_CHARS):
        stop = min(at + WINDOW_CHARS, end)
        before = normalize("NFC", text[max(at - BEFORE_CHARS, 0) : at])
        here = normalize("NFC", text[at : stop + len(query) + AFTER_CHARS])
        told_to = 0
        for first, last in excerpts.hits_in(here, query):
            if first >= stop - at:
                break
            if first < told_to:
                continue
            told_to = last + AFTER_CHARS
            lead = (before + here[:first])[-BEFORE_CHARS:]
            yield f"…{lead}{here[first:told_to]}{'…' if told_to < len(here) else ''}"
