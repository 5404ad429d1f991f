"""The pieces of one choice of a streamed chat completion, and what they make up."""

from typing import Any, TypeVar

from agents_sdk.normalise.contentparts import texts_in, thought_in
from agents_sdk.normalise.shapes import Json, joined, mapping, objects, text_of, tool_call

T = TypeVar("T")

REASONING_KEYS = ("reasoning_content", "reasoning")
"""DeepSeek and vLLM say the first, OpenRouter and Ollama the second."""


def parts_of(text: Any, reasoning: str | None, calls: list[Json]) -> list[Any]:
    """A further choice as parts of a content, for it has no fields of its own in an entry."""
    parts = list(text) if isinstance(text, list) else [{"type": "text", "text": text}]
    if reasoning:
        parts.insert(0, {"type": "reasoning", "text": reasoning})
    return [*parts, *({"type": "tool_call", **call} for call in calls)]


class ChoiceFold:
    """`add` takes the client's objects and is written for speed: it runs for every token."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.finish_reason: Any = None
        self.calls: dict[int, Json] = {}
        self._thoughts: list[str] = []
        self._numbers: dict[int, int] = {}
        self._last = -1
        self._function: Json | None = None

    def add(self, choice: Any) -> bool:
        """Take in a piece; True if it carries something the model said."""
        reason = getattr(choice, "finish_reason", None)
        if reason is not None:
            self.finish_reason = reason
        delta = getattr(choice, "delta", None)
        if delta is None:  # the older completions
            return self._add_text(getattr(choice, "text", None))
        said = self._add_text(getattr(delta, "content", None))
        calls = getattr(delta, "tool_calls", None)
        if calls and type(calls) is list:
            said = True
            for piece in calls:
                self.add_call(piece)
        extra = getattr(delta, "__pydantic_extra__", None)
        if extra:
            said = self._add_reasoning(extra) or said
        called = getattr(delta, "function_call", None)
        if called is not None:
            said = True
            self._add_function(called)
        said = self._add_text(getattr(delta, "refusal", None)) or said
        return said or self._add_sound(delta, extra)

    def _add_function(self, called: Any) -> None:
        """The older form of a call, of which an answer has one."""
        if self._function is None:
            self._function = _new_call()
        _grow(self._function, None, getattr(called, "name", None), called)

    def _add_sound(self, delta: Any, extra: Any) -> bool:
        """Of a spoken answer the words; its pieces have no other text."""
        audio = getattr(delta, "audio", None) or mapping(extra).get("audio")
        return self._add_text(
            getattr(audio, "transcript", None) or mapping(audio).get("transcript")
        )

    def _add_text(self, text: Any) -> bool:
        if not text:
            return False
        if type(text) is not str:
            return self._add_parts(text)
        self.texts.append(text)
        return True

    def _add_parts(self, parts: Any) -> bool:
        """Mistral's thoughts come so; of other parts in a stream only the texts are kept."""
        thoughts = list(filter(None, map(thought_in, objects(parts))))
        self._thoughts.extend(thoughts)
        return self._add_text(texts_in(parts)) or bool(thoughts)

    def _add_reasoning(self, extra: Any) -> bool:
        said = mapping(extra)
        for key in REASONING_KEYS:
            if isinstance(said.get(key), str) and said[key]:
                self._thoughts.append(said[key])
                return True
        return False

    def add_call(self, piece: Any) -> int:
        """Id and name come once, the arguments in pieces; the number of the call they are of."""
        called = getattr(piece, "function", None) or getattr(piece, "custom", None)
        call_id, name = getattr(piece, "id", None), getattr(called, "name", None)
        index = _number(getattr(piece, "index", None), None)
        if index is None:
            number = self._next_number(call_id, name)
        else:
            number = self._number_at(index, call_id, name)
        _grow(self.calls.setdefault(number, _new_call()), call_id, name, called)
        self._last = max(self._last, number)
        return number

    def _number_at(self, index: int, call_id: Any, name: Any) -> int:
        """Some servers give all calls one index: there another id with a name begins another."""
        number = self._numbers.get(index, index)
        known = self.calls.get(number)
        if known is not None and name and call_id and known["id"] not in (None, call_id):
            number = self._last + 1
        self._numbers[index] = number
        return number

    def _next_number(self, call_id: Any, name: Any) -> int:
        """Gemini leaves the index out: another id, or a name alone, begins the next call."""
        last = self.calls.get(self._last)
        if last is None:
            return self._last + 1
        is_next = call_id != last["id"] if call_id else bool(name)
        return self._last + is_next

    def text(self) -> str:
        return "".join(self.texts)

    def reasoning(self) -> str | None:
        return joined(self._thoughts)

    def tool_calls(self) -> list[Json]:
        """A function in the older form counts where there is none in the newer."""
        calls = [call for _, call in sorted(self.calls.items())]
        if not calls and self._function is not None:
            calls = [self._function]
        return [tool_call(call["id"], call["name"], "".join(call["pieces"])) for call in calls]


def _new_call() -> Json:
    return {"id": None, "name": None, "pieces": []}


def _grow(call: Json, call_id: Any, name: Any, called: Any) -> None:
    call["id"] = call["id"] or call_id
    call["name"] = call["name"] or name
    arguments = getattr(called, "arguments", None) or getattr(called, "input", None)
    call["pieces"].append(text_of(arguments))


def _number(index: Any, otherwise: T) -> int | T:
    """A place among others, if it is one: what a server sends may be anything."""
    return index if type(index) is int else otherwise
