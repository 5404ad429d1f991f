"""The input of OpenAI's Responses API: a list of items, as messages of a conversation.

What a model said in one turn comes back as an item for each thought, text and call. Together they
are one message, as with every other provider: so an answer is known again in the next prompt.
"""

from typing import Any

from agents_sdk.normalise.openai_items import call_of, is_call, is_result, result_message
from agents_sdk.normalise.shapes import Json, objects, simple_content, text_of, without

_TEXT_TYPES = ("input_text", "output_text", "text")
"""A tuple: a type may be of any type itself, and a set would ask for its hash."""
_MERGED = ("content", "reasoning", "tool_calls")


def messages_of(given: list[Any]) -> list[Any]:
    """A message without a type is the caller's own and stays by itself."""
    messages: list[Any] = []
    turn: Json | None = None
    for item in given:
        message = _message(item)
        is_said = isinstance(item, dict) and "type" in item and message.get("role") == "assistant"
        if is_said and turn is not None:
            _add_to(turn, message)
            continue
        messages.append(message)
        turn = message if is_said else None
    return messages


def _add_to(turn: Json, message: Json) -> None:
    """One more piece of what was said; of fields that both have, the first counts."""
    for key, value in message.items():
        if key not in _MERGED:
            turn.setdefault(key, value)
    turn["content"] = _joined(turn["content"], message["content"])
    if message.get("reasoning"):
        turn["reasoning"] = "\n".join(filter(None, (turn.get("reasoning"), message["reasoning"])))
    if message.get("tool_calls"):
        turn["tool_calls"] = [*turn.get("tool_calls", ()), *message["tool_calls"]]


def _joined(first: Any, second: Any) -> Any:
    if not first or not second:
        return first or second
    if isinstance(first, str) and isinstance(second, str):
        return first + second
    return [*_parts(first), *_parts(second)]


def _parts(content: Any) -> list[Any]:
    if isinstance(content, list):
        return content
    return [{"type": "text", "text": content} if isinstance(content, str) else content]


def _message(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    kind = item.get("type", "message")
    if kind == "message" and "role" in item:
        return {**without(item, "type", "content"), "content": _content(item.get("content"))}
    if is_call(item):
        return {"role": "assistant", "content": "", "tool_calls": [call_of(item)]}
    if is_result(item):
        return result_message(item)
    if kind == "reasoning":
        return {"role": "assistant", "content": "", "reasoning": summary_of(item)}
    return {"role": "user", "content": [item]}


def _content(content: Any) -> Any:
    if not isinstance(content, list):
        return content
    return simple_content([_part(part) for part in content])


def _part(part: Any) -> Any:
    if isinstance(part, dict) and part.get("type") in _TEXT_TYPES and "text" in part:
        return {"type": "text", "text": part["text"]}
    return part


def summary_of(item: Json) -> str:
    pieces = [*objects(item.get("summary")), *objects(item.get("content"))]
    return "\n".join(text_of(piece.get("text")) for piece in pieces)
