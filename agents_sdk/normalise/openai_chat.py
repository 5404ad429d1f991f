"""OpenAI's chat completions (Azure, and everybody compatible) and its older completions."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from agents_sdk.normalise.contentparts import text_and_thoughts, texts_in, thought_in
from agents_sdk.normalise.shapes import (
    Answer,
    Json,
    Prompt,
    items,
    joined,
    mapping,
    objects,
    string,
    text_message,
    text_of,
    tool_call,
    without,
)

T = TypeVar("T")

_REASONING_KEYS = ("reasoning_content", "reasoning")
"""DeepSeek and vLLM say the first, OpenRouter and Ollama the second."""


def prompt_of(body: Json) -> Prompt:
    """The messages are this vocabulary's own and stay as they are."""
    messages = body.get("messages")
    if messages is None and "prompt" in body:
        messages = [text_message("user", body["prompt"])]
    return Prompt(
        model=text_of(body.get("model")),
        messages=items(messages),
        tools=items(body.get("tools")) or items(body.get("functions")) or None,
        request=without(body, "model", "messages", "prompt", "tools", "functions", "stream"),
        is_stream=body.get("stream") is True,
    )


def answer_of(completion: Json) -> Answer:
    """The first choice; further ones (`n` > 1) follow as further texts of the content."""
    choices = objects(completion.get("choices"))
    answer = Answer(
        response_model=string(completion.get("model")),
        response_id=string(completion.get("id")),
        usage=completion.get("usage"),
        service_tier=string(completion.get("service_tier")),
    )
    _read_error(answer, completion, choices)
    if not choices:
        return answer
    message = mapping(choices[0].get("message"))
    answer.content = _content(choices)
    _, thoughts = text_and_thoughts(message.get("content"))
    answer.reasoning = next(filter(None, map(message.get, _REASONING_KEYS)), thoughts)
    answer.finish_reason = string(choices[0].get("finish_reason"))
    answer.tool_calls = _tool_calls(message)
    return answer


def _read_error(answer: Answer, completion: Json, choices: list[Json]) -> None:
    """OpenRouter tells of a failure behind it in an answer of status 200."""
    holders = (completion, *choices[:1])
    error = next(filter(None, (mapping(holder.get("error")) for holder in holders)), None)
    if error is not None:
        code = error.get("code")
        answer.error_type = None if code is None else str(code)
        answer.error = string(error.get("message")) or answer.error_type or "error"


def _content(choices: list[Json]) -> Any:
    contents = [_content_of(choice) for choice in choices]
    if len(contents) == 1:
        return contents[0]
    return [{"type": "text", "text": content} for content in contents]


def _content_of(choice: Json) -> Any:
    message = mapping(choice.get("message"))
    if message.get("content"):
        return text_and_thoughts(message["content"])[0]
    audio = mapping(message.get("audio"))
    return message.get("refusal") or audio.get("transcript") or choice.get("text") or ""


def _tool_calls(message: Any) -> list[Json]:
    calls = []
    for call in objects(message.get("tool_calls")):
        called = mapping(call.get("function") or call.get("custom"))
        arguments = called.get("arguments", called.get("input"))
        calls.append(tool_call(call.get("id"), called.get("name"), arguments))
    if not calls and isinstance(message.get("function_call"), dict):
        called = message["function_call"]
        calls.append(tool_call(None, called.get("name"), called.get("arguments")))
    return calls


