"""From an exception to an answer: every error of the API in its one shape (`llmlogs.problems`)."""

import logging

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from llmlogs.forms import InvalidParameters
from llmlogs.indexdb.base import IndexMissing
from llmlogs.problems import index_missing, index_unreadable, problem
from llmlogs.queries.entries import CursorExpired, InvalidCursor

logger = logging.getLogger(__name__)

NOT_FOUND = "Log entry not found"
"""To the letter: clients compare it."""


def add_handlers(api: NinjaAPI) -> None:
    """Answer every exception a view of `api` may raise."""
    api.add_exception_handler(InvalidParameters, _invalid_parameters)
    api.add_exception_handler(InvalidCursor, _invalid_cursor)
    api.add_exception_handler(CursorExpired, _expired_cursor)
    api.add_exception_handler(IndexMissing, _index_missing)
    api.add_exception_handler(DatabaseError, _unreadable_index)
    api.add_exception_handler(Http404, _not_found)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(ValidationError, _validation_error)
    api.add_exception_handler(Exception, _unforeseen)


def _invalid_parameters(
    request: HttpRequest, error: InvalidParameters | type[InvalidParameters]
) -> HttpResponse:
    return problem(400, str(error), fields=getattr(error, "fields", {}))


def _invalid_cursor(
    request: HttpRequest, error: InvalidCursor | type[InvalidCursor]
) -> HttpResponse:
    given = request.GET.get("cursor", "")[:80]
    sentence = f"cursor is '{given}'; expected the next_cursor of an answer, unchanged."
    return problem(400, sentence, fields={"cursor": sentence})


def _expired_cursor(
    request: HttpRequest, error: CursorExpired | type[CursorExpired]
) -> HttpResponse:
    return problem(
        410,
        "The cursor belongs to an index that was replaced by a newer one; expected a cursor of "
        "the present index; begin again without a cursor.",
    )


def _index_missing(request: HttpRequest, error: IndexMissing | type[IndexMissing]) -> HttpResponse:
    return index_missing()


def _unreadable_index(
    request: HttpRequest, error: DatabaseError | type[DatabaseError]
) -> HttpResponse:
    logger.error("%s: the index cannot be read: %s", request.path, error)
    return index_unreadable()


def _not_found(request: HttpRequest, error: Http404 | type[Http404]) -> HttpResponse:
    return problem(404, str(error) or NOT_FOUND)


def _http_error(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    return problem(getattr(error, "status_code", 500), str(error))


def _validation_error(
    request: HttpRequest, error: ValidationError | type[ValidationError]
) -> HttpResponse:
    return problem(400, f"The address '{request.path[:200]}' cannot be understood.")


def _unforeseen(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    logger.error("%s %s failed.", request.method, request.path, exc_info=True)
    return problem(500, "The server failed to answer; its log says why.")
