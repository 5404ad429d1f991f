"""A call as a line of the list: everything `_row.html` shows, from page and feed alike.

In: a summary of the entry, its news and what was searched for. Out: texts ready to be shown (and
still to be escaped), places and shares for the drawing. Times are UTC; a script of the page tells
them anew in the reader's zone.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

from llmlogs import display, excerpts
from llmlogs.excerpts import Excerpt
from llmlogs.indexdb.keys import digest
from llmlogs.queries.cursors import Cursor
from llmlogs.queries.entries import EntrySummary
from llmlogs.queries.news import News
from llmlogs.rowtokens import Tokens, tokens

SECONDS_PER_HOUR = 3_600
THREADS = 8
"""Colours for conversations; neighbours differ as a rule."""
FASTEST_SHOWN_MS, SLOWEST_SHOWN_MS = 100, 100_000
"""The ends of the latency bar: logarithmic, or one slow call would make all others equal."""
SLOW_MS = 20_000
_CUT_OFF = frozenset({"length", "max_tokens", "MAX_TOKENS", "max_output_tokens"})
KEY_CHARS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One call. `key` is the id of its element, `previous_key` that of the call before."""

    key: str
    cursor: str
    order: str
    """Its place in the list: effective time and sequence."""
    url: str
    clock: str
    ago: str
    exact: str
    iso: str
    agent: str
    model: str
    provider: str
    said: Excerpt
    more_new: int
    """Further new messages beside the one that is shown."""
    hit: Excerpt | None
    """Words around the hit, where it is in neither of the two: shown in the place of the answer,
    or in that of the newest message if the answer is an error."""
    answer: Excerpt
    has_error: bool
    is_cut_off: bool
    is_late: bool
    tokens: Tokens
    latency_ms: float | None
    previous_key: str
    previous_url: str
    thread: int

    @property
    def more_new_shown(self) -> str:
        """Short enough to stand beside whose words are shown."""
        return f"{self.more_new / 1_000:.0f}k" if self.more_new >= 1_000 else str(self.more_new)

    @property
    def latency(self) -> str:
        return display.milliseconds(self.latency_ms)

    @property
    def latency_share(self) -> int:
        return latency_share(self.latency_ms)

    @property
    def is_slow(self) -> bool:
        return (self.latency_ms or 0) >= SLOW_MS


def row(
    summary: EntrySummary,
    generation: int,
    *,
    now: float,
    news: News | None = None,
    search: str = "",
    is_late: bool = False,
    thread: int | None = None,
) -> Row:
    """`is_late`: it arrived after younger ones were shown. `thread`: the colour of its conversation
    where that is known."""
    fields = summary.fields
    said, answer = _said(summary, news, search), excerpts.of_answer(fields, search)
    previous_key, previous_url = _previous(news)
    return Row(
        key=row_key(summary.agent_id, summary.log_id),
        cursor=Cursor(generation, summary.timestamp, summary.sequence).encode(),
        order=f"{summary.timestamp!r}/{summary.sequence}",
        url=display.call_url(summary.agent_id, summary.log_id),
        clock=display.clock_time(summary.timestamp),
        ago=ago(summary.timestamp, now),
        exact=exact(summary.timestamp),
        iso=display.iso_time(summary.timestamp),
        agent=display.name(summary.agent_id),
        model=display.name(fields.get("model_name")),
        provider=display.name(fields.get("provider")),
        said=said,
        more_new=_more_new(news),
        hit=None if said.has_hit or answer.has_hit else _hit(summary, news, search),
        answer=answer,
        has_error=summary.has_error,
        is_cut_off=_text(fields.get("finish_reason")) in _CUT_OFF,
        is_late=is_late,
        tokens=tokens(summary.fields, summary.total_tokens),
        latency_ms=display.latency_ms(summary),
        previous_key=previous_key,
        previous_url=previous_url,
        thread=_own_thread(summary, news) if thread is None else thread,
    )


