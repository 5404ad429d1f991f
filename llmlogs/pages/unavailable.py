"""What a page shows while there is no index to read."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from llmlogs.indexdb.base import IndexMissing

PageView = Callable[..., HttpResponse]


def needs_index(view: PageView) -> PageView:
    """Without an index: a page that says so and asks again by itself, with or without scripts.

    Its status is 200, since the Studio works and only waits; the API answers 503 in its place.
    """

    @wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, **kwargs)
        except IndexMissing as error:
            if request.headers.get("HX-Request") == "true":
                # A part of a page: what is said here is for a page of its own, so that comes anew.
                return HttpResponse(status=503, headers={"HX-Refresh": "true"})
            response = render(request, "llmlogs/no_index.html", {"sentence": str(error)})
            response["Cache-Control"] = "no-store"
            return response

    return answer
