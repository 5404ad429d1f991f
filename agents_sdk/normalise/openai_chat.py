"""OpenAI's chat completions (Azure, and everybody compatible) and its older completions."""

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

from agents_sdk.normalise.chatchoice import REASONING_KEYS, ChoiceFold, parts_of
from agents_sdk.normalise.contentparts import text_and_thoughts
from agents_sdk.normalise.saiderrors import error_said_in
from agents_sdk.normalise.shapes import (
    Answer,
    Json,
    Prompt,
    items,
    mapping,
    objects,
    string,
    text_message,
    text_of,
    tool_call,
    without,
)


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
    """The first choice; further ones (`n` > 1) follow as further parts of the content."""
    choices = objects(completion.get("choices"))
    answer = Answer(
        response_model=string(completion.get("model")),
        response_id=string(completion.get("id")),
        usage=completion.get("usage"),
        service_tier=string(completion.get("service_tier")),
    )
    _add_error(answer, completion)
    if not choices:
        return answer
    message = mapping(choices[0].get("message"))
    answer.content = _content(choices)
    answer.reasoning = _thoughts(message)
    answer.finish_reason = string(choices[0].get("finish_reason"))
    answer.tool_calls = _tool_calls(message)
    return answer


def is_answer(completion: Json) -> bool:
    """Whether a body is a completion; one without choices at least counts its tokens."""
    return type(completion.get("choices")) is list or completion.get("usage") is not None


def _add_error(answer: Answer, said: Mapping[str, Any]) -> None:
    error = error_said_in(said)
    if error is not None:
        answer.error, answer.error_type = error.text, error.code


def _content(choices: list[Json]) -> Any:
    first = _content_of(choices[0])
    if len(choices) == 1:
        return first
    parts = parts_of(first, None, [])
    for choice in choices[1:]:
        message = mapping(choice.get("message"))
        parts += parts_of(_content_of(choice), _thoughts(message), _tool_calls(message))
    return parts


def _thoughts(message: Any) -> Any:
    _, thoughts = text_and_thoughts(message.get("content"))
    return next(filter(None, map(message.get, REASONING_KEYS)), thoughts)


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

    def __init__(
        self, as_dict: Callable[[Any], Any], new_choice: Callable[[], ChoiceFold] = ChoiceFold
    ) -> None:
        self._as_dict = as_dict
        self._new_choice = new_choice
        self._choices: dict[int, ChoiceFold] = {}
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
                index = getattr(choice, "index", 0)
                known = self._choices.get(index) if type(index) is int else None
                said = (known or self._choice(index)).add(choice) or said
        extras = getattr(chunk, "__pydantic_extra__", None)
        if extras:
            self._add_extras(extras)
        return said

    def _choice(self, index: Any) -> ChoiceFold:
        """The choice at a place; what is no place counts as the first."""
        place = index if type(index) is int else 0
        if place not in self._choices:
            self._choices[place] = self._new_choice()
        return self._choices[place]

    def _add_extras(self, extra: Json) -> None:
        """Groq says the usage of a stream in a place of its own; errors come so too."""
        said = mapping(extra)
        usage = mapping(said.get("x_groq")).get("usage")
        if usage is not None:
            self._answer.usage = usage
        if self._answer.error is None:
            _add_error(self._answer, said)

    def first_choice(self) -> ChoiceFold | None:
        """The choice that an entry is about."""
        return self._choices[min(self._choices)] if self._choices else None

    def answer(self) -> Answer:
        answer = self._answer
        choices = [self._choices[place] for place in sorted(self._choices)]
        answer.usage = self._as_dict(answer.usage)
        if not choices:
            return answer
        first, *others = choices
        answer.content = first.text()
        answer.reasoning = first.reasoning()
        answer.tool_calls = first.tool_calls()
        answer.finish_reason = first.finish_reason
        if others:
            parts = [parts_of(one.text(), one.reasoning(), one.tool_calls()) for one in others]
            answer.content = [*parts_of(answer.content, None, []), *chain(*parts)]
        return answer
