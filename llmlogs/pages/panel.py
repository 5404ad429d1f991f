"""The call that is open beside the list: the list's parameter `open` names it.

`open` is what follows `/studio/llm-logs/` in the address of the call, so that list and call are one
address that can be reloaded and passed on. On a narrow screen the style sheet shows the call alone.
"""

from typing import Any

from django.http import Http404, HttpRequest

from llmlogs.pages.callcontext import call_context
from llmlogs.pages.opencall import LIST_PATH, list_query, list_url, meant_by, open_call_at
from llmlogs.pages.runningcall import running_call, running_context


def panel_context(request: HttpRequest) -> dict[str, Any]:
    """What stands beside the list: a call, what is known of one that runs, the sentence that there
    is none, or nothing."""
    tail = request.GET.get("open")
    if not tail:
        return {"beside": ""}
    try:
        opened = open_call_at(tail, list_query(request))
    except Http404:
        running = running_call(meant_by(tail))
        if running is not None:
            context = running_context(request, running, is_panel=True)
            return {"beside": "llmlogs/_running_call.html", **context}
        return {"beside": "llmlogs/_no_call.html", **missing_context(request)}
    context = call_context(request, opened, is_panel=True)
    return {"beside": "llmlogs/_call.html", **context}


def missing_context(request: HttpRequest) -> dict[str, str]:
    tail = request.GET.get("open") or request.get_full_path().removeprefix(f"{LIST_PATH}/")
    return {"list_url": list_url(list_query(request)), "tail": _bare(tail)}


def _bare(tail: str) -> str:
    """The address without its parameters, but for one that is part of it."""
    path, _, query = tail.partition("?")
    return tail if query.startswith("log_id=") else path
