"""Asks `studio.trust` about every request, and gives every answer its headers.

One middleware for both ways of calling, so that a live feed holds no thread. Every 4xx and 5xx
under /api leaves as the JSON shape of the API.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from studio import trust
from studio.answers import as_api_error, denied, error_answer
from studio.session import is_logged_in, is_logged_in_async
from studio.streams import end_with_login
from studio.trust import Denial

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

LOGGED_IN = "studio.logged_in"
"""In a request's META, for templates: whether it comes with a login. No header has such a name."""


class Trust:
    """Django middleware, synchronous or asynchronous as its neighbour is."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if self.is_async:
            return self._answer(request)
        is_known = is_logged_in(request)
        request.META[LOGGED_IN] = is_known
        refusal = _refusal(request, is_logged_in=is_known)
        return _finish(request, refusal or self.get_response(request))

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        is_known = await is_logged_in_async(request)
        request.META[LOGGED_IN] = is_known
        refusal = _refusal(request, is_logged_in=is_known)
        response = refusal or await self.get_response(request)
        if is_known:
            end_with_login(request, response)
        return _finish(request, response)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """A body over the limit is 413; Django would say 400."""
        if not isinstance(exception, RequestDataTooBig):
            return None
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        sentence = f"The request body is larger than {limit} bytes; expected a smaller one."
        return error_answer(request, 413, sentence)


def _refusal(request: HttpRequest, *, is_logged_in: bool) -> HttpResponseBase | None:
    denial = _denial(request, is_logged_in=is_logged_in)
    if denial is None:
        return None
    is_page = not trust.is_api(request.path)
    if denial.status == 401 and is_page and request.method in ("GET", "HEAD"):
        if request.headers.get("HX-Request") == "true":
            # A part of a page: the login must not stand inside the list, so the page comes anew.
            return HttpResponse(status=401, headers={"HX-Refresh": "true"})
        return HttpResponseRedirect(f"{trust.LOGIN_PATH}?next={quote(request.get_full_path())}")
    return denied(request, denial)


def _denial(request: HttpRequest, *, is_logged_in: bool) -> Denial | None:
    headers, method = request.headers, request.method or ""
    host = headers.get("Host", "")
    return (
        trust.deny_host(host, bound_to=settings.STUDIO.host, allowed=settings.STUDIO.allowed_hosts)
        or trust.deny_cross_site(
            method,
            site=headers.get("Sec-Fetch-Site", ""),
            mode=headers.get("Sec-Fetch-Mode", ""),
            destination=headers.get("Sec-Fetch-Dest", ""),
            origin=headers.get("Origin", ""),
            host_header=host,
        )
        or trust.deny_content_type(
            method,
            request.path,
            headers.get("Content-Type", ""),
            has_body=_has_body(request),
        )
        or trust.deny_reader(
            request.path,
            needs_login=bool(settings.STUDIO.password),
            is_logged_in=is_logged_in,
            authorization=headers.get("Authorization", ""),
            api_token=settings.STUDIO.api_token,
        )
    )


def _has_body(request: HttpRequest) -> bool:
    length = request.headers.get("Content-Length", "")
    return length.strip("0") != "" or "Transfer-Encoding" in request.headers


def _finish(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code >= 400 and trust.is_api(request.path):
        response = as_api_error(request, response)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if isinstance(response, HttpResponse):
        response.headers.setdefault("Content-Length", str(len(response.content)))
    return response
