"""The names of one field to choose from, `/studio/llm-logs/choices`: what a menu asks for whenever
it is opened or typed in, and a page with the same names for browsers without scripts."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from llmlogs.models.index import MAX_NAME_CHARS
from llmlogs.pages import asked, menus, narrowing
from llmlogs.pages.unavailable import needs_index
from llmlogs.queries import analytics

_COUNTED = {"agent": analytics.agents, "model": analytics.models, "provider": analytics.providers}


@require_safe
@gzip_page
@needs_index
def choices(request: HttpRequest) -> HttpResponse:
    """Names of a field that contain `find`, with their calls under the other filters."""
    field = request.GET.get("field") or ""
    if field not in _COUNTED:
        raise Http404(f"There is no field '{field[:40]}' to choose from.")
    question = asked.read(request.GET)
    find = (request.GET.get("find") or "")[:MAX_NAME_CHARS]
    counts = _COUNTED[field](menus.freed(question, field))
    context = {
        "field": field,
        "find": find,
        "found": menus.found(question, field, counts, find),
    }
    is_part = request.headers.get("HX-Request") == "true"
    name = "llmlogs/_choices.html" if is_part else "llmlogs/choices.html"
    response = render(request, name, context if is_part else {**context, **_page_context(question)})
    patch_vary_headers(response, ["HX-Request"])
    return response


def _page_context(question: asked.Asked) -> dict[str, object]:
    return {"list_url": narrowing.url_of(question), "carried": question.pairs()}
