"""Event streams end with the login that opened them.

A stream is asked for once and then lasts: the answer of the middleware would hold as long as the
connection does. So the login is looked at again before a piece goes out: in memory for every piece,
in the database only after somebody logged out, or when the last look is old.
"""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import cast

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from studio.session import LOGOUTS, Logouts, is_logged_in_async

LOOK_EVERY_SECONDS = 10.0
"""Less than the heartbeat of the feed: a stream without news ends within one."""
STREAM_TYPE = "text/event-stream"


class Watch:
    """Whether a login that was in force still is. `look` asks the database."""

    def __init__(
        self,
        look: Callable[[], Awaitable[bool]],
        logouts: Logouts,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look = look
        self._logouts = logouts
        self._clock = clock
        self._seen = logouts.count
        self._looked_at = clock()

    async def is_in_force(self) -> bool:
        now, count = self._clock(), self._logouts.count
        if count == self._seen and now - self._looked_at < LOOK_EVERY_SECONDS:
            return True
        self._seen, self._looked_at = count, now
        return await self._look()


async def while_in_force(
    pieces: AsyncGenerator[bytes, None], watch: Watch
) -> AsyncGenerator[bytes, None]:
    """The pieces of a stream up to the end of its login."""
    async with aclosing(pieces):
        async for piece in pieces:
            if not await watch.is_in_force():
                return
            yield piece


def end_with_login(request: HttpRequest, response: HttpResponseBase) -> None:
    """Make an event stream end when the login of its request does; other answers are over soon."""
    if not isinstance(response, StreamingHttpResponse) or not response.is_async:
        return
    if not response.headers.get("Content-Type", "").startswith(STREAM_TYPE):
        return
    pieces = cast(AsyncGenerator[bytes, None], response.streaming_content)
    watch = Watch(partial(is_logged_in_async, request), LOGOUTS)
    response.streaming_content = while_in_force(pieces, watch)
