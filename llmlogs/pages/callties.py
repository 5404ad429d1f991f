"""Links from a call to its other attempts, and to the calls around it in its session."""

from collections.abc import Iterator
from dataclasses import dataclass

from llmlogs.pages.opencall import PANEL, OpenCall
from llmlogs.queries.conversations import EntryRef
from llmlogs.queries.ties import ties


@dataclass(frozen=True, slots=True)
class Tie:
    """`is_before`: it leads to an earlier call."""

    label: str
    url: str
    panel_url: str
    is_before: bool
    is_attempt: bool


def call_ties(call: OpenCall, *, is_panel: bool) -> tuple[Tie, ...]:
    """Attempts first, the earlier call before the later."""
    return tuple(_ties(call, is_panel))


def _ties(call: OpenCall, is_panel: bool) -> Iterator[Tie]:
    found = ties(call.entry.sequence)
    place_of = call.beside_url_of if is_panel else call.url_of

    def tie(
        reference: EntryRef | None, label: str, *, is_before: bool, is_attempt: bool
    ) -> Iterator[Tie]:
        if reference is not None:
            panel_url = call.url_of(reference, part=PANEL)
            yield Tie(label, place_of(reference), panel_url, is_before, is_attempt)

    earlier, again = "Earlier attempt failed", "Attempt failed; tried again"
    yield from tie(found.earlier_attempt, earlier, is_before=True, is_attempt=True)
    yield from tie(found.next_attempt, again, is_before=False, is_attempt=True)
    before, after = found.previous_in_session, found.next_in_session
    yield from tie(before, "Previous in session", is_before=True, is_attempt=False)
    yield from tie(after, "Next in session", is_before=False, is_attempt=False)
