"""What every provider's request and answer become: a prompt and an answer in one vocabulary.

A message is `{"role": system|user|assistant|tool, "content": text or parts, …}`, assistant messages
with `tool_calls` (`{"id", "name", "arguments"}`, arguments as a JSON string), tool messages with
`tool_call_id`. Parts that mean something only to their provider stay as they are.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What was asked: `request` holds the other parameters as the caller gave them."""

    model: str
    messages: list[Any]
    tools: list[Any] | None = None
    request: Json = field(default_factory=dict)
    is_stream: bool = False


@dataclass(slots=True)
class Answer:
    """What came back, whole or as far as it came; None is "not said".

    `finish_reason` is the provider's own word; the entry gets it in ours beside it.
    """

    content: Any = ""
    tool_calls: list[Json] = field(default_factory=list)
    reasoning: str | None = None
    finish_reason: str | None = None
    response_model: str | None = None
    response_id: str | None = None
    usage: Any = None
    service_tier: str | None = None
    server_latency_ms: float | None = None
    error: str | None = None
    error_type: str | None = None
    has_unread: bool = False
    """Whether something came that we cannot read."""


def tool_call(call_id: Any, name: Any, arguments: Any) -> Json:
    return {"id": call_id, "name": name, "arguments": arguments_text(arguments)}


def arguments_text(arguments: Any) -> str:
    """Arguments as the JSON string that entries hold; a string stays as the model wrote it."""
    if isinstance(arguments, str):
        return arguments
    if arguments is None:
        return "{}"
    return json.dumps(arguments, ensure_ascii=False, default=str)


def text_message(role: str, content: Any) -> Json:
    return {"role": role, "content": content}


def items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def objects(value: Any) -> list[Json]:
    """The dicts of what should be a list of dicts."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else ""


def string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def without(body: Mapping[str, Any], *names: str) -> Json:
    """The parameters of a request that have no field of their own in an entry."""
    return {key: value for key, value in body.items() if key not in names and value is not None}


def joined(pieces: Iterable[str]) -> str | None:
    """Text collected from pieces; None if there was none."""
    return "".join(pieces) or None


def simple_content(parts: list[Any]) -> Any:
    """One text part alone as its text; everything else stays a list of parts."""
    if len(parts) == 1 and isinstance(parts[0], dict) and set(parts[0]) <= {"type", "text"}:
        return parts[0].get("text", "")
    return parts
