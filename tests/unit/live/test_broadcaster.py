"""Each reader gets each matching row once, in order, from where it stopped."""

import asyncio
import gc
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from django.db import OperationalError

from llmlogs.live import broadcaster as module
from llmlogs.live.broadcaster import Broadcaster, TooManySubscribers
from llmlogs.live.faces import JSON, Face, FeedRow
from llmlogs.live.source import Found, Want
from llmlogs.live.subscription import Subscription
from llmlogs.queries.feed import FeedPosition
from llmlogs.queries.filters import LogFilter

EVERYTHING = LogFilter()
POLL_SECONDS = 0.001
DEADLINE_SECONDS = 60.0


class MemorySource:
    """An index in memory: entry `n` belongs to the agents in `agents(n)`."""

    def __init__(self, rows_per_reading: int = 200) -> None:
        self.generation = 7
        self.last = 0
        self.rows_per_reading = rows_per_reading
        self.reads = 0
        self.asked: list[int] = []
        self.failure: Exception | None = None

    def start(self, log_filter: LogFilter) -> Found:
        if self.failure is not None:
            raise self.failure
        return Found((), FeedPosition(self.generation, self.last), None)

    def read(self, wants: Sequence[Want]) -> list[Found]:
        self.reads += 1
        self.asked.append(len(wants))
        if self.failure is not None:
            raise self.failure
        return [self.found(want) for want in wants]

    def found(self, want: Want) -> Found:
        tip = FeedPosition(self.generation, self.last)
        if want.position.generation != self.generation:
            return Found((), tip, None, is_reset=True)
        numbers = [
            number
            for number in range(want.position.sequence + 1, tip.sequence + 1)
            if not want.log_filter.agent_ids or f"agent-{number % 2}" in want.log_filter.agent_ids
        ][: self.rows_per_reading]
        has_more = len(numbers) == self.rows_per_reading
        position = FeedPosition(self.generation, numbers[-1]) if has_more else tip
        rows = tuple(FeedRow(number, float(number), b"%d" % number) for number in numbers)
        return Found(rows, position, None, has_more=has_more)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not holds():
            await asyncio.sleep(POLL_SECONDS)


async def read(subscription: Subscription, count: int) -> list[int]:
    """Sequences as the reader gets them, until there are that many."""
    seen: list[int] = []
    async with asyncio.timeout(DEADLINE_SECONDS):
        while len(seen) < count:
            seen += [row.sequence for row in (await subscription.take(DEADLINE_SECONDS)).rows]
    return seen


def new(source: MemorySource) -> Broadcaster:
    return Broadcaster(source, poll_seconds=POLL_SECONDS)


async def test_readers_get_what_arrives_after_they_came() -> None:
    source = MemorySource()
    source.last = 10
    feed = new(source)
    readers = [await feed.subscribe(EVERYTHING, JSON, None) for _ in range(3)]
    source.last = 15
    for reader in readers:
        assert await read(reader, 5) == [11, 12, 13, 14, 15]


async def test_a_filter_is_asked_once_for_all_its_readers() -> None:
    source = MemorySource()
    feed = new(source)
    odd = LogFilter(agent_ids=("agent-1",))
    readers = [await feed.subscribe(log_filter, JSON, None) for log_filter in [odd] * 9]
    other = await feed.subscribe(EVERYTHING, JSON, None)
    source.last = 4
    assert await read(other, 4) == [1, 2, 3, 4]
    for reader in readers:
        assert await read(reader, 2) == [1, 3]
    assert max(source.asked) == 2


@pytest.mark.parametrize("rows_per_reading", [3, 200])
async def test_a_reader_goes_on_where_it_stopped(rows_per_reading: int) -> None:
    source = MemorySource(rows_per_reading)
    source.last = 20
    feed = new(source)
    reader = await feed.subscribe(EVERYTHING, JSON, FeedPosition(7, 5))
    source.last = 25
    assert await read(reader, 20) == list(range(6, 26))


