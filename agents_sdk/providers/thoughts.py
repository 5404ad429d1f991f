"""What a model thought before it called a tool, for the provider that wants it back with the call.

DeepSeek refuses a turn of its own that comes back without its `reasoning_content`, Gemini a call
without its `extra_content`, which is the signature of the thoughts; OpenRouter wants its
`reasoning_details` back as they were. Others refuse these keys, so that only who said them hears
them again, and Groq refuses even the `reasoning` it said itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agents_sdk.normalise.chatchoice import ChoiceFold
from agents_sdk.normalise.openai_chat import ChatFold
from agents_sdk.normalise.providers import is_local, provider_of_host
from agents_sdk.normalise.shapes import Json, items, mapping, objects
from agents_sdk.providers.streaming import plain

TEXT, DETAILS, PLAIN = "reasoning_content", "reasoning_details", "reasoning"
OF_CALL = "extra_content"
_GROWING = {"reasoning.text": "text", "reasoning.summary": "summary"}
"""Details that come in pieces, and what of them grows."""


@dataclass(frozen=True, slots=True)
class Thoughts:
    """Fields that go back beside a message's content, and beside each of its calls in turn."""

    message: Json = field(default_factory=dict)
    calls: tuple[Json, ...] = ()

    def added_to(self, message: Json) -> Json:
        """The message as its provider wants it back."""
        whole = {**message, **self.message}
        if any(self.calls):
            calls = zip(message["tool_calls"], self.calls, strict=True)
            whole["tool_calls"] = [{**call, **said} for call, said in calls]
        return whole


def takes_reasoning(name: str, host: str) -> bool:
    """Whether a `reasoning` may go back: to OpenRouter, and to a server here (Ollama, vLLM)."""
    is_own_server = is_local(host) and name != "groq"
    return is_own_server or "openrouter" in (name, provider_of_host(host))


def thoughts_of(message: Mapping[str, Any], *, with_reasoning: bool) -> Thoughts:
    """What of a message goes back; an empty `reasoning_content` counts as said."""
    found = {key: message[key] for key in (TEXT, DETAILS) if message.get(key) is not None}
    if with_reasoning and DETAILS not in found and message.get(PLAIN):
        found[PLAIN] = message[PLAIN]
    return Thoughts(found, tuple(map(_of_call, objects(message.get("tool_calls")))))


def _of_call(said: Mapping[str, Any]) -> Json:
    return {OF_CALL: said[OF_CALL]} if said.get(OF_CALL) is not None else {}


class _Choice(ChoiceFold):
    """A choice that keeps what its provider wants back beside each call."""

    def __init__(self) -> None:
        super().__init__()
        self._of_calls: dict[int, Json] = {}

    def add_call(self, piece: Any) -> int:
        number = super().add_call(piece)
        self._of_calls.setdefault(number, {}).update(
            _of_call(mapping(getattr(piece, "__pydantic_extra__", None)))
        )
        return number

    def beside_calls(self) -> list[Json]:
        return [self._of_calls[number] for number in sorted(self.calls)]


class ThoughtfulFold(ChatFold):
    """A `ChatFold` that keeps the thoughts of the first choice in their provider's own form."""

    def __init__(self) -> None:
        super().__init__(plain, _Choice)
        self._texts_said: dict[str, list[str]] = {}
        self._details: list[Json] = []

    def add(self, chunk: Any) -> bool:
        for choice in items(getattr(chunk, "choices", None)):
            if not getattr(choice, "index", None):
                delta = getattr(choice, "delta", None)
                self._keep(mapping(getattr(delta, "__pydantic_extra__", None)))
        return super().add(chunk)

    def thoughts(self, *, with_reasoning: bool) -> Thoughts:
        """What `thoughts_of` says of the message that this stream brought."""
        message: Json = {key: "".join(pieces) for key, pieces in self._texts_said.items()}
        message[DETAILS] = self._details or None
        first = self.first_choice()
        message["tool_calls"] = first.beside_calls() if isinstance(first, _Choice) else []
        return thoughts_of(message, with_reasoning=with_reasoning)

    def _keep(self, extra: Mapping[str, Any]) -> None:
        for key in (TEXT, PLAIN):
            if isinstance(extra.get(key), str):
                self._texts_said.setdefault(key, []).append(extra[key])
        for piece in objects(extra.get(DETAILS)):
            self._keep_detail(piece)

    def _keep_detail(self, piece: Json) -> None:
        """A piece of the last detail continues it; what only one of them says, the whole says."""
        last = self._details[-1] if self._details else {}
        kind, grows = piece.get("type"), _GROWING.get(str(piece.get("type")))
        is_next = (last.get("type"), last.get("index")) == (kind, piece.get("index"))
        if grows is None or not is_next:
            self._details.append(dict(piece))
            return
        text = f"{last.get(grows) or ''}{piece.get(grows) or ''}"
        last.update({key: value for key, value in piece.items() if value is not None})
        last[grows] = text
