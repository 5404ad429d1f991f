"""Where the search that led to a call is found in it: links to the messages, each to be unfolded.

In: an open call. Out: what the template shows above the conversation, and the messages that are
unfolded from the beginning.
"""

import sys
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from llmlogs.display import counted
from llmlogs.pages.callview.stretches import Segment, around
from llmlogs.pages.marking import MAX_MARKS
from llmlogs.pages.opencall import OpenCall
from llmlogs.queries.hits import Hits

UNFOLDED = 5
"""Messages with a hit that stand open at once, however many there are."""
LINKED = 40
AROUND = 1
"""Messages before and after a hit: to what it answers, and what followed."""


@dataclass(frozen=True, slots=True)
class HitLink:
    number: int
    url: str


@dataclass(frozen=True, slots=True)
class ShownHits:
    """`told` says where: "in 3 messages and the answer"."""

    search: str
    told: str
    links: tuple[HitLink, ...]
    more: int
    """Further messages without a link."""
    unfolded: tuple[tuple[int, int], ...]
    most_marks: int = MAX_MARKS
    """More hits than these are not marked on the page."""


def shown_hits(call: OpenCall) -> ShownHits | None:
    """None without a search, or where the call is not among what it finds."""
    if not call.search:
        return None
    found = call.marker.hits
    told = _told(found)
    if not told:
        return None
    return ShownHits(
        search=call.search,
        told=told,
        links=tuple(_links(call, found.messages[:LINKED])),
        more=max(len(found.messages) - LINKED, 0),
        unfolded=_ranges(found.messages[:UNFOLDED]),
    )


def within(call: OpenCall, start: int, stop: int) -> tuple[int, ...]:
    """The messages with a hit among these."""
    found = call.marker.hits.messages
    return found[bisect_left(found, start) : bisect_left(found, stop)]


def unfolded_at_hits(call: OpenCall, start: int, stop: int, *, is_last: bool) -> list[Segment]:
    """A fold after someone has stepped to the first hits in it, or to the last."""
    found = within(call, start, stop)
    wanted = found[-UNFOLDED:] if is_last else found[:UNFOLDED]
    return around(start, stop, _ranges(wanted))


def _told(found: Hits) -> str:
    places = [counted(len(found.messages), "message")] if found.messages else []
    places += ["the answer"] if found.is_in_answer else []
    places += ["the tools offered"] if found.is_in_tools else []
    return " and ".join(filter(None, (", ".join(places[:-1]), *places[-1:])))


def _links(call: OpenCall, indexes: tuple[int, ...]) -> Iterator[HitLink]:
    for place, index in enumerate(indexes):
        anchor = f"#message-{index + 1}"
        start, stop = _around(index)
        url = anchor if place < UNFOLDED else f"{call.url(start=start, stop=stop)}{anchor}"
        yield HitLink(index + 1, url)


def _ranges(indexes: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """What is unfolded around these messages; one message between two ranges is not worth a fold.

    >>> _ranges((4, 8, 30))
    ((3, 7), (7, 10), (29, 32))
    """
    ranges = [_around(index) for index in indexes]
    following = [*(start for start, _ in ranges[1:]), sys.maxsize]
    return tuple(
        (start, after if after - stop == 1 else stop)
        for (start, stop), after in zip(ranges, following, strict=False)
    )


def _around(index: int) -> tuple[int, int]:
    return max(index - AROUND, 0), index + AROUND + 1
