"""LiteLLM's callback, for providers that it calls with an HTTP client of its own.

    litellm.callbacks = [LiteLLMLogger(logger)]

LiteLLM must be installed; this module is loaded by whoever uses it. Its calls to OpenAI and what is
like it go through the `openai` client: if that is recorded, they are left to it.
"""

from importlib import import_module
from typing import Any

from agents_sdk import context
from agents_sdk.instrumentation.clientobjects import as_dict
from agents_sdk.instrumentation.guard import shielded
from agents_sdk.instrumentation.recording import Logger, Recording
from agents_sdk.normalise import openai_chat
from agents_sdk.normalise.shapes import Prompt, items, mapping, text_of

_MAX_CALLS = 10_000
"""Calls that are never reported as ended are forgotten, the oldest first."""


class _Callbacks:
    """What LiteLLM tells before a call (in its context) and after it (in any thread)."""

    def __init__(self, logger: Logger) -> None:
        super().__init__()
        self._logger = logger
        self._calls: dict[Any, tuple[Recording, context.CallObserver]] = {}

    @shielded
    def log_pre_api_call(self, model: Any, messages: Any, kwargs: Any) -> None:
        call_id = kwargs.get("litellm_call_id")
        if call_id in self._calls:  # tried again
            return
        asked = mapping(kwargs.get("optional_params"))
        prompt = Prompt(
            model=text_of(model),
            messages=items(messages),
            tools=asked.get("tools"),
            request={key: asked[key] for key in asked if key not in ("tools", "stream")},
            is_stream=bool(kwargs.get("stream") or asked.get("stream")),
        )
        provider = text_of(mapping(kwargs.get("litellm_params")).get("custom_llm_provider"))
        recording = Recording(self._logger, provider or "litellm", prompt)
        if len(self._calls) >= _MAX_CALLS:
            self._calls.pop(next(iter(self._calls)), None)
        self._calls[call_id] = recording, context.observe_calls()

    @shielded
    def log_post_api_call(self, kwargs: Any, *_: Any, **__: Any) -> None:
        """The answer begins: told in the context of the call, of a stream before its pieces."""
        found = self._calls.get(kwargs.get("litellm_call_id"))
        if found is not None:
            context.stop_observing(found[1])

    @shielded
    def log_success_event(self, kwargs: Any, response_obj: Any, *_: Any, **__: Any) -> None:
        recording = self._unrecorded(kwargs)
        if recording is not None:
            answer = openai_chat.answer_of(as_dict(response_obj) or {})
            recording.succeed(answer, "complete" if recording.is_stream else None)

    @shielded
    def log_failure_event(self, kwargs: Any, *_: Any, **__: Any) -> None:
        recording = self._unrecorded(kwargs)
        if recording is not None:
            error = kwargs.get("exception")
            is_error = isinstance(error, BaseException)
            recording.fail(error if is_error else RuntimeError(str(error)))

    async def async_log_success_event(self, *args: Any, **kwargs: Any) -> None:
        self.log_success_event(*args, **kwargs)

    async def async_log_failure_event(self, *args: Any, **kwargs: Any) -> None:
        self.log_failure_event(*args, **kwargs)

    def _unrecorded(self, kwargs: Any) -> Recording | None:
        """The recording of a call, if this is the first to say that it ended, and its only one."""
        found = self._calls.pop(kwargs.get("litellm_call_id"), None)
        if found is None:
            return None
        recording, observer = found
        context.stop_observing(observer)
        return None if observer.was_recorded else recording


def LiteLLMLogger(logger: Logger) -> Any:
    """A logger for `litellm.callbacks`. Raises ImportError without LiteLLM."""
    base = import_module("litellm.integrations.custom_logger").CustomLogger
    return type("LiteLLMLogger", (_Callbacks, base), {})(logger)
