"""Everything a call shows, as its templates want it: on a page of its own or beside the list.

In: a request and the call it is about. Out: the context of `_call.html`.
"""

import time
from typing import Any

from django.http import HttpRequest

from agents_sdk.errorfield import is_error
from llmlogs import display
from llmlogs.pages import callparts
from llmlogs.pages.callhits import ShownHits, shown_hits
from llmlogs.pages.callties import call_ties
from llmlogs.pages.callview import facts, usage
from llmlogs.pages.callview.messages import answer_pieces
from llmlogs.pages.callview.offered import offered_tools
from llmlogs.pages.callview.pieces import Piece, text_piece
from llmlogs.pages.callview.pointers import as_index
from llmlogs.pages.callview.stretches import PAGE_MESSAGES, Segment, segments
from llmlogs.pages.callview.toolcalls import json_piece
from llmlogs.pages.conversation import conversation
from llmlogs.pages.opencall import PANEL, OpenCall


def call_context(request: HttpRequest, call: OpenCall, *, is_panel: bool) -> dict[str, Any]:
    fields, turn, found = call.fields, call.turn, shown_hits(call)
    place_of = call.beside_url_of if is_panel else call.url_of
    return {
        **_conversation(request, call, found),
        "hits": found,
        **_facts(call),
        "is_panel": is_panel,
        "raw_url": call.raw_url,
        "call": call,
        "row": display.row(call.entry, 0),
        "age": display.age(max(0.0, time.time() - call.entry.timestamp)),
        "exact_time": _exact_time(call.entry.timestamp),
        "error": _error(fields),
        "error_head": _error_head(fields),
        "finish_reason": display.visible(facts.text(fields.get("finish_reason"))),
        "previous_url": place_of(turn.previous),
        "next_url": place_of(turn.next),
        "previous_panel_url": call.url_of(turn.previous, part=PANEL),
        "next_panel_url": call.url_of(turn.next, part=PANEL),
        "curl": callparts.curl(request, call),
        "tied": call_ties(call, is_panel=is_panel),
    }


def _conversation(request: HttpRequest, call: OpenCall, found: ShownHits | None) -> dict[str, Any]:
    turn = call.turn
    wanted = (*_asked(request), *(found.unfolded if found else ()))
    planned = segments(turn.message_count, turn.new_from, wanted)
    return {
        "past": conversation(call, _before(planned, turn.new_from)),
        "fresh": conversation(call, _from(planned, turn.new_from)),
        "fresh_count": turn.message_count - turn.new_from,
        "odd_prompt": _odd_prompt(call),
        "answer": answer_pieces(call.fields),
    }


def _facts(call: OpenCall) -> dict[str, Any]:
    fields = call.fields
    return {
        "tokens": usage.tokens(fields),
        "times": usage.times(fields),
        "names": tuple(facts.names(call.entry.agent_id, fields)),
        "parameters": facts.parameters(fields),
        "tags": facts.tags(fields),
        "ids": tuple(facts.ids(call.entry.log_id, fields)),
        "others": tuple(facts.further_fields(fields)),
        "tools": offered_tools(fields.get("tools")),
        "tool_count": _length(fields.get("tools")),
        "file_name": display.visible(call.body.file_name or ""),
        "size": display.size(call.entry.line_bytes),
    }


def _asked(request: HttpRequest) -> tuple[tuple[int, int], ...]:
    """The range that a link without scripts unfolds: at most a page of messages."""
    start = as_index(request.GET.get("start", ""))
    stop = as_index(request.GET.get("stop", ""))
    if start is None or stop is None:
        return ()
    if request.GET.get("end") == "last":
        return ((max(start, stop - PAGE_MESSAGES), stop),)
    return ((start, min(stop, start + PAGE_MESSAGES)),)


def _before(planned: list[Segment], new_from: int) -> list[Segment]:
    return [segment for segment in planned if segment.stop <= new_from]


def _from(planned: list[Segment], new_from: int) -> list[Segment]:
    return [segment for segment in planned if segment.start >= new_from]


def _error(fields: dict[str, Any]) -> Piece | None:
    error = fields.get("error")
    if not is_error(error):
        return None
    if isinstance(error, str):
        return text_piece("error", error, "/error")
    return json_piece("error", error, "/error")


def _error_head(fields: dict[str, Any]) -> str:
    """The type of the error; "" where its text begins with it, which is to be said once."""
    error, kind = fields.get("error"), facts.text(fields.get("error_type"))
    if kind and isinstance(error, str) and error.lstrip().startswith(kind):
        return ""
    return display.visible(kind) or "Error"


def _odd_prompt(call: OpenCall) -> Piece | None:
    """A prompt that is not a list of messages, which agents may log as well."""
    prompt = None if call.body.has_message_list else call.fields.get("messages")
    if not prompt:
        return None
    if isinstance(prompt, str):
        return text_piece("text", prompt, "/messages")
    return json_piece("other", prompt, "/messages")


def _length(tools: Any) -> int:
    return len(tools) if isinstance(tools, list) else int(bool(tools))


def _exact_time(timestamp: float) -> str:
    return f"{display.date(timestamp)} {display.clock_time(timestamp)} UTC"
