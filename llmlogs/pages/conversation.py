"""The messages of a prompt as a page or a part of one shows them: read, matched, folded.

In: an open call and segments. Out: what the template `_segments.html` shows. Never more than
`MAX_PAGE_CHARS` of text: what would be more is a fold that opens on demand.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from llmlogs.display import counted
from llmlogs.pages import callhits
from llmlogs.pages.callview.messages import MessageView, message_view, with_calls
from llmlogs.pages.callview.pieces import Piece
from llmlogs.pages.callview.stretches import MAX_PAGE_CHARS, PAGE_MESSAGES, Segment
from llmlogs.pages.opencall import OpenCall


@dataclass(frozen=True, slots=True)
class Opening:
    """A way to unfold: an address for a page, and one for the part that takes the fold's place."""

    label: str
    page_url: str
    part_url: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Messages, or a fold in their place; `hits`: how many of its messages have what was searched.

    `hits_url` is the part that unfolds the first of them.
    """

    messages: tuple[MessageView, ...]
    label: str
    openings: tuple[Opening, ...]
    hits: int = 0
    hits_url: str = ""


def conversation(call: OpenCall, segments: list[Segment]) -> list[Shown]:
    """What to show of these segments."""
    known = _calls_before(call, segments)
    room_chars = MAX_PAGE_CHARS
    shown: list[Shown] = []
    for segment in segments:
        if segment.is_folded or room_chars <= 0:
            shown.append(_fold(call, segment))
            continue
        views, room_chars = _within(call, segment, room_chars)
        here = Shown(tuple(with_calls(views, known)), "", ())
        left = segment.count - len(views)
        if not left:
            shown.append(here)
        elif segment.is_from_end:
            shown += [_fold(call, replace(segment, stop=segment.start + left)), here]
        else:
            shown += [here, _fold(call, replace(segment, start=segment.stop - left))]
    return shown


def _calls_before(call: OpenCall, segments: list[Segment]) -> dict[str, Piece]:
    """Calls in the message before the first one shown: its results mostly follow at once."""
    known: dict[str, Piece] = {}
    first = next((segment.start for segment in segments if not segment.is_folded), 0)
    if first > 0:
        before = call.messages(first - 1, first)
        with_calls([message_view(message, first) for message in before], known)
    return known


def _within(call: OpenCall, segment: Segment, room_chars: int) -> tuple[list[MessageView], int]:
    """The messages that there is room for, at least one, and the room that is left."""
    numbered = list(enumerate(call.messages(segment.start, segment.stop), segment.start + 1))
    views: list[MessageView] = []
    for number, message in reversed(numbered) if segment.is_from_end else numbered:
        view = message_view(message, number)
        room_chars -= view.shown_chars
        views.append(view)
        if room_chars <= 0:
            break
    return views[::-1] if segment.is_from_end else views, room_chars


def _fold(call: OpenCall, segment: Segment) -> Shown:
    is_past = segment.stop <= call.turn.new_from
    noun = "earlier message" if is_past else "more message"
    hits = len(callhits.within(call, segment.start, segment.stop))
    query = {"start": segment.start, "stop": segment.stop, "hits": "first"}
    hits_url = call.url(part="messages", **query) if hits else ""
    label, openings = counted(segment.count, noun), tuple(_openings(call, segment))
    return Shown((), label, openings, hits, hits_url)


def _openings(call: OpenCall, segment: Segment) -> Iterator[Opening]:
    if segment.count <= PAGE_MESSAGES:
        yield _opening(call, "Show", segment, {})
        return
    yield _opening(call, f"First {PAGE_MESSAGES}", segment, {})
    yield _opening(call, f"Last {PAGE_MESSAGES}", segment, {"end": "last"})


def _opening(call: OpenCall, label: str, segment: Segment, more: dict[str, str]) -> Opening:
    first = segment.stop - PAGE_MESSAGES if more else segment.start
    query = {"start": segment.start, "stop": segment.stop, **more}
    return Opening(
        label,
        f"{call.url(**query)}#message-{first + 1}",
        call.url(part="messages", **query),
    )
