"""What a page shows while there is no index to read."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from llmlogs.indexdb.base import IndexMissing
from llmlogs.indexdb.damage import is_damage

PageView = Callable[..., HttpResponse]


def needs_index(view: PageView) -> PageView:
    """Without an index that can be read: a page that says so and asks again by itself, with or
    without scripts.

    Its status is 200, since the Studio works and only waits; the API answers 503 in its place.
    """

    @wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, **kwargs)
        except IndexMissing as error:
            return _waiting(request, "No index yet", str(error))
        except DatabaseError as error:
            if not is_damage(error.__cause__):
                raise
            return _waiting(request, "The index is damaged", _DAMAGED)

    return answer


_DAMAGED = (
    "It cannot be read just now. The worker builds it again from the log files, which hold every "
    "call; that takes seconds, or minutes where there are very many."
)


def _waiting(request: HttpRequest, title: str, sentence: str) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        # A part of a page: what is said here is for a page of its own, so that comes anew.
        return HttpResponse(status=503, headers={"HX-Refresh": "true"})
    response = render(request, "llmlogs/no_index.html", {"title": title, "sentence": sentence})
    response["Cache-Control"] = "no-store"
    return response
