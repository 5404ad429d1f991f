"""One poller for all readers of a process: asks the index once per distinct filter, tells everyone.

Promises: a reader gets each row that matches its filter once, in the order of arrival, from its
position on, or a `gap` or `reset` that says it did not. The poller runs only while someone listens.
If it fails in a way nobody foresaw, every stream is ended, so that readers come back with their
last id instead of waiting for nothing.
"""

import asyncio
import contextvars
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar, cast
from weakref import WeakKeyDictionary, WeakSet

from channels.db import database_sync_to_async  # type: ignore[import-untyped]
from django.db import DatabaseError

from llmlogs.live.faces import Face, FeedRow
from llmlogs.live.source import Found, IndexSource, Want
from llmlogs.live.subscription import MAX_WAITING_BYTES, Delivery, Subscription
from llmlogs.queries.feed import FeedPosition
from llmlogs.queries.filters import LogFilter

POLL_SECONDS = 0.1
"""The share of the poller in the time from call to row; design 4 allows 0.25."""
MAX_SUBSCRIBERS = 256
"""Each open stream keeps a thread parked (Django under ASGI); 200 readers are promised."""

MAX_REPLAY_ROWS = 1_000

Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)


class TooManySubscribers(Exception):
    """The process has as many readers as it takes."""


class Source(Protocol):
    def read(self, wants: Sequence[Want]) -> list[Found]: ...

    def start(self, log_filter: LogFilter) -> Found: ...


@dataclass(slots=True)
class _Group:
    """Subscribers with one filter and one face. They are held weakly: a stream that was dropped
    without a farewell takes its subscription along."""

    log_filter: LogFilter
    face: Face
    position: FeedPosition
    newest: float | None
    subscribers: WeakSet[Subscription] = field(default_factory=WeakSet)

    def want(self) -> Want:
        return Want(self.log_filter, self.face, self.position, self.newest)

    def tell(self, found: Found) -> None:
        self.position, self.newest = found.position, found.newest
        for subscriber in tuple(self.subscribers):
            if found.is_reset:
                subscriber.reset(found.position)
            else:
                subscriber.offer(found.rows, found.position)
            if found.running is not None:
                subscriber.show_running(found.running)


class Broadcaster:
    """The readers of one process (of one event loop) and the poller that serves them."""

    def __init__(self, source: Source, *, poll_seconds: float = POLL_SECONDS) -> None:
        self._source = source
        self._poll_seconds = poll_seconds
        self._groups: dict[tuple[LogFilter, Face], _Group] = {}
        self._joining = 0
        self._poller: asyncio.Task[None] | None = None
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="feed-poller")

    @property
    def subscribers(self) -> int:
        return self._joining + sum(len(group.subscribers) for group in self._groups.values())

    @property
    def is_polling(self) -> bool:
        return self._poller is not None and not self._poller.done()

    async def subscribe(
        self, log_filter: LogFilter, face: Face, after: FeedPosition | None
    ) -> Subscription:
        """Listen from `after` on, or from now on. Raises TooManySubscribers, IndexMissing."""
        if self.subscribers >= MAX_SUBSCRIBERS:
            raise TooManySubscribers
        self._joining += 1
        try:
            start = await self._in_thread(self._source.start, log_filter)
            subscription = self._join(log_filter, face, start)
        finally:
            self._joining -= 1
        if after is not None:
            await self._resume(subscription, start, Want(log_filter, face, after, None))
        return subscription

    def _join(self, log_filter: LogFilter, face: Face, start: Found) -> Subscription:
        key = (log_filter, face)
        if key not in self._groups:
            self._groups[key] = _Group(log_filter, face, start.position, start.newest)
        subscription = Subscription(self._groups[key].position)
        self._groups[key].subscribers.add(subscription)
        if not self.is_polling:
            # A context of its own: the one of the request dies with the request's thread.
            self._poller = asyncio.get_running_loop().create_task(
                self._poll(), context=contextvars.Context()
            )
        return subscription

    async def _resume(self, subscription: Subscription, start: Found, want: Want) -> None:
        """Bring a reader from its own position to the one where it joined."""
        joined, after = subscription.position, want.position
        # The group may stand a moment behind the index, but nobody stands ahead of both.
        last = max(start.position.sequence, joined.sequence)
        if after.generation != joined.generation or after.sequence > last:
            subscription.reset(joined)
        elif after.sequence > joined.sequence:
            subscription.position = after
        elif after.sequence < joined.sequence:
            await self._replay(subscription, joined, want)

    async def _replay(self, subscription: Subscription, joined: FeedPosition, want: Want) -> None:
        """Rows after the reader's position and up to `joined`: what follows is offered live."""
        rows: list[FeedRow] = []
        while True:
            (found,) = await self._in_thread(self._source.read, [want])
            if found.is_reset:
                return
            rows += [row for row in found.rows if row.sequence <= joined.sequence]
            if not found.has_more or found.position.sequence >= joined.sequence:
                subscription.begin_with(Delivery(joined, tuple(rows)))
                return
            if len(rows) >= MAX_REPLAY_ROWS or _size(rows) > MAX_WAITING_BYTES:
                break
            want = replace(want, position=found.position, newest=found.newest)
        subscription.begin_with(Delivery(found.position, tuple(rows)))
        subscription.report_gap(None)

    async def _poll(self) -> None:
        try:
            while self._drop_deserted():
                has_more = await self._tick()
                await asyncio.sleep(0 if has_more else self._poll_seconds)
        except Exception:
            logger.exception("The live feed failed; its readers are sent away to come back.")
            for group in self._groups.values():
                for subscriber in tuple(group.subscribers):
                    subscriber.close()
            self._groups.clear()

    async def _tick(self) -> bool:
        """One reading for all groups; whether some of them have more to read at once."""
        groups = tuple(self._groups.values())
        try:
            found = await self._in_thread(
                self._source.read, [group.want() for group in groups], executor=self._executor
            )
        except DatabaseError as error:
            # The index is gone or being replaced; it comes back, as another generation.
            logger.debug("The live feed cannot read the index just now: %s", error)
            return False
        for group, answer in zip(groups, found, strict=True):
            group.tell(answer)
        return any(answer.has_more for answer in found)

    def _drop_deserted(self) -> bool:
        """Forget groups without subscribers; whether any group is left."""
        for key in [key for key, group in self._groups.items() if not group.subscribers]:
            del self._groups[key]
        return bool(self._groups)

    async def _in_thread(
        self,
        question: Callable[..., Answer],
        *arguments: object,
        executor: ThreadPoolExecutor | None = None,
    ) -> Answer:
        ask = database_sync_to_async(question, thread_sensitive=False, executor=executor)
        return cast(Answer, await ask(*arguments))


def _size(rows: Sequence[FeedRow]) -> int:
    return sum(len(row.payload) for row in rows)


def broadcaster() -> Broadcaster:
    """The broadcaster of the running event loop (a process that serves has one loop)."""
    loop = asyncio.get_running_loop()
    if loop not in _of_loop:
        _of_loop[loop] = Broadcaster(IndexSource())
    return _of_loop[loop]


_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, Broadcaster] = WeakKeyDictionary()
