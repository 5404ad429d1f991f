"""What waits for one reader of the feed is bounded, and nothing is lost in silence."""

import asyncio

from llmlogs.live.faces import FeedRow
from llmlogs.live.runningcalls import OpenRow, RunningSet
from llmlogs.live.subscription import (
    MAX_WAITING_BYTES,
    MAX_WAITING_ROWS,
    Delivery,
    Subscription,
)
from llmlogs.queries.feed import FeedPosition

SOON_SECONDS = 0.01


def at(sequence: int) -> FeedPosition:
    return FeedPosition(7, sequence)


def row(sequence: int, size: int = 10) -> FeedRow:
    return FeedRow(sequence, float(sequence), b"x" * size)


def sequences(delivery: Delivery) -> list[int]:
    return [row.sequence for row in delivery.rows]


async def test_everything_that_waits_is_one_delivery() -> None:
    subscription = Subscription(at(10))
    subscription.offer([row(11), row(12)], at(12))
    subscription.offer([row(13)], at(14))
    delivery = await subscription.take(SOON_SECONDS)
    assert sequences(delivery) == [11, 12, 13]
    assert delivery.position == at(14)


async def test_rows_the_reader_has_seen_are_not_delivered() -> None:
    subscription = Subscription(at(12))
    subscription.offer([row(11), row(12), row(13)], at(13))
    assert sequences(await subscription.take(SOON_SECONDS)) == [13]


async def test_nothing_new_is_an_empty_delivery_that_moves_the_position_on() -> None:
    subscription = Subscription(at(10))
    subscription.offer([], at(20))
    delivery = await subscription.take(SOON_SECONDS)
    assert delivery.is_empty
    assert delivery.position == at(20)


async def test_a_waiting_reader_is_woken_by_an_offer() -> None:
    subscription = Subscription(at(10))
    waiting = asyncio.create_task(subscription.take(30))
    await asyncio.sleep(0)
    subscription.offer([row(11)], at(11))
    assert sequences(await waiting) == [11]


async def test_a_reader_that_does_not_keep_up_is_told_how_many_rows_it_missed() -> None:
    subscription = Subscription(at(0))
    for number in range(1, MAX_WAITING_ROWS + 2):
        subscription.offer([row(number)], at(number))
    subscription.offer([row(MAX_WAITING_ROWS + 2)], at(MAX_WAITING_ROWS + 2))
    delivery = await subscription.take(SOON_SECONDS)
    assert delivery.missed == MAX_WAITING_ROWS + 1
    assert sequences(delivery) == [MAX_WAITING_ROWS + 2]


async def test_gaps_add_up_and_an_uncounted_one_stays_uncounted() -> None:
    subscription = Subscription(at(0))
    subscription.report_gap(5)
    subscription.report_gap(6)
    assert (await subscription.take(SOON_SECONDS)).missed == 11
    subscription.report_gap(None)
    subscription.report_gap(6)
    assert (await subscription.take(SOON_SECONDS)).missed is None


async def test_what_waits_is_bounded_in_bytes_but_a_single_row_is_delivered() -> None:
    subscription = Subscription(at(0))
    subscription.offer([row(1, MAX_WAITING_BYTES + 1)], at(1))
    assert sequences(await subscription.take(SOON_SECONDS)) == [1]
    subscription.offer([row(2, MAX_WAITING_BYTES), row(3)], at(3))
    delivery = await subscription.take(SOON_SECONDS)
    assert (delivery.rows, delivery.missed) == ((), 2)


async def test_a_reset_forgets_the_old_index_and_goes_on_with_the_new_one() -> None:
    subscription = Subscription(at(50))
    subscription.offer([row(51)], at(51))
    subscription.reset(FeedPosition(8, 3))
    subscription.offer([row(4)], FeedPosition(8, 4))
    delivery = await subscription.take(SOON_SECONDS)
    assert delivery.is_reset
    assert sequences(delivery) == [4]
    assert delivery.position == FeedPosition(8, 4)


async def test_a_replay_comes_before_what_arrived_meanwhile() -> None:
    subscription = Subscription(at(10))
    subscription.offer([row(11)], at(11))
    subscription.begin_with(Delivery(at(10), (row(9), row(10))))
    assert sequences(await subscription.take(SOON_SECONDS)) == [9, 10]
    assert sequences(await subscription.take(SOON_SECONDS)) == [11]


async def test_after_a_replay_the_reader_waits_again() -> None:
    subscription = Subscription(at(10))
    subscription.begin_with(Delivery(at(10), (row(10),)))
    await subscription.take(SOON_SECONDS)
    waiting = asyncio.create_task(subscription.take(30))
    await asyncio.sleep(SOON_SECONDS)
    assert not waiting.done()
    waiting.cancel()


async def test_a_closed_subscription_does_not_wait() -> None:
    subscription = Subscription(at(10))
    subscription.close()
    assert (await subscription.take(30)).is_empty


def open_row(key: str, *, is_lost: bool = False) -> OpenRow:
    return OpenRow(key, is_lost, f"<li id={key}>")


def running(*rows: OpenRow, now: float = 1.0) -> RunningSet:
    return RunningSet(rows, f"{len(rows)} running", now)


async def told(subscription: Subscription) -> tuple[tuple[str, ...], list[str]]:
    news = (await subscription.take(5)).running
    assert news is not None
    return news.keys, [row.key for row in news.fresh]


async def test_the_first_word_on_running_calls_is_of_all_of_them_even_of_none() -> None:
    empty, busy = Subscription(at(0)), Subscription(at(0))
    empty.show_running(running())
    busy.show_running(running(open_row("a"), open_row("b")))
    assert await told(empty) == ((), [])
    assert await told(busy) == (("a", "b"), ["a", "b"])


async def test_later_words_bring_the_rows_that_are_new_or_changed_only() -> None:
    subscription = Subscription(at(0))
    subscription.show_running(running(open_row("a"), open_row("b")))
    await told(subscription)
    subscription.show_running(running(open_row("c"), open_row("a", is_lost=True)))
    assert await told(subscription) == (("c", "a"), ["c", "a"])


async def test_of_what_runs_only_the_last_word_waits() -> None:
    subscription = Subscription(at(0))
    for key in "abc":
        subscription.show_running(running(open_row(key)))
    assert await told(subscription) == (("c",), ["c"])


async def test_time_alone_is_no_news() -> None:
    subscription = Subscription(at(0))
    subscription.show_running(running(open_row("a"), now=1.0))
    await told(subscription)
    subscription.show_running(running(open_row("a"), now=2.0))
    assert (await subscription.take(SOON_SECONDS)).is_empty


async def test_a_call_that_ended_before_it_was_told_is_never_told() -> None:
    subscription = Subscription(at(0))
    subscription.show_running(running())
    await told(subscription)
    subscription.show_running(running(open_row("a")))
    subscription.show_running(running())
    assert (await subscription.take(SOON_SECONDS)).running is None
