"""The wire format of server-sent events: pure functions from values to bytes.

An event without a name carries rows; `gap` says that rows were left out, `reset` that the index was
replaced and the reader's position means nothing any more, `running` which calls have not ended. An
id is the position after the event, so that a reader who returns with `Last-Event-ID` misses nothing
and sees nothing twice.
"""

from agents_sdk.codec import dumps
from llmlogs.live.runningcalls import RunningNews
from llmlogs.queries.feed import FeedPosition


def opening(position: FeedPosition | None) -> bytes:
    """Sent at once: Daphne sends no headers before the first piece of a body.

    With the position from which this reader reads, so that one whose connection breaks before the
    first row comes back to it; without one if it still has to be told of a reset.
    """
    known = b"" if position is None else b"id: %s\n" % str(position).encode()
    return b": ok\nretry: 2000\n%s\n" % known


def rows_event(data: bytes) -> bytes:
    """`data` is one line: neither CR nor LF, both would end the field."""
    return b"data: %s\n\n" % data


def gap_event(missed: int | None) -> bytes:
    """Rows were left out: how many, if that is known."""
    return b"event: gap\n" + rows_event(dumps({"missed": missed}))


def reset_event(generation: int) -> bytes:
    """The index was replaced by this generation, or the reader's id is not of it."""
    return b"event: reset\n" + rows_event(dumps({"generation": generation}))


def running_event(news: RunningNews) -> bytes:
    """Which rows of running calls are to be seen, and those of them that the reader lacks."""
    told = {
        "now": news.now,
        "told": news.told,
        "keys": news.keys,
        "rows": {row.key: row.html for row in news.fresh},
    }
    return b"event: running\n" + rows_event(dumps(told))


def identified(event: bytes, position: FeedPosition) -> bytes:
    """The event with the position at which a reader stands after it."""
    return b"id: %s\n%s" % (str(position).encode(), event)


def heartbeat(position: FeedPosition) -> bytes:
    """A comment that keeps the connection; the id moves on with what did not match the filter."""
    return b": heartbeat\nid: %s\n\n" % str(position).encode()
