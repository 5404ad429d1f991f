"""A content that comes as a list of parts: what of it is text, and what was only thought.

Mistral's models send their thoughts so: `{"type": "thinking", "thinking": [{"type": "text", …}]}`.
"""

from typing import Any

from agents_sdk.normalise.shapes import joined, mapping, objects, text_of


def text_and_thoughts(content: Any) -> tuple[Any, str | None]:
    """The content without its thoughts, and these. Parts that are all text become one text."""
    if not isinstance(content, list):
        return content, None
    rest = [part for part in content if not _is_thought(part)]
    thoughts = joined(thought_in(part) for part in objects(content))
    if all(isinstance(part, dict) and set(part) <= {"type", "text"} for part in rest):
        return texts_in(rest), thoughts
    return rest, thoughts


def texts_in(content: Any) -> str:
    """What a content says in words, whatever else is in it."""
    if isinstance(content, str):
        return content
    return "".join(text_of(part.get("text")) for part in objects(content))


def thought_in(part: Any) -> str:
    """What was thought in a part; "" in all others."""
    thought = mapping(part).get("thinking") if _is_thought(part) else None
    return text_of(thought) or texts_in(thought)


def _is_thought(part: Any) -> bool:
    return mapping(part).get("type") == "thinking"
