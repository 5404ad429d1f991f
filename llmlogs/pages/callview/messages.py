"""Messages and answers as a person reads them: pure functions from JSON to pieces.

In comes any JSON value that an agent has sent, out goes who speaks and what in how many pieces.
Nothing is trusted: what has no known form is shown as JSON, everything is bounded.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from llmlogs.display import visible
from llmlogs.pages.callview.parts import content_pieces, joined, part_pieces, result_piece
from llmlogs.pages.callview.pieces import Piece, text_piece
from llmlogs.pages.callview.pointers import child
from llmlogs.pages.callview.toolcalls import (
    call_id,
    call_piece,
    executed_by,
    json_piece,
    tool_name,
)

MAX_PIECES = 60
"""Of one message; the others are in the tree of the raw JSON."""
MAX_MESSAGE_CHARS = 50_000
FOLDED_SYSTEM_CHARS = 600
PREVIEW_CHARS = 160
ASKED_CHARS = 160
"""Of the arguments of a call, repeated beside its result."""
_KINDS = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "model": "assistant",
    "tool": "tool",
    "function": "tool",
}
_ITEM_KINDS = {"reasoning": "assistant", "function_call": "assistant"}
"""Items of OpenAI's Responses API have no role."""
_REASONING_KEYS = ("reasoning_content", "reasoning")


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message of a prompt; `number` counts from 1.

    `kind` is system, user, assistant, tool or other, for the eye; `role` is the agent's own word.
    """

    number: int
    role: str
    kind: str
    name: str
    path: str
    pieces: tuple[Piece, ...]
    is_more: bool
    """There are more pieces than are shown."""

    @property
    def shown_chars(self) -> int:
        return sum(piece.total_chars for piece in self.pieces)

    @property
    def is_folded(self) -> bool:
        """Long instructions are the same in every call."""
        return self.kind == "system" and self.shown_chars > FOLDED_SYSTEM_CHARS

    @property
    def preview(self) -> str:
        blocks = (block.text for piece in self.pieces for block in piece.lead)
        text = " ".join(next(blocks, "")[: PREVIEW_CHARS * 2].split())
        return text if len(text) <= PREVIEW_CHARS else text[:PREVIEW_CHARS] + "…"


def message_view(message: Any, number: int) -> MessageView:
    """A message in any provider's form."""
    path = f"/messages/{number - 1}"
    pieces, is_more = _bounded(_message_pieces(message, path))
    role, kind = _role(message)
    name = message.get("name") if isinstance(message, dict) else None
    is_only_results = bool(pieces) and all(piece.kind == "result" for piece in pieces)
    return MessageView(
        number=number,
        role=role,
        kind="tool" if is_only_results else kind,
        name=visible(name[:200]) if isinstance(name, str) and kind != "tool" else "",
        path=path,
        pieces=pieces,
        is_more=is_more,
    )


def answer_pieces(fields: dict[str, Any]) -> tuple[Piece, ...]:
    """What the model answered: reasoning, completion, tool calls."""
    return _bounded(_answer_pieces(fields))[0]


def with_calls(views: Iterable[MessageView], known: dict[str, Piece]) -> list[MessageView]:
    """Results beside the calls they answer; `known` gathers the calls, by id, on the way.

    >>> call = {"id": "1", "function": {"name": "look", "arguments": "{}"}}
    >>> said = [{"tool_calls": [call]}, {"role": "tool", "tool_call_id": "1", "content": "Rain"}]
    >>> views = with_calls((message_view(one, n) for n, one in enumerate(said, 1)), {})
    >>> views[1].pieces[0].label, views[1].pieces[0].asked
    ('look', '{}')
    """
    matched = []
    for view in views:
        known |= {p.call_id: p for p in view.pieces if p.kind == "call" and p.call_id}
        matched.append(replace(view, pieces=tuple(_matched(p, known) for p in view.pieces)))
    return matched


def _matched(piece: Piece, known: dict[str, Piece]) -> Piece:
    call = known.get(piece.call_id) if piece.kind == "result" else None
    if call is None:
        return piece
    asked = " ".join("".join(block.text for block in call.lead)[: ASKED_CHARS * 4].split())
    cut = asked if len(asked) <= ASKED_CHARS else asked[:ASKED_CHARS] + "…"
    return replace(piece, label=piece.label or call.label, asked=cut)


