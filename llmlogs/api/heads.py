"""HEAD wherever the API answers GET: the same answer, of which the server sends the head alone.

Ninja knows a route by its method, and a second operation for each would stand in the document.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver


def with_heads(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    """The same routes, a HEAD taken for a GET."""
    for one in patterns:
        assert isinstance(one, URLPattern)  # Ninja's routes are flat
        yield URLPattern(one.pattern, _with_head(one.callback), one.default_args, one.name)


def _with_head(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method == "HEAD":
            request.method = "GET"
        return view(request, *args, **kwargs)

    return answer
