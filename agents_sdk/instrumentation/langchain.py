"""LangChain's callbacks, for models that call no client which is recorded already.

    model.invoke("Hello", config={"callbacks": [CallbackHandler(logger)]})

LangChain must be installed; this module is loaded by whoever uses it. What goes through a recorded
client is left to that client, so a call is never logged twice.
"""

import json
from dataclasses import replace
from importlib import import_module
from typing import Any
from uuid import UUID

from agents_sdk import context
from agents_sdk.codec import loads
from agents_sdk.instrumentation.guard import shielded
from agents_sdk.instrumentation.langchainstreams import first_counts, watch_first_counts
from agents_sdk.instrumentation.recording import CLOSED, COMPLETE, Logger, Recording
from agents_sdk.normalise.langchain import provider_of, says_something
from agents_sdk.normalise.shapes import Answer, Json, Prompt, joined, mapping, text_of, tool_call

_ROLES = {"human": "user", "ai": "assistant"}
_FINISH_KEYS = ("finish_reason", "stop_reason", "stopReason", "status")
_MEDIA = ("image", "image_url", "audio", "video", "file", "media")
"""A tuple: a type may be of any type itself, and a set would ask for its hash."""
_OWN = ("model", "model_name", "model_id", "_type", "tools", "functions", "stream")


class _Run:
    def __init__(self, recording: Recording, observer: context.CallObserver) -> None:
        self.recording = recording
        self.observer = observer
        self.first_counts: Any = None

    def end(self, how: str) -> str | None:
        return how if self.recording.is_stream else None

    def left_with(self, answer: Answer) -> Answer:
        """What had come of a stream; its counts, if there are none, are those of the beginning."""
        return answer if answer.usage else replace(answer, usage=self.first_counts)


class _Callbacks:
    """The events of LangChain that matter; each is told in the context of its call."""

    raise_error = False
    run_inline = True
    """In the caller's own task: only so does the recorded client meet the observer."""

    def __init__(self, logger: Logger) -> None:
        super().__init__()
        self._logger = logger
        self._runs: dict[UUID, _Run] = {}

    @shielded
    def on_chat_model_start(
        self, serialized: Any, messages: Any, *, run_id: UUID, **kwargs: Any
    ) -> None:
        asked = mapping(kwargs.get("invocation_params"))
        known = mapping(kwargs.get("metadata"))
        prompt = Prompt(
            model=_model(asked, known),
            messages=[_message(message) for message in messages[0]],
            tools=asked.get("tools") or asked.get("functions"),
            request={key: value for key, value in asked.items() if key not in _OWN},
        )
        recording = Recording(self._logger, provider_of(serialized, known), prompt)
        watch_first_counts()
        self._runs[run_id] = _Run(recording, context.observe_calls())

    @shielded
    def on_llm_start(
        self, serialized: Any, prompts: list[str], *, run_id: UUID, **kwargs: Any
    ) -> None:
        said = [{"role": "user", "content": prompt} for prompt in prompts]
        self.on_chat_model_start(serialized, [said], run_id=run_id, **kwargs)

    @shielded
    def on_llm_new_token(self, token: Any, *, chunk: Any = None, run_id: UUID, **_: Any) -> None:
        run = self._runs.get(run_id)
        if run is not None:
            context.stop_observing(run.observer)
            run.recording.is_stream = True
            run.first_counts = run.first_counts or first_counts(chunk)
            if says_something(token, chunk):
                run.recording.first_token()

    @shielded
    def on_llm_end(self, response: Any, *, run_id: UUID, **_: Any) -> None:
        run = self._ended(run_id)
        if run is not None:
            run.recording.succeed(_first_answer(response), run.end(COMPLETE))

    @shielded
    def on_llm_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        """A stream that its reader left ends here too; `response` is what had come by then."""
        run = self._ended(run_id)
        if run is None:
            return
        answer = run.left_with(_first_answer(kwargs.get("response")))
        if isinstance(error, GeneratorExit):
            run.recording.succeed(answer, CLOSED)
        else:
            run.recording.fail(error, answer if run.recording.is_stream else None)

    def _ended(self, run_id: UUID) -> _Run | None:
        """A run that is over, if no recorded client made its call."""
        run = self._runs.pop(run_id, None)
        if run is None:
            return None
        context.stop_observing(run.observer)
        return None if run.observer.was_recorded else run


def CallbackHandler(logger: Logger) -> Any:
    """A handler for LangChain's `callbacks`. Raises ImportError without LangChain."""
    base = import_module("langchain_core.callbacks").BaseCallbackHandler
    return type("CallbackHandler", (_Callbacks, base), {})(logger)


def _model(asked: Any, known: Any) -> str:
    names = (asked.get("model"), asked.get("model_name"), asked.get("model_id"))
    return next(filter(None, map(text_of, (*names, known.get("ls_model_name")))), "")


def _message(message: Any) -> Any:
    if isinstance(message, dict):
        return message
    said: Json = {"role": _ROLES.get(message.type, message.type), "content": message.content}
    calls = getattr(message, "tool_calls", None)
    if calls:
        said["tool_calls"] = [_call(call) for call in calls]
    if getattr(message, "tool_call_id", None):
        said["tool_call_id"] = message.tool_call_id
    return said


def _call(call: Json) -> Json:
    return tool_call(call.get("id"), call.get("name"), call.get("args"))


def _first_answer(response: Any) -> Answer:
    generations = getattr(response, "generations", None)
    if not generations or not generations[0]:
        return Answer()
    return _answer(generations[0][0], response.llm_output)


def _answer(generation: Any, output: Any) -> Answer:
    message = getattr(generation, "message", None)
    facts = mapping(getattr(message, "response_metadata", None))
    usage = getattr(message, "usage_metadata", None) or mapping(output).get("token_usage")
    return Answer(
        content=generation.text if message is None else _text(message.content),
        tool_calls=[_call(call) for call in getattr(message, "tool_calls", None) or ()],
        reasoning=_reasoning(message),
        finish_reason=_finish_reason(facts),
        response_model=facts.get("model_name") or facts.get("model"),
        response_id=facts.get("id") or getattr(message, "id", None),
        usage=loads(json.dumps(usage, default=str)) if usage else None,
    )


def _finish_reason(facts: Any) -> str | None:
    """OpenAI's, Anthropic's, Bedrock's and that of the Responses API, which has a status."""
    incomplete = mapping(facts.get("incomplete_details")).get("reason")
    known = (incomplete, *(facts.get(name) for name in _FINISH_KEYS))
    return next((reason for reason in known if isinstance(reason, str) and reason), None)


def _reasoning(message: Any) -> str | None:
    said = mapping(getattr(message, "additional_kwargs", None)).get("reasoning_content")
    if isinstance(said, str) and said:
        return said
    content = getattr(message, "content", None)
    blocks = content if isinstance(content, list) else []
    return joined(text_of(mapping(block).get("thinking")) for block in blocks)


def _text(content: Any) -> Any:
    """What was said; the parts, if there are pictures, sound or files among them."""
    if not isinstance(content, list):
        return content
    said = [{"type": "text", "text": part} if isinstance(part, str) else part for part in content]
    if any(map(_is_medium, said)):
        return [part for part in said if _is_medium(part) or text_of(mapping(part).get("text"))]
    return "".join(text_of(mapping(part).get("text")) for part in said)


def _is_medium(part: Any) -> bool:
    return mapping(part).get("type") in _MEDIA