class ChatFold:
    """Chunks of a stream to the answer that they are pieces of.

    `add` takes the client's objects and is written for speed: it runs for every token.
    """

    def __init__(self, as_dict: Callable[[Any], Any]) -> None:
        self._as_dict = as_dict
        self._texts: defaultdict[int, list[str]] = defaultdict(list)
        self._reasoning: list[str] = []
        self._calls: dict[int, Json] = {}
        self._answer = Answer()

    def add(self, chunk: Any) -> bool:
        """Take in a chunk; True if it carries something the model said."""
        answer = self._answer
        if answer.response_id is None:
            answer.response_id = getattr(chunk, "id", None)
            answer.response_model = getattr(chunk, "model", None)
        usage = getattr(chunk, "usage", None)
        if usage is not None:
            answer.usage = usage
        said = False
        choices = getattr(chunk, "choices", None)
        if type(choices) is list:
            for choice in choices:
                said = self._add_choice(choice) or said
        extras = getattr(chunk, "__pydantic_extra__", None)
        if extras:
            self._add_extras(extras)
        return said

    def _add_choice(self, choice: Any) -> bool:
        index = _number(getattr(choice, "index", 0), 0)
        reason = getattr(choice, "finish_reason", None)
        if reason is not None and not index:
            self._answer.finish_reason = reason
        delta = getattr(choice, "delta", None)
        if delta is None:  # the older completions
            return self._add_text(index, getattr(choice, "text", None))
        said = self._add_text(index, getattr(delta, "content", None))
        calls = getattr(delta, "tool_calls", None)
        if calls and type(calls) is list:
            said = True
            for piece in calls:
                self._add_call(piece)
        extra = getattr(delta, "__pydantic_extra__", None)
        if extra:
            said = self._add_reasoning(extra) or said
        return self._add_text(index, getattr(delta, "refusal", None)) or said

    def _add_text(self, index: int, text: Any) -> bool:
        if not text:
            return False
        if type(text) is not str:
            return self._add_parts(index, text)
        self._texts[index].append(text)
        return True

    def _add_parts(self, index: int, parts: Any) -> bool:
        """Mistral's thoughts come so; of other parts in a stream only the texts are kept."""
        thoughts = list(filter(None, map(thought_in, objects(parts))))
        self._reasoning.extend(thoughts)
        return self._add_text(index, texts_in(parts)) or bool(thoughts)

    def _add_reasoning(self, extra: Any) -> bool:
        said = mapping(extra)
        for key in _REASONING_KEYS:
            if isinstance(said.get(key), str) and said[key]:
                self._reasoning.append(said[key])
                return True
        return False

    def _add_call(self, piece: Any) -> int:
        """Id and name come once, the arguments in pieces; the number of the call they are of."""
        called = getattr(piece, "function", None) or getattr(piece, "custom", None)
        call_id, name = getattr(piece, "id", None), getattr(called, "name", None)
        number = _number(getattr(piece, "index", None), None)
        if number is None:
            number = self._next_number(call_id, name)
        call = self._calls.setdefault(number, {"id": None, "name": None, "arguments": []})
        call["id"] = call_id or call["id"]
        call["name"] = name or call["name"]
        arguments = getattr(called, "arguments", None) or getattr(called, "input", None)
        call["arguments"].append(text_of(arguments))
        return number

    def _next_number(self, call_id: str | None, name: str | None) -> int:
        """Gemini leaves the index out: another id, or a name alone, begins the next call."""
        last = max(self._calls, default=-1)
        is_next = call_id != self._calls[last]["id"] if call_id and self._calls else bool(name)
        return last + 1 if is_next or last < 0 else last

    def _add_extras(self, extra: Json) -> None:
        """Groq says the usage of a stream in a place of its own."""
        usage = mapping(mapping(extra).get("x_groq")).get("usage")
        if usage is not None:
            self._answer.usage = usage

    def answer(self) -> Answer:
        answer = self._answer
        texts = ["".join(self._texts[index]) for index in sorted(self._texts)]
        if len(texts) == 1:
            answer.content = texts[0]
        elif texts:
            answer.content = [{"type": "text", "text": text} for text in texts]
        answer.usage = self._as_dict(answer.usage)
        answer.reasoning = joined(self._reasoning)
        answer.tool_calls = [
            tool_call(call["id"], call["name"], "".join(call["arguments"]))
            for _, call in sorted(self._calls.items())
        ]
        return answer


def _number(index: Any, otherwise: T) -> int | T:
    """A place among others, if it is one: what a server sends may be anything."""
    return index if type(index) is int else otherwise
