"""Answers to what went wrong: JSON under /api, a small page elsewhere; never a traceback."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from studio.trust import Denial, is_api

MAX_SENTENCE_CHARS = 500
MAX_SHOWN_CHARS = 200
"""Longest piece of an address that is repeated in a sentence."""
_SENTENCES = {
    400: "The request could not be understood; expected a well-formed HTTP request.",
    403: "This request is not allowed.",
    404: "There is nothing at this address; expected one of the addresses in the documentation.",
    405: "This address does not take this method; the Allow header names those it takes.",
    500: "The Studio failed to answer; the reason stands in its log.",
}
_NAMES = {
    400: "Not understood",
    401: "Log in first",
    403: "Not allowed",
    404: "Not found",
    405: "Not this way",
    500: "Something broke",
}


def error_answer(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """The answer to a request that failed, in the form its path asks for."""
    if is_api(request.path):
        return JsonResponse({"success": False, "error": sentence}, status=status)
    context = {"status": status, "name": _NAMES.get(status, "Error"), "sentence": sentence}
    page = render_to_string("error.html", context)
    return HttpResponse(page, status=status)


def denied(request: HttpRequest, denial: Denial) -> HttpResponse:
    answer = error_answer(request, denial.status, denial.error)
    if denial.status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="LLM Logs"'
    return answer


def as_api_error(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A failed answer under /api in the API's JSON shape, whoever made it."""
    if response.headers.get("Content-Type", "").startswith("application/json"):
        return response
    status = response.status_code
    sentence = _SENTENCES.get(status, f"The request failed: {response.reason_phrase}.")
    if status == 405 and "Allow" in response.headers:
        asked = f"{request.method} {request.path[:MAX_SHOWN_CHARS]}"
        sentence = f"{asked} is not served; expected {response.headers['Allow']}."
    answer = JsonResponse({"success": False, "error": sentence}, status=status)
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if name in response.headers:
            answer[name] = response.headers[name]
    return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_answer(request, 400, _SENTENCES[400])


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_answer(request, 403, _SENTENCES[403])


def not_found(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Also a view: the last route answers with it, before Django looks for a debug page."""
    if not is_api(request.path):
        return error_answer(request, 404, _said(kwargs.get("exception")) or _SENTENCES[404])
    asked = f"'{request.path[:MAX_SHOWN_CHARS]}'"
    return error_answer(request, 404, _SENTENCES[404].replace("this address", asked))


def _said(exception: Exception | None) -> str:
    """The sentence with which a view of ours raised Http404; routing raises it with a table."""
    reason = exception.args[0] if exception and exception.args else ""
    return reason[:MAX_SENTENCE_CHARS] if isinstance(reason, str) else ""


def server_error(request: HttpRequest) -> HttpResponse:
    return error_answer(request, 500, _SENTENCES[500])
