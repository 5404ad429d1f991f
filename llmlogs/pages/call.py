"""The page of one call: what is new first, history folded, then the answer; facts beside it.

`?part=` asks for a part of the page at the same address (`llmlogs.pages.callparts`).
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from llmlogs.pages import callparts
from llmlogs.pages.callcontext import call_context
from llmlogs.pages.opencall import PANEL, meant, open_call
from llmlogs.pages.panel import missing_context
from llmlogs.pages.runningcall import running_call, running_context
from llmlogs.pages.unavailable import needs_index


@require_safe
@needs_index
def call(request: HttpRequest, address: str) -> HttpResponse:
    """A call as a page, as a panel without what surrounds a page, or a part of it."""
    answer = _panel(request, address) if _part(request) == PANEL else _page(request, address)
    patch_vary_headers(answer, ["HX-Request", "Referer"])
    return answer


def _page(request: HttpRequest, address: str) -> HttpResponse:
    try:
        opened = open_call(request, address)
    except Http404:
        running = running_call(meant(request, address))
        if running is None or _part(request):
            raise
        context = running_context(request, running, is_panel=False)
        return render(request, "llmlogs/running_call.html", context)
    give = callparts.PARTS.get(_part(request))
    answer = None if give is None else give(request, opened)
    if answer is not None:
        return answer
    return render(request, "llmlogs/call.html", call_context(request, opened, is_panel=False))


def _panel(request: HttpRequest, address: str) -> HttpResponse:
    try:
        opened = open_call(request, address)
    except Http404:
        running = running_call(meant(request, address))
        if running is not None:
            context = running_context(request, running, is_panel=True)
            return render(request, "llmlogs/_running_call.html", context)
        # Not the page for what does not exist: it would stand in the middle of the list.
        context = missing_context(request)
        return render(request, "llmlogs/_no_call.html", context, status=404)
    return render(request, "llmlogs/_call.html", call_context(request, opened, is_panel=True))


def _part(request: HttpRequest) -> str:
    return request.GET.get("part", "")
