"""Cache markers, taken out of messages so that a moved marker makes no new message.

Agents move their cache marker along with every turn (`cache_control` for Anthropic, `cachePoint`
for Bedrock). Left in place, each turn would store its whole history again. They are kept beside the
entry and put back when it is served (`llmlogs.queries.assemble`).
"""

from typing import Any

Marker = tuple[int, list[str | int], Any]
"""Message index, path inside the message, value. For an object the last key is set again; in a
list the value is inserted at the last index. In the order in which they are to be put back."""


def take_out(messages: list[Any], first_index: int = 0) -> tuple[list[Any], list[Marker]]:
    """The messages without markers, and the markers. Messages without one are the same objects.

    `first_index` is the place of the first message in the prompt.
    """
    found: list[Marker] = []
    clean = [
        _clean_message(message, index, found) for index, message in enumerate(messages, first_index)
    ]
    return clean, found


def _clean_message(message: Any, index: int, found: list[Marker]) -> Any:
    if not isinstance(message, dict):
        return message
    content = message.get("content")
    if not isinstance(content, list) and "cache_control" not in message:
        return message
    cleaned = dict(message)
    if "cache_control" in cleaned:
        found.append((index, ["cache_control"], cleaned.pop("cache_control")))
    if isinstance(content, list):
        cleaned["content"] = _clean_parts(content, index, found)
    return cleaned


def _clean_parts(parts: list[Any], index: int, found: list[Marker]) -> list[Any]:
    """Indices are those of the list as it came, so putting back in order restores each place."""
    clean: list[Any] = []
    for place, part in enumerate(parts):
        if isinstance(part, dict) and set(part) == {"cachePoint"}:
            found.append((index, ["content", place], part))
        elif isinstance(part, dict) and "cache_control" in part:
            found.append((index, ["content", place, "cache_control"], part["cache_control"]))
            clean.append({key: value for key, value in part.items() if key != "cache_control"})
        else:
            clean.append(part)
    return clean
