"""Items of OpenAI's Responses API that stand for the use of a tool.

An answer is a list of items: messages, thoughts, calls of the caller's own tools, and tools that
OpenAI ran itself, some with what came of them. Those that the caller has to answer have a
`call_id`. A result among the items of an answer shows that its call is answered already.
"""

from typing import Any

from agents_sdk.normalise.executed import PROVIDER, executed_call
from agents_sdk.normalise.media import with_bounded_media
from agents_sdk.normalise.shapes import Json, mapping, string, tool_call, without

_FUNCTION_TYPES = ("function_call", "custom_tool_call")
"""Tuples: a type may be of any type itself, and a set would ask for its hash."""
_CALL_ENDS = ("_call", "_request")
_OTHER_CALLS = ("mcp_list_tools", "program")
_RESULT_ENDS = ("_output", "_response")
_ID_KEYS = ("call_id", "approval_request_id", "id")
_RESULT_KEYS = ("output", "outputs", "result", "results", "tools")
_BESIDE = (*("type", "status", "error", "created_by", "caller", "execution"), *_ID_KEYS)
"""Of an item: which call it is and how it went, not what was asked."""
_ASKED_KEYS = {
    "web_search_call": "action",
    "local_shell_call": "action",
    "apply_patch_call": "operation",
}
"""Where one object of the item is all that was asked."""


def is_call(item: Json) -> bool:
    kind = item.get("type")
    return isinstance(kind, str) and (kind.endswith(_CALL_ENDS) or kind in _OTHER_CALLS)


def is_result(item: Json) -> bool:
    kind = item.get("type")
    return isinstance(kind, str) and kind.endswith(_RESULT_ENDS)


def call_of(item: Json) -> Json:
    """A call in the words of an entry; `executed_by` and `result` where OpenAI ran the tool."""
    call_id = item.get("call_id") or item.get("id")
    if item["type"] in _FUNCTION_TYPES:
        return tool_call(call_id, item.get("name"), item.get("arguments", item.get("input")))
    if not _is_executed(item):
        return tool_call(call_id, _name(item), _asked(item))
    call = executed_call(call_id, _name(item), _asked(item), _result(item))
    server = string(item.get("server_label")) if item["type"] == "mcp_call" else None
    return {**call, "server_label": server} if server else call


def calls_of(output: list[Json]) -> list[Json]:
    """The calls among the items of an answer, each with its result if that is among them too."""
    calls: list[Json] = []
    places: dict[str, int] = {}
    for item in output:
        call_id = string(item.get("call_id"))
        if is_call(item):
            places[call_id or ""] = len(calls)
            calls.append(call_of(item))
        elif is_result(item):
            place = places.get(call_id or "")  # without an id: of the last such call
            if place is None:
                calls.append(_answered(tool_call(call_id, _name(item), None), item))
            else:
                calls[place] = _answered(calls[place], item)
    return calls


def result_message(item: Json) -> Json:
    """A result that the caller sends back, as a message of the role tool."""
    output = item.get("output", item)
    content = [output] if isinstance(output, dict) else output
    call_id = next((item[key] for key in _ID_KEYS if item.get(key)), None)
    return {"role": "tool", "tool_call_id": call_id, "content": content}


def _answered(call: Json, item: Json) -> Json:
    result = _result(item)
    call = {**call, "executed_by": PROVIDER}
    return call if result is None else {**call, "result": result}


def _is_executed(item: Json) -> bool:
    kind = item["type"]
    if "execution" in item:
        return bool(item["execution"] == "server")
    if kind == "shell_call":
        return mapping(item.get("environment")).get("type") == "container_reference"
    return kind == "program" or not (item.get("call_id") or kind == "mcp_approval_request")


def _name(item: Json) -> str:
    kind = str(item["type"])
    own = string(item.get("name")) if kind == "mcp_call" else None
    for end in (*_RESULT_ENDS, "_call"):
        kind = kind.removesuffix(end)
    return own or kind


def _asked(item: Json) -> Any:
    kind = item["type"]
    if kind in ("mcp_call", "tool_search_call"):
        return item.get("arguments")
    asked = item.get(_ASKED_KEYS.get(kind, ""))
    if isinstance(asked, dict):
        return without(asked, "sources")
    return without(item, *_BESIDE, *_RESULT_KEYS)


def _result(item: Json) -> Any:
    """What came of a call, or why nothing did; large media are named instead of carried."""
    found = next((item[key] for key in _RESULT_KEYS if item.get(key) is not None), None)
    if item["type"] == "web_search_call":
        found = mapping(item.get("action")).get("sources")
    elif item["type"] == "image_generation_call" and isinstance(found, str):
        form = string(item.get("output_format")) or "png"
        found = {"type": "image", "mime_type": f"image/{form}", "data": found}
    if found is None and (item.get("error") or item.get("status") == "failed"):
        return {"error": item.get("error") or "failed"}
    return None if found is None else with_bounded_media(found)
