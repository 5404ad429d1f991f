"""What a test wants a model to answer, in no provider's words."""

import json
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agents_sdk.testing import scriptchecks as checks

_TOKENS = dict.fromkeys(("input", "cached", "output", "reasoning"), checks.AN_INT)


class NotOnThisWire(ValueError):
    """The wire that a client speaks has no form for this reply."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool the model asks for; `arguments` is a JSON text, or what a bad model makes of one.

    What is no JSON object stands as it is in OpenAI's words and in the streams of Anthropic and
    Converse; Gemini says MALFORMED_FUNCTION_CALL. A whole answer of the others has no form for it:
    the client gets an error 400 that says so, and the reply waits for the next request.
    """

    name: str
    arguments: str = "{}"
    id: str = "call_1"
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the call in OpenAI's words, such as `extra_content`."""
    is_whole: bool = False
    """In a stream: come at once and without an index, as Gemini's calls do in OpenAI's words."""

    def __post_init__(self) -> None:
        checks.check_types(self, _TOOL_CALL)
        checks.check_json(self, "extra")

    def arguments_object(self) -> dict[str, Any]:
        """For a wire where they are an object. Raises NotOnThisWire if they are none."""
        try:
            arguments = json.loads(self.arguments)
        except (ValueError, RecursionError):
            arguments = None
        if isinstance(arguments, dict):
            return arguments
        raise NotOnThisWire(
            f"the arguments of ToolCall({self.name!r}) are not a JSON object: "
            f"{reprlib.repr(self.arguments)}; on this wire only a stream carries such ones"
        )


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an answer says it used; both totals include their parts."""

    input: int = 21
    cached: int = 5
    output: int = 9
    reasoning: int = 2

    def __post_init__(self) -> None:
        checks.check_types(self, _TOKENS)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, or one way to fail.

    `status` other than 200 is an error with `content` as its message. A stream is sent in pieces
    of `piece_chars`, the first after `delay_seconds`; it breaks off after `cut_after_pieces`, or
    says `error_in_stream` there. `usage` is OpenAI's and overrides counts made from the lengths of
    the texts; a `ModelServer` says `tokens` in the words of each provider.
    """

    content: str | None = "ok"
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Mapping[str, Any] | None = None
    finish_reason: str | None = None
    model: str | None = None
    status: int = 200
    error_type: str = "server_error"
    headers: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the message, such as `reasoning_content`."""
    piece_chars: int = 8
    delay_seconds: float = 0.0
    cut_after_pieces: int | None = None
    error_in_stream: str | None = None
    reasoning: str = ""
    blocks: tuple[Mapping[str, Any], ...] = ()
    """Further parts of the answer in the words of its provider, between thoughts and text, such as
    Anthropic's `server_tool_use` or Gemini's `inlineData`."""
    tokens: Tokens = Tokens()
    pause_seconds: float = 0.0
    """Between the pieces of a stream."""
    wants_thoughts: bool = False
    """Refuse, as DeepSeek does, a tool call that comes back without its `reasoning_content`."""

    def __post_init__(self) -> None:
        checks.check_types(self, _REPLY)
        checks.check_least(self, _LEAST)
        checks.check_json(self, "usage", "extra", "blocks")

    @property
    def break_after(self) -> int | None:
        """The piece at which a stream breaks off, in either way."""
        if self.error_in_stream is not None and self.cut_after_pieces is None:
            return 0
        return self.cut_after_pieces

    def text_pieces(self) -> list[str]:
        """The content as a stream brings it."""
        text = self.content or ""
        starts = range(0, len(text), self.piece_chars)
        return [text[start : start + self.piece_chars] for start in starts]


_TOOL_CALL = {
    "name": checks.A_TEXT,
    "arguments": checks.A_JSON_TEXT,
    "id": checks.A_TEXT,
    "extra": checks.A_MAPPING,
}
_REPLY: Mapping[str, checks.Rule] = {
    "content": checks.MAYBE_A_TEXT,
    "tool_calls": ("a sequence of ToolCall", checks.is_sequence_of(ToolCall)),
    "usage": checks.MAYBE_A_MAPPING,
    "finish_reason": checks.MAYBE_A_TEXT,
    "model": checks.MAYBE_A_TEXT,
    "status": checks.AN_INT,
    "error_type": checks.A_TEXT,
    "headers": checks.HEADERS,
    "extra": checks.A_MAPPING,
    "piece_chars": checks.AN_INT,
    "delay_seconds": checks.SECONDS,
    "cut_after_pieces": checks.MAYBE_AN_INT,
    "error_in_stream": checks.MAYBE_A_TEXT,
    "reasoning": checks.A_TEXT,
    "blocks": checks.MAPPINGS,
    "tokens": ("a Tokens", lambda value: isinstance(value, Tokens)),
    "pause_seconds": checks.SECONDS,
}
_LEAST = {
    "status": 200,
    "piece_chars": 1,
    "delay_seconds": 0,
    "cut_after_pieces": 0,
    "pause_seconds": 0,
}
