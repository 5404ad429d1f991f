"""The one shape of an error under `/api`, and what to answer when there is no index.

`{"success": false, "error": "<sentence>", "fields"?: {name: sentence}}`
"""

from typing import Any

from django.http import HttpResponse

from agents_sdk.codec import dumps
from llmlogs.indexdb.base import IndexMissing

RETRY_AFTER_SECONDS = 2
"""The worker makes an index within a second of its start; filling it takes longer."""


def problem(status: int, error: str, **more: Any) -> HttpResponse:
    """An error as JSON; `more` are further keys, left out where they are empty."""
    extra = {key: value for key, value in more.items() if value}
    body = dumps({"success": False, "error": error, **extra})
    return HttpResponse(body, status=status, content_type="application/json")


def index_missing(error: IndexMissing | type[IndexMissing]) -> HttpResponse:
    """503: there is no index yet, or it was deleted a moment ago."""
    response = problem(503, str(error))
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