async def test_a_reader_ahead_of_the_poller_sees_nothing_twice() -> None:
    source = MemorySource()
    feed = Broadcaster(source, poll_seconds=DEADLINE_SECONDS)
    first = await feed.subscribe(EVERYTHING, JSON, None)
    source.last = 8
    ahead = await feed.subscribe(EVERYTHING, JSON, FeedPosition(7, 6))
    assert ahead.position == FeedPosition(7, 6)
    ahead.offer([FeedRow(n, float(n), b"") for n in range(1, 9)], FeedPosition(7, 8))
    assert await read(ahead, 2) == [7, 8]
    assert not first.is_closed


async def test_a_reader_that_was_away_for_long_gets_a_thousand_rows_and_a_gap() -> None:
    source = MemorySource()
    source.last = 5000
    reader = await new(source).subscribe(EVERYTHING, JSON, FeedPosition(7, 1000))
    replay = await reader.take(DEADLINE_SECONDS)
    assert [row.sequence for row in replay.rows] == list(range(1001, 2001))
    assert replay.position == FeedPosition(7, 2000)
    gap = await reader.take(DEADLINE_SECONDS)
    assert gap.missed is None
    assert gap.position == FeedPosition(7, 5000)


@pytest.mark.parametrize("position", [FeedPosition(6, 3), FeedPosition(7, 99)])
async def test_a_position_that_is_not_of_this_index_is_reset(position: FeedPosition) -> None:
    source = MemorySource()
    source.last = 10
    reader = await new(source).subscribe(EVERYTHING, JSON, position)
    delivery = await reader.take(DEADLINE_SECONDS)
    assert delivery.is_reset
    assert delivery.position == FeedPosition(7, 10)
    source.last = 11
    assert await read(reader, 1) == [11]


async def test_a_new_index_resets_the_readers_of_the_old_one() -> None:
    source = MemorySource()
    source.last = 10
    reader = await new(source).subscribe(EVERYTHING, JSON, None)
    source.generation, source.last = 8, 4
    delivery = await reader.take(DEADLINE_SECONDS)
    assert delivery.is_reset
    source.last = 6
    assert await read(reader, 2) == [5, 6]


async def test_the_feed_goes_on_when_the_index_is_back() -> None:
    source = MemorySource()
    reader = await new(source).subscribe(EVERYTHING, JSON, None)
    source.failure = OperationalError("unable to open database file")
    reads = source.reads
    await until(lambda: source.reads > reads + 2)
    source.failure, source.last = None, 2
    assert await read(reader, 2) == [1, 2]


async def test_the_poller_runs_only_while_someone_listens() -> None:
    source = MemorySource()
    feed = new(source)
    assert not feed.is_polling
    reader: Subscription | None = await feed.subscribe(EVERYTHING, JSON, None)
    assert feed.is_polling
    del reader
    gc.collect()
    await until(lambda: not feed.is_polling)
    again = await feed.subscribe(EVERYTHING, JSON, None)
    source.last = 1
    assert await read(again, 1) == [1]


async def test_a_failure_nobody_foresaw_sends_the_readers_away(
    caplog: pytest.LogCaptureFixture,
) -> None:
    source = MemorySource()
    feed = new(source)
    reader = await feed.subscribe(EVERYTHING, JSON, None)
    source.failure = ZeroDivisionError("no idea")
    await until(lambda: reader.is_closed)
    assert "The live feed failed" in caplog.text
    source.failure = None
    assert (await feed.subscribe(EVERYTHING, JSON, None)).is_closed is False


async def test_readers_beyond_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SUBSCRIBERS", 2)
    feed = new(MemorySource())
    readers = [await feed.subscribe(EVERYTHING, JSON, None) for _ in range(2)]
    with pytest.raises(TooManySubscribers):
        await feed.subscribe(EVERYTHING, JSON, None)
    readers.pop()
    gc.collect()
    assert await feed.subscribe(EVERYTHING, JSON, None)


async def test_faces_with_the_same_filter_are_groups_of_their_own() -> None:
    class OtherFace:
        shows_running = False
        news = JSON.news
        render = JSON.render
        join = JSON.join

    other: Face = OtherFace()
    source = MemorySource()
    feed = new(source)
    first = await feed.subscribe(EVERYTHING, JSON, None)
    second = await feed.subscribe(replace(EVERYTHING), other, None)
    source.last = 1
    assert await read(first, 1) == await read(second, 1) == [1]
    assert max(source.asked) == 2