def row_key(agent_id: str, log_id: str) -> str:
    """The id of a call's element: the same while it runs, when it has ended, in any index."""
    identity = digest(*(text.encode("utf-8", "surrogatepass") for text in (agent_id, log_id)))
    return f"call-{identity.hex()[:KEY_CHARS]}"


def threads(summaries: tuple[EntrySummary, ...], news: dict[int, News]) -> dict[int, int]:
    """A colour for each conversation of a page, the same for all its calls there, and another than
    that of the conversation that began before it."""
    found: dict[int, int] = {}
    latest = None
    for summary in reversed(summaries):
        told = news.get(summary.sequence)
        before = told.previous.sequence if told and told.previous else None
        known = found.get(before) if before is not None else None
        if known is None:
            own = _own_thread(summary, told)
            known = latest = (own + 1) % THREADS if own == latest else own
        found[summary.sequence] = known
    return found


def latency_share(latency_ms: float | None) -> int:
    """How much of the bar is filled, of 100.

    >>> [latency_share(value) for value in (None, 0, 100, 1_000, 10_000, 1e9)]
    [0, 2, 2, 33, 67, 100]
    """
    if latency_ms is None:
        return 0
    span = math.log(SLOWEST_SHOWN_MS / FASTEST_SHOWN_MS)
    share = math.log(max(latency_ms, 1) / FASTEST_SHOWN_MS) / span
    return round(100 * min(max(share, 0.02), 1))


def _said(summary: EntrySummary, news: News | None, search: str) -> Excerpt:
    """The newest message; of a large one, and far down in any, what the index keeps is known."""
    if news is None or news.message is None:
        return excerpts.excerpt("prompt", summary.preview, search)
    if news.is_large:
        said = excerpts.excerpt(excerpts.role(news.message), summary.preview, search)
    else:
        said = excerpts.of_message(news.message, search)
    if said.has_hit or not news.words:
        return said
    return excerpts.excerpt(said.label, news.words, search)


def _more_new(news: News | None) -> int:
    """What is new beside the newest message; that a first question follows a system message goes
    without saying."""
    if news is None or (news.previous is None and news.has_system and news.new_messages == 2):
        return 0
    return max(news.new_messages - 1, 0)


def _hit(summary: EntrySummary, news: News | None, search: str) -> Excerpt | None:
    """Where the search is found, if neither the newest message nor the answer's line shows it."""
    if news is None or not search:
        return None
    own = excerpts.own_hit(summary.fields, search)
    if own is not None:
        return own
    if news.answer_words:
        return excerpts.excerpt("answer", news.answer_words, search)
    if news.is_hit_in_tools:
        return excerpts.excerpt("tools", "found in the tools that were offered", "")
    if news.hit is None:
        return None
    found = excerpts.of_message(news.hit, search)
    if not found.has_hit:
        return excerpts.excerpt("earlier", f"far down in a message ({found.label})", "")
    return replace(found, label="earlier")


def ago(timestamp: float, now: float) -> str:
    """How long ago within the last hour and today, else the day: its time stands above."""
    age_seconds = now - timestamp
    day = display.date(timestamp)
    if age_seconds >= -60 and (age_seconds < SECONDS_PER_HOUR or day == display.date(now)):
        return display.short_age(age_seconds)
    return day[:6]


def exact(timestamp: float) -> str:
    return f"{display.date(timestamp)} {display.clock_time(timestamp)} UTC"


def _previous(news: News | None) -> tuple[str, str]:
    """Key and address of the call before."""
    if news is None or news.previous is None:
        return "", ""
    before = news.previous
    url = display.call_url(before.agent_id, before.log_id)
    return row_key(before.agent_id, before.log_id), url


def _own_thread(summary: EntrySummary, news: News | None) -> int:
    previous = news.previous if news else None
    return (previous.sequence if previous else summary.sequence) % THREADS


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
