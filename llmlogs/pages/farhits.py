"""The words around the hits in the part of a long text that a page does not show: pure, bounded.

In: the whole text, where the hidden part begins, the words of a search, and how many characters may
be looked at. Out: the first excerpts, and whether more hits are known or possible behind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from unicodedata import normalize

from llmlogs import excerpts, searchtext
from llmlogs.excerpts import Segment

WINDOW_CHARS = 50_000
BEFORE_CHARS = 120
AFTER_CHARS = 200


@dataclass(frozen=True, slots=True)
class Around:
    """`looked_at`: how many characters it took; `ahead`: how many stand before the first hit."""

    excerpts: tuple[tuple[Segment, ...], ...]
    is_more: bool
    looked_at: int
    ahead: int = 0


def around_hits(text: str, search: str, *, start: int, most: int, looked_at: int) -> Around:
    """The first `most` excerpts of what stands from `start` on."""
    query = searchtext.fold(search)
    # A hit may begin in the part that is shown, and end behind it.
    begin = max(start - len(query) + 1, 0)
    end = min(begin + looked_at, len(text))
    found = list(islice(_words(text, query, begin, end), most + 1))
    is_more = len(found) > most or end < len(text)
    ahead = max(found[0][0] - start, 0) if found else 0
    return Around(_marked(found[:most], search), is_more, end - begin, ahead)


def _marked(found: list[tuple[int, str]], search: str) -> tuple[tuple[Segment, ...], ...]:
    return tuple(excerpts.marked(words, search) for _, words in found)


def _words(text: str, query: str, begin: int, end: int) -> Iterator[tuple[int, str]]:
    """Where each hit is, and what is said around it; hits that are close together are in one."""
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
            tail = "…" if told_to < len(here) else ""
            yield at + first, f"…{lead}{here[first:told_to]}{tail}"
