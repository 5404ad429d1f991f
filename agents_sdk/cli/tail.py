"""`tail`: the newest calls, then every call as it arrives, each of them once.

The feed is opened before the newest calls are asked for, so that none falls between the two. When
the feed had to leave calls out, the list is asked for them. That the connection is lost or back
stands on standard error; rows alone go to standard output.
"""

import time
from collections import OrderedDict
from typing import Any

from agents_sdk.api import query_string
from agents_sdk.cli.feed import Arrived, Connected, Disconnected, Feed, Happening, LeftOut
from agents_sdk.cli.figures import number_of
from agents_sdk.cli.output import Output
from agents_sdk.cli.rows import row
from agents_sdk.cli.studio import Filters, Studio, identity
from agents_sdk.errors import AgentsSDKError

MAX_REMEMBERED = 20_000
MAX_CAUGHT_UP = 5_000
"""Calls that are asked for after a gap; more than that are for `list`."""
MARGIN_SECONDS = 60.0
"""Calls are logged when they end and arrive in another order than they were made."""


class Tail:
    """What one run of `tail` has shown so far, and where it stands."""

    def __init__(self, studio: Studio, filters: Filters, limit: int, output: Output) -> None:
        self._studio, self._filters, self._output = studio, filters, output
        self._limit = limit
        self._is_begun = False
        self._is_connected = True
        self._shown: OrderedDict[tuple[Any, Any], None] = OrderedDict()
        self._newest_at = time.time()
        self._not_before = 0.0
        """After the index was replaced its feed repeats everything; this is where news begin."""

    def run(self) -> None:
        """Follow until interrupted. Raises ApiError, ServerUnreachable."""
        path = f"/api/llm-logs/stream?{query_string(self._filters)}"
        for happening in Feed(self._studio.url, path, self._studio.token).follow():
            self._take(happening)

    def _take(self, happening: Happening) -> None:
        match happening:
            case Connected():
                self._connected()
            case Disconnected(problem):
                self._disconnected(problem)
            case LeftOut(is_reset):
                self._catch_up(is_reset=is_reset)
            case Arrived(entries):
                recent = [entry for entry in entries if _time_of(entry) >= self._not_before]
                self._show(recent)

    def _connected(self) -> None:
        if not self._is_connected:
            self._output.say("connected again")
        self._is_connected = True
        if not self._is_begun:
            self._is_begun = True
            self._show(self._studio.newest(self._filters, self._limit)[::-1])
            if not self._shown and not self._output.is_json:
                self._output.say("waiting for calls (Ctrl-C ends)")

    def _disconnected(self, problem: str) -> None:
        if self._is_connected:
            self._output.say(f"{problem}; trying again until it does (Ctrl-C ends)")
        self._is_connected = False

    def _catch_up(self, *, is_reset: bool) -> None:
        """Show what the feed left out, as far as the list has it."""
        since = self._newest_at - MARGIN_SECONDS
        if is_reset:
            self._not_before = since
        asked_since = max(since, float(self._filters.get("since", 0)))
        try:
            found = self._studio.newest({**self._filters, "since": asked_since}, MAX_CAUGHT_UP)
        except AgentsSDKError as error:
            self._output.say(f"calls may be missing here: {error}")
            return
        if len(found) >= MAX_CAUGHT_UP:
            self._output.say(f"more than {MAX_CAUGHT_UP} calls came at once; `list` has the others")
        self._show(found[::-1])

    def _show(self, entries: list[dict[str, Any]]) -> None:
        output = self._output
        for entry in entries:
            if not self._is_new(entry):
                continue
            if output.is_json:
                output.write_json(entry)
            else:
                output.write_lines([row(entry, output.columns, output.paint)])
        output.flush()

    def _is_new(self, entry: dict[str, Any]) -> bool:
        """Whether it was not shown yet; from now on it was."""
        key = identity(entry)
        if key in self._shown:
            return False
        self._shown[key] = None
        if len(self._shown) > MAX_REMEMBERED:
            self._shown.popitem(last=False)
        # A clock that is ahead must not hide the calls of all others.
        self._newest_at = max(self._newest_at, min(_time_of(entry), time.time()))
        return True


def _time_of(entry: dict[str, Any]) -> float:
    """When it was logged; what has no readable time is taken as new."""
    logged_at = number_of(entry.get("timestamp"))
    return time.time() if logged_at is None else logged_at
