"""The live feed of a Studio, without an end: calls as they arrive, over every lost connection.

The feed says with every event where it stands; after a lost connection it is asked to go on from
there, so that nothing is left out and nothing comes twice. Where that is impossible (`gap`,
`reset`) the reader of `follow` is told.
"""

import http.client
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from agents_sdk.codec import WRITTEN_DEPTH, LineError, loads
from agents_sdk.errors import ApiError, ServerUnreachable
from agents_sdk.fields import field
from agents_sdk.urls import parse_url
from agents_sdk.wire import MAX_ANSWER_BYTES, connection_to, read_answer, reason_of

SILENCE_SECONDS = 45.0
"""The feed says something every 15 seconds; three times nothing is a dead connection."""
FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 5.0
_TRY_AGAIN = (429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Connected:
    """The feed is open; what arrives from now on will come."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Calls, in the order of their arrival."""

    entries: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Calls were left out (`is_reset`: the index was replaced, so that nobody knows which)."""

    is_reset: bool


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection is gone, or there is none yet; it is tried again."""

    problem: str


Happening = Connected | Arrived | LeftOut | Disconnected


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event; `id` is None if it has none."""

    id: str | None
    name: str
    data: str


class Feed:
    """One feed, followed over any number of connections."""

    def __init__(self, url: str, path: str, token: str) -> None:
        self._url = parse_url(url)
        self._path = self._url.prefix + path
        self._token = token
        self._last_id = ""

    def follow(self, wait: Callable[[float], None] = time.sleep) -> Iterator[Happening]:
        """What happens, without an end. Raises ServerUnreachable if nobody answers the first time,
        ApiError where trying again would not help."""
        wait_seconds = FIRST_WAIT_SECONDS
        has_answered = False
        while True:
            try:
                for happening in self._connection():
                    has_answered, wait_seconds = True, FIRST_WAIT_SECONDS
                    yield happening
                problem = f"{self._url.shown} ended the live feed"
            except ApiError as error:
                if error.status not in _TRY_AGAIN:
                    raise
                has_answered, problem = True, error.message
            except (OSError, http.client.HTTPException) as error:
                problem = f"{self._url.shown} does not answer: {reason_of(error)}"
                if not has_answered:
                    raise ServerUnreachable(problem) from None
            yield Disconnected(problem)
            wait(wait_seconds)
            wait_seconds = min(wait_seconds * 2, LONGEST_WAIT_SECONDS)

    def _connection(self) -> Iterator[Happening]:
        """What happens over one connection."""
        connection = connection_to(self._url, SILENCE_SECONDS)
        try:
            connection.request("GET", self._path, headers=self._headers())
            response = connection.getresponse()
            if response.status != 200:
                answer = read_answer(response, response.read(MAX_ANSWER_BYTES), self._url.shown)
                raise ApiError(response.status, answer.message)
            yield Connected()
            for event in events_of(_lines(response)):
                if event.id is not None:
                    self._last_id = event.id
                if event.data:
                    yield _happening(event)
        finally:
            connection.close()

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "text/event-stream"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        if self._last_id:
            headers["Last-Event-ID"] = self._last_id
        return headers


def events_of(lines: Iterable[str]) -> Iterator[Event]:
    """The events of a stream; one that is cut off by its end is none.

    >>> list(events_of(["id: 7", "event: gap", "data: 1", ""]))
    [Event(id='7', name='gap', data='1')]
    """
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            is_continued = name == "data" and name in fields
            fields[name] = f"{fields[name]}\n{value}" if is_continued else value
        else:
            yield Event(fields.get("id"), fields.get("event", ""), fields.get("data", ""))
            fields = {}


def _lines(response: http.client.HTTPResponse) -> Iterator[str]:
    while line := response.readline(MAX_ANSWER_BYTES):
        if not line.endswith(b"\n"):
            return  # cut off: it comes again with the next connection
        yield line.rstrip(b"\r\n").decode("utf-8", "replace")


def _happening(event: Event) -> Happening:
    """Raises HTTPException if the event is none of a Studio's."""
    if event.name in ("gap", "reset"):
        return LeftOut(is_reset=event.name == "reset")
    try:
        logs = field(loads(event.data, WRITTEN_DEPTH), "logs")
    except LineError as error:
        raise http.client.HTTPException(f"an event is {error.reason}") from None
    entries = logs if isinstance(logs, list) else []
    return Arrived(tuple(entry for entry in entries if isinstance(entry, dict)))
