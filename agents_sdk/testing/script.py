"""What a test wants a model to answer, in no provider's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool the model asks for; `arguments` is a JSON text, or what a bad model makes of one."""

    name: str
    arguments: str = "{}"
    id: str = "call_1"
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the call in OpenAI's words, such as `extra_content`."""
    is_whole: bool = False
    """In a stream: come at once and without an index, as Gemini's calls do in OpenAI's words."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an answer says it used; both totals include their parts."""

    input: int = 21
    cached: int = 5
    output: int = 9
    reasoning: int = 2


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
