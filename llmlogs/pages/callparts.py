"""Parts of a call's page that are asked for on their own, at the address of the call.

`part=messages` unfolds messages, `part=json` opens the tree of the raw JSON at a JSON pointer,
`part=text` gives plain text to copy. htmx gets the part alone; a browser without JavaScript gets a
page that says the same.
"""

import shlex
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from agents_sdk.errorfield import is_error
from llmlogs import display
from llmlogs.pages.callhits import unfolded_at_hits
from llmlogs.pages.callview import jsontree, plain
from llmlogs.pages.callview.jsontree import Level, Member
from llmlogs.pages.callview.messages import answer_pieces, message_view
from llmlogs.pages.callview.pointers import as_index, child, steps
from llmlogs.pages.callview.stretches import unfolded
from llmlogs.pages.conversation import conversation
from llmlogs.pages.opencall import NoSuchValue, OpenCall, inside

NO_SUCH_VALUE = "There is no such value in this call."
TEXT_BATCH = 100
"""Messages read at a time where all are wanted."""
Part = Callable[[HttpRequest, OpenCall], HttpResponse | None]


def messages_part(request: HttpRequest, call: OpenCall) -> HttpResponse | None:
    """The messages of a fold, and what stays folded; None leaves it to the whole page."""
    start = as_index(request.GET.get("start", ""))
    stop = as_index(request.GET.get("stop", ""))
    if not _is_htmx(request) or start is None or stop is None:
        return None
    stop = min(stop, call.turn.message_count)
    is_last = request.GET.get("end") == "last"
    if request.GET.get("hits"):
        planned = unfolded_at_hits(call, start, stop, is_last=is_last)
    else:
        planned = unfolded(start, stop, is_from_end=is_last)
    context = {"shown": conversation(call, planned), "call": call}
    return render(request, "llmlogs/_segments.html", context)


def json_part(request: HttpRequest, call: OpenCall) -> HttpResponse:
    """Members of the value at `path`, or a stretch of it if it is a text."""
    path = request.GET.get("path", "")
    start = as_index(request.GET.get("from", "")) or 0
    value = _value(call, path, start)
    if isinstance(value, str):
        value = jsontree.stretch(value, path, start)
    elif isinstance(value, dict | list):
        value = jsontree.level(value, path, start)
    elif not isinstance(value, Level):
        value = jsontree.stretch(jsontree.member("", value, "").text, path, 0)
    context = {"found": value, "is_level": isinstance(value, Level), "call": call}
    context |= {"crumbs": _crumbs(path), "raw_url": call.raw_url}
    context["agent"] = display.visible(call.entry.agent_id)
    template = "llmlogs/_tree.html" if _is_htmx(request) else "llmlogs/call_json.html"
    return render(request, template, context)


def text_part(request: HttpRequest, call: OpenCall) -> HttpResponse:
    """The call, the answer (`path=/answer`), a message or any value as plain text."""
    text = _text(call, request.GET.get("path", ""))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def curl(request: HttpRequest, call: OpenCall) -> str:
    """A command that gets this entry. An id may be "..", which curl would take for a step up."""
    url = f"{request.scheme}://{request.get_host()}{call.raw_url}"
    needs_token = bool(getattr(getattr(settings, "STUDIO", None), "password", ""))
    token = '-H "Authorization: Bearer $STUDIO_API_TOKEN" ' if needs_token else ""
    return f"curl -s --path-as-is {token}{shlex.quote(url)}"


PARTS: dict[str, Part] = {"messages": messages_part, "json": json_part, "text": text_part}


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _value(call: OpenCall, path: str, start: int) -> Any:
    """A value by its pointer; the list of messages as a `Level`, because it is never read whole."""
    found = steps(path)
    if found is None:
        raise Http404(NO_SUCH_VALUE)
    if found == ["messages"] and call.body.has_message_list:
        return _message_level(call, start)
    try:
        value = call.value(found)
    except NoSuchValue:
        raise Http404(NO_SUCH_VALUE) from None
    return _root_level(call, start) if not found and call.body.has_message_list else value


def _message_level(call: OpenCall, start: int) -> Level:
    stop = min(start + jsontree.PAGE_MEMBERS, call.turn.message_count)
    found = call.messages(start, stop)
    members = tuple(
        jsontree.member(number, message, "/messages") for number, message in enumerate(found, start)
    )
    return Level("/messages", members, start, call.turn.message_count)


def _root_level(call: OpenCall, start: int) -> Level:
    level = jsontree.level(call.fields, "", start)
    messages = Member('"messages"', "/messages", "list", "", count=call.turn.message_count)
    members = tuple(messages if one.path == "/messages" else one for one in level.members)
    return Level("", members, level.start, level.total)


def _crumbs(path: str) -> list[tuple[str, str]]:
    """The way to a value: each step and its pointer."""
    crumbs = [("entry", "")]
    for step in steps(path) or []:
        crumbs.append((step[:80] or '""', child(crumbs[-1][1], step)))
    return crumbs


def _text(call: OpenCall, path: str) -> str:
    found = steps(path)
    if path == "/answer":
        said = [piece for piece in answer_pieces(call.fields) if piece.kind != "reasoning"]
        return plain.pieces_text(said, _at(call.fields, 0))
    if found == []:
        return _whole_text(call)
    if found is None or (found == ["messages"] and call.body.has_message_list):
        raise Http404(NO_SUCH_VALUE)
    try:
        value = call.value(found)
    except NoSuchValue:
        raise Http404(NO_SUCH_VALUE) from None
    if len(found) == 2 and found[0] == "messages" and call.body.has_message_list:
        view = message_view(value, int(found[1]) + 1)
        return plain.pieces_text(view.pieces, _at(value, 2))
    return plain.value_text(value)


def _whole_text(call: OpenCall) -> str:
    texts = []
    for start in range(0, call.turn.message_count, TEXT_BATCH):
        for number, message in enumerate(call.messages(start, start + TEXT_BATCH), start + 1):
            texts.append(plain.message_text(message_view(message, number), _at(message, 2)))
    if not call.body.has_message_list and call.fields.get("messages"):
        texts.append(plain.value_text(call.fields["messages"]))
    answer = plain.pieces_text(answer_pieces(call.fields), _at(call.fields, 0))
    texts.append(f"## answer\n\n{answer}")
    if is_error(call.fields.get("error")):
        texts.append(f"## error\n\n{plain.value_text(call.fields['error'])}")
    return "\n\n".join(texts) + "\n"


def _at(value: Any, taken_steps: int) -> plain.ValueAt:
    """Values below one that `taken_steps` of their pointers lead to already."""

    def at(path: str) -> Any:
        try:
            return inside(value, (steps(path) or [])[taken_steps:])
        except NoSuchValue:
            return None

    return at
