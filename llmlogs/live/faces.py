"""How the feed looks to its two kinds of readers: JSON for programs, HTML for the page.

A face makes one row of an entry (once, for all subscribers with the same filter) and puts rows
together into the data of one event. Rows come in the order of their arrival.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.template.loader import render_to_string

from agents_sdk.codec import dumps
from llmlogs import rows as page_rows
from llmlogs.listing import summary_item
from llmlogs.queries.entries import EntrySummary
from llmlogs.queries.news import News, news


@dataclass(frozen=True, slots=True)
class FeedRow:
    """An entry, rendered."""

    sequence: int
    timestamp: float
    payload: bytes


@dataclass(frozen=True, slots=True)
class Setting:
    """What a row is rendered for: an index, a search, its news, whether younger ones were shown."""

    generation: int
    search: str = ""
    news: News | None = None
    is_late: bool = False


class Face(Protocol):
    @property
    def shows_running(self) -> bool:
        """Whether readers are told of calls that have not ended."""

    def news(self, sequences: Sequence[int], search: str) -> Mapping[int, News]:
        """What the rows will need beside their summaries, asked for all of them at once."""

    def render(self, summary: EntrySummary, setting: Setting) -> bytes: ...

    def join(self, rows: Sequence[FeedRow]) -> bytes: ...


class JsonFace:
    """`{"logs": […]}` in the order of arrival, entries as `view=summary` lists them."""

    shows_running = False

    def news(self, sequences: Sequence[int], search: str) -> Mapping[int, News]:
        return {}

    def render(self, summary: EntrySummary, setting: Setting) -> bytes:
        return dumps({**summary_item(summary), "late": setting.is_late})

    def join(self, rows: Sequence[FeedRow]) -> bytes:
        return b'{"logs":[%s]}' % b",".join(row.payload for row in rows)


class HtmlFace:
    """The rows of the page, from the page's own template, newest first. They go into the page's
    inbox, from where its script puts each at its time, now or when the reader is ready."""

    shows_running = True

    def news(self, sequences: Sequence[int], search: str) -> Mapping[int, News]:
        return news(sequences, search=search)

    def render(self, summary: EntrySummary, setting: Setting) -> bytes:
        row = page_rows.row(
            summary,
            setting.generation,
            now=time.time(),
            news=setting.news,
            search=setting.search,
            is_late=setting.is_late,
        )
        html = render_to_string("llmlogs/_row.html", {"row": row})
        return " ".join(html.split()).encode("utf-8", "replace")

    def join(self, rows: Sequence[FeedRow]) -> bytes:
        newest_first = sorted(rows, key=lambda row: (row.timestamp, row.sequence), reverse=True)
        return b'<hx-partial hx-target="#inbox" hx-swap="beforeend">%s</hx-partial>' % b"".join(
            row.payload for row in newest_first
        )


JSON = JsonFace()
HTML = HtmlFace()
