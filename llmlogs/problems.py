"""The one shape of an error under `/api`, and what to answer when there is no index.

`{"success": false, "error": "<sentence>", "fields"?: {name: sentence}}`
"""

from typing import Any

from django.http import HttpResponse

from agents_sdk.codec import dumps

RETRY_AFTER_SECONDS = 2
"""The worker makes an index within a second of its start; filling it takes longer."""


def problem(status: int, error: str, **more: Any) -> HttpResponse:
    """An error as JSON; `more` are further keys, left out where they are empty."""
    extra = {key: value for key, value in more.items() if value}
    body = dumps({"success": False, "error": error, **extra})
    return HttpResponse(body, status=status, content_type="application/json")


def index_missing() -> HttpResponse:
    """503: there is no index yet, or it was deleted a moment ago."""
    return _later(
        "There is no index yet: the worker makes it from the log files, within seconds of its "
        "start ('make run' starts it)."
    )


def index_unreadable() -> HttpResponse:
    """503: what is there is no index that can be read; the worker is about to see to it."""
    return _later(
        "The index cannot be read just now: it is being replaced or repaired, and comes back by "
        "itself."
    )


def _later(sentence: str) -> HttpResponse:
    response = problem(503, f"{sentence} Try again in {RETRY_AFTER_SECONDS} seconds.")
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
