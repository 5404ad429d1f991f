"""Which messages of a prompt a page shows, and which it folds: pure numbers.

In: how many messages there are and where the new ones begin. Out: segments in their order, each
either messages to show or a fold, cut at the first new message. Ranges are half-open, from 0.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

PAGE_MESSAGES = 50
"""How many a fold gives at a time."""
HEAD_SHOWN = 2
"""Of very many new messages: usually the instructions and the task, …"""
TAIL_SHOWN = 18
"""… and those right before the answer."""
MAX_PAGE_CHARS = 400_000
"""Of message text on one page; what would be more is folded."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Messages from `start` to `stop`, shown or folded."""

    start: int
    stop: int
    is_folded: bool
    is_from_end: bool = False
    """If not all of them fit on a page, the last ones are wanted."""

    @property
    def count(self) -> int:
        return self.stop - self.start


def segments(count: int, new_from: int, asked: Iterable[tuple[int, int]] = ()) -> list[Segment]:
    """What a page shows of `count` messages; `asked` are ranges that someone wants unfolded.

    >>> [(s.start, s.stop, s.is_folded) for s in segments(17, 14)]
    [(0, 14, True), (14, 17, False)]
    """
    shown = set(_fresh(count, new_from))
    for start, stop in asked:
        shown |= set(range(max(start, 0), min(stop, count)))
    runs = _runs(shown, count, new_from)
    # Right before the answer stands what was said last.
    return [*runs[:-1], replace(runs[-1], is_from_end=True)] if runs else []


def unfolded(start: int, stop: int, *, is_from_end: bool) -> list[Segment]:
    """A fold from `start` to `stop` after someone has opened a page of it.

    >>> [(s.start, s.stop, s.is_folded) for s in unfolded(0, 120, is_from_end=True)]
    [(0, 70, True), (70, 120, False)]
    """
    if stop - start <= PAGE_MESSAGES:
        return [Segment(start, stop, False)] if stop > start else []
    if is_from_end:
        middle = stop - PAGE_MESSAGES
        return [Segment(start, middle, True), Segment(middle, stop, False, is_from_end=True)]
    middle = start + PAGE_MESSAGES
    return [Segment(start, middle, False), Segment(middle, stop, True)]


def around(start: int, stop: int, asked: Iterable[tuple[int, int]]) -> list[Segment]:
    """A fold from `start` to `stop` with these ranges unfolded.

    >>> [(s.start, s.stop, s.is_folded) for s in around(10, 90, [(39, 42)])]
    [(10, 39, True), (39, 42, False), (42, 90, True)]
    """
    shown: set[int] = set()
    for first, last in asked:
        shown |= set(range(max(first, start), min(last, stop)))
    return [run for run in _runs(shown, stop, start) if run.start >= start]


def _fresh(count: int, new_from: int) -> list[int]:
    if count - new_from <= HEAD_SHOWN + TAIL_SHOWN + 5:
        return list(range(new_from, count))
    head = range(new_from, new_from + HEAD_SHOWN)
    return [*head, *range(count - TAIL_SHOWN, count)]


def _runs(shown: set[int], count: int, new_from: int) -> list[Segment]:
    edges = sorted({0, new_from, count} | shown | {number + 1 for number in shown})
    runs: list[Segment] = []
    for start, stop in zip(edges, edges[1:], strict=False):
        is_folded = start not in shown
        last = runs[-1] if runs else None
        if last is not None and last.is_folded == is_folded and start != new_from:
            runs[-1] = Segment(last.start, stop, is_folded)
        else:
            runs.append(Segment(start, stop, is_folded))
    return runs
