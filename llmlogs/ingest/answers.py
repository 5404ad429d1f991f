"""What one turn of a conversation and the next have in common: the answer.

A call answers with tool calls or text; the next call of the same conversation carries that answer
in its prompt as an assistant message. Both sides get the same key: from the ids of the tool calls
if they have ids, else from the text with the names and arguments of the calls. A common prompt
prefix is no sign of a common conversation, an answer is. Calls that the provider ran itself are
part of neither side: they come back in a form of their own, or not at all. Nor are words that were
kept out of the log: one word stands for all of them.
"""

from collections.abc import Iterator
from typing import Any

from agents_sdk import codec
from agents_sdk.normalise.redacting import REDACTED
from llmlogs.indexdb.keys import digest

ASSISTANT_ROLES = ("assistant", "model")
"""A tuple: a role may be of any type, and a set would ask for its hash."""


def answer_key_of_entry(entry: dict[str, Any]) -> bytes | None:
    """Key of the call's own answer; None if it has none (an error, an empty completion)."""
    return _key(_text(entry.get("completion")), list(_calls(entry.get("tool_calls"))))


def answer_key_of_message(message: Any) -> bytes | None:
    """Key of an assistant message of a prompt; None for every other message."""
    if not isinstance(message, dict) or message.get("role") not in ASSISTANT_ROLES:
        return None
    content = message.get("content", message.get("parts"))
    parts = content if isinstance(content, list) else []
    return _key(_text(content), [*_calls(message.get("tool_calls")), *_calls(parts)])


def _key(text: str, calls: list[dict[str, Any]]) -> bytes | None:
    ids = [_id(call) for call in calls]
    if ids and all(ids):
        return digest(b"ids", *(str(id).encode("utf-8", "replace") for id in ids))
    if not text and not calls:
        return None
    described = (part for call in calls for part in (_name(call), _arguments(call)))
    return digest(b"text", text.encode("utf-8", "replace"), *described)


def _text(content: Any) -> str:
    if isinstance(content, str):
        text = content.strip()
        return "" if text == REDACTED else text
    if not isinstance(content, list):
        return ""
    texts = (part.get("text") for part in content if isinstance(part, dict) and _is_said(part))
    return "".join(text for text in texts if isinstance(text, str)).strip()


def _is_said(part: dict[str, Any]) -> bool:
    """Whether a part was said and not thought: thoughts of an answer stand beside it."""
    return part.get("type") != "reasoning" and part.get("thought") is not True


def _calls(items: Any) -> Iterator[dict[str, Any]]:
    """Tool calls in any provider's shape, each as its innermost object plus the outer id."""
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, dict) or "executed_by" in item:  # a provider's own, of no prompt
            continue
        inner = item.get("function") or item.get("toolUse") or item.get("function_call")
        if isinstance(inner, dict):
            yield {**inner, "id": item.get("id") or inner.get("id") or inner.get("toolUseId")}
        elif item.get("type") in ("tool_use", "function_call") or "arguments" in item:
            yield item


def _id(call: dict[str, Any]) -> str | None:
    id = call.get("id") or call.get("call_id")
    return id if isinstance(id, str) else None


def _name(call: dict[str, Any]) -> bytes:
    return str(call.get("name")).encode("utf-8", "replace")


def _arguments(call: dict[str, Any]) -> bytes:
    """Arguments without regard to white space and order: a string of JSON is read first."""
    arguments = call.get("arguments", call.get("input", call.get("args")))
    if isinstance(arguments, str):
        try:
            arguments = codec.loads(arguments.encode("utf-8", "replace"))
        except ValueError:
            return arguments.encode("utf-8", "replace")
    return codec.dumps(_in_order(arguments))


def _in_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: value[key] for key in sorted(value, key=str)}
    return value
