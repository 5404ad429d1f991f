"""The two streams: `/api/llm-logs/stream` for programs, `/studio/llm-logs/feed` for pages.

In comes the filter of every list and, as `Last-Event-ID` or `after`, the last id a reader has seen;
out goes an endless response. A plain async view and not a Channels consumer, because only Django's
own handler ends the generator at once when the reader leaves.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from llmlogs.forms import InvalidParameters, parse_filter
from llmlogs.indexdb.base import IndexMissing
from llmlogs.live import events, faces
from llmlogs.live.broadcaster import TooManySubscribers, broadcaster
from llmlogs.live.subscription import Delivery, Subscription
from llmlogs.problems import index_missing, index_unreadable, problem
from llmlogs.queries.entries import InvalidCursor
from llmlogs.queries.feed import FeedPosition

HEARTBEAT_SECONDS = 15.0
SECONDS_BETWEEN_EVENTS = 0.25
"""At most four events a second for one reader; what arrives in between goes together."""
RETRY_AFTER_SECONDS = 10

logger = logging.getLogger(__name__)


@require_safe
async def json_stream(request: HttpRequest) -> HttpResponseBase:
    """Calls as they arrive, as JSON."""
    return await _stream(request, faces.JSON)


@require_safe
async def html_feed(request: HttpRequest) -> HttpResponseBase:
    """Calls as they arrive, as rows of the page."""
    return await _stream(request, faces.HTML)


async def _stream(request: HttpRequest, face: faces.Face) -> HttpResponseBase:
    last_id = request.headers.get("Last-Event-ID") or request.GET.get("after")
    try:
        log_filter = parse_filter(request.GET)
        after = _position(last_id)
        subscription = await broadcaster().subscribe(log_filter, face, after)
    except (InvalidParameters, TooManySubscribers, DatabaseError) as error:
        return _refusal(error)
    reads_from: FeedPosition | None = after or subscription.position
    if last_id and after is None:
        subscription.reset(subscription.position)
        reads_from = None
    is_head = request.method == "HEAD"
    # A subscription that nobody holds is none.
    return StreamingHttpResponse(
        _nothing() if is_head else _events(subscription, face, reads_from),
        content_type="text/event-stream",
        headers={
            "Cache-Control": "no-store",
            # Compressing middleware would make each piece a stream of its own; proxies would wait.
            "Content-Encoding": "identity",
            "X-Accel-Buffering": "no",
        },
    )


def _refusal(error: Exception) -> HttpResponseBase:
    if isinstance(error, InvalidParameters):
        return problem(400, str(error), fields=error.fields)
    if isinstance(error, TooManySubscribers):
        return _too_many()
    if isinstance(error, IndexMissing):
        return index_missing()
    logger.error("The live feed cannot read the index: %s", error)
    return index_unreadable()


def _position(last_id: str | None) -> FeedPosition | None:
    """The position in an id, or None if there is none or it is not one of ours."""
    try:
        return FeedPosition.parse(last_id) if last_id else None
    except InvalidCursor:
        return None


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""


async def _events(
    subscription: Subscription, face: faces.Face, reads_from: FeedPosition | None
) -> AsyncIterator[bytes]:
    yield events.opening(reads_from)
    while not subscription.is_closed:
        delivery = await subscription.take(HEARTBEAT_SECONDS)
        if delivery.is_empty:
            yield events.heartbeat(delivery.position)
            continue
        yield encode(delivery, face)
        await asyncio.sleep(SECONDS_BETWEEN_EVENTS)


def encode(delivery: Delivery, face: faces.Face) -> bytes:
    """The events of a delivery. Only the last one carries the id: a reader whose connection breaks
    between two of them comes back with the id from before both."""
    parts = list(_parts(delivery, face))
    return b"".join(parts[:-1]) + events.identified(parts[-1], delivery.position)


def _parts(delivery: Delivery, face: faces.Face) -> Iterator[bytes]:
    if delivery.is_reset:
        yield events.reset_event(delivery.position.generation)
    if delivery.missed != 0:
        yield events.gap_event(delivery.missed)
    if delivery.rows:
        yield events.rows_event(face.join(delivery.rows))
    if delivery.running is not None:
        yield events.running_event(delivery.running)


def _too_many() -> HttpResponseBase:
    response = problem(
        503,
        "All places of the live feed are taken; expected fewer readers at once. "
        f"Try again in {RETRY_AFTER_SECONDS} seconds, or read the list instead.",
    )
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
