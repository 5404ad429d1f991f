"""A call that has not ended, at the address where it will stand when it has.

In: what an address can mean, the board. Out: the context of `_running_call.html`, which looks again
by itself. Only what was announced is known: the beginning of the newest message, and of whom.
"""

import time
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from llmlogs import display
from llmlogs.pages.opencall import list_query, list_url, tail_of
from llmlogs.running import BOARD, Key, RunningCall
from llmlogs.runningrows import running_row


def running_call(keys: Sequence[Key]) -> RunningCall | None:
    """The first of these calls that is on the board."""
    open_calls = {call.key: call for call in BOARD.calls()}
    return next((open_calls[key] for key in keys if key in open_calls), None)


def running_context(request: HttpRequest, call: RunningCall, *, is_panel: bool) -> dict[str, Any]:
    now = time.time()
    return {
        "row": running_row(call, now),
        "age": display.age(max(0.0, now - call.started_at)),
        "tail": tail_of(*call.key),
        "list_url": list_url(list_query(request)),
        "is_panel": is_panel,
    }