def _role(message: Any) -> tuple[str, str]:
    said = message if isinstance(message, dict) else {}
    for word in (said.get("role"), said.get("type")):
        if isinstance(word, str) and word:
            kind = _KINDS.get(word) or _ITEM_KINDS.get(word) or "other"
            return visible(word[:80]), "tool" if word.endswith("_output") else kind
    return "message", "other"


def _message_pieces(message: Any, path: str) -> Iterator[Piece]:
    if not isinstance(message, dict):
        yield from content_pieces(message, path)
        return
    said = {key: value for key, value in message.items() if value is not None}
    if said.get("role") in ("tool", "function") and "parts" not in said:
        yield _result_message(said, path)
    elif "role" not in said and isinstance(said.get("type"), str) and "content" not in said:
        yield from part_pieces(said, path)
    else:
        yield from _said_pieces(said, path)


def _said_pieces(said: dict[str, Any], path: str) -> Iterator[Piece]:
    found = False
    for piece in _known_pieces(said, path):
        found = True
        yield piece
    unknown = {key: value for key, value in said.items() if key not in ("role", "content", "parts")}
    if not found and unknown:
        yield json_piece("other", unknown, path)


def _known_pieces(said: dict[str, Any], path: str) -> Iterator[Piece]:
    for key in _REASONING_KEYS:
        if said.get(key):
            yield from content_pieces(said[key], child(path, key), kind="reasoning")
            break
    for key in ("content", "parts"):
        yield from content_pieces(said.get(key), child(path, key))
    if isinstance(said.get("refusal"), str) and said["refusal"]:
        yield text_piece("refusal", said["refusal"], child(path, "refusal"))
    if isinstance(said.get("audio"), dict):
        yield from part_pieces({"type": "audio", **said["audio"]}, child(path, "audio"))
        yield from content_pieces(
            said["audio"].get("transcript"), child(child(path, "audio"), "transcript")
        )
    yield from _tool_calls(said.get("tool_calls"), child(path, "tool_calls"))
    if isinstance(said.get("function_call"), dict):
        yield call_piece(said["function_call"], child(path, "function_call"))


def _result_message(said: dict[str, Any], path: str) -> Piece:
    """OpenAI's message of a tool."""
    found = content_pieces(said.get("content"), child(path, "content"), kind="result")
    inner = _bounded(found)[0]
    if len(inner) == 1 and inner[0].kind == "result" and inner[0].call_id:
        return inner[0]
    identity = {key: said[key] for key in ("tool_call_id", "tool_use_id", "id") if key in said}
    return joined(
        list(inner),
        path=inner[0].path if len(inner) == 1 else path,
        label=tool_name({"name": said.get("name")}),
        call_id=call_id(identity),
        is_failed=said.get("is_error") is True or said.get("status") == "error",
    )


def _answer_pieces(fields: dict[str, Any]) -> Iterator[Piece]:
    yield from content_pieces(fields.get("reasoning"), "/reasoning", kind="reasoning")
    yield from content_pieces(fields.get("completion"), "/completion")
    yield from _tool_calls(fields.get("tool_calls"), "/tool_calls")


def _tool_calls(tool_calls: Any, path: str) -> Iterator[Piece]:
    if not tool_calls:
        return
    if not isinstance(tool_calls, list):
        yield call_piece(tool_calls, path)
        return
    for number, call in enumerate(tool_calls):
        yield call_piece(call, child(path, number))
        if executed_by(call) and call.get("result") is not None:
            yield _result_of(call, child(path, number))


def _result_of(call: dict[str, Any], path: str) -> Piece:
    """What came of a tool that the provider ran, which stands in the call itself."""
    result = call["result"]
    known: dict[str, Any] = {key: call[key] for key in ("id", "name") if key in call}
    return result_piece({**known, "result": result, "is_error": _is_failure(result)}, path)


def _is_failure(result: Any) -> bool:
    """Anthropic's say so in their type, OpenAI's are recorded as an error alone."""
    if not isinstance(result, dict):
        return False
    return set(result) == {"error"} or str(result.get("type")).endswith("_error")


def _bounded(pieces: Iterator[Piece]) -> tuple[tuple[Piece, ...], bool]:
    shown: list[Piece] = []
    shown_chars = 0
    for piece in pieces:
        if len(shown) == MAX_PIECES or shown_chars > MAX_MESSAGE_CHARS:
            return tuple(shown), True
        shown.append(piece)
        shown_chars += piece.total_chars
    return tuple(shown), False
