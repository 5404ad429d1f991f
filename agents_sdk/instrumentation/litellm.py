"""LiteLLM's callback, for providers that it calls with an HTTP client of its own.

    litellm.callbacks = [LiteLLMLogger(logger)]

LiteLLM must be installed; this module is loaded by whoever uses it. Its calls to OpenAI and what is
like it go through the `openai` client: if that is recorded, they are left to it.
"""

import weakref
from asyncio import CancelledError
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from agents_sdk import context
from agents_sdk.instrumentation.clientobjects import as_dict
from agents_sdk.instrumentation.guard import shielded
from agents_sdk.instrumentation.litellmends import watch_ends
from agents_sdk.instrumentation.litellmprivacy import (
    end_silence,
    is_private,
    is_silent,
    keep_silent,
)
from agents_sdk.instrumentation.litellmstreams import Pieces, mark_of, watch_streams
from agents_sdk.instrumentation.recording import ABANDONED, COMPLETE, Logger, Recording
from agents_sdk.normalise.litellm import (
    answer_of,
    is_call,
    may_estimate_tokens,
    prompt_of,
    provider_of,
)
from agents_sdk.normalise.redacting import redacted_prompt
from agents_sdk.normalise.shapes import Answer

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
        if is_silent(kwargs):
            keep_silent(mark_of(kwargs))
            return
        if call_id in self._calls or not is_call(kwargs):  # tried again, or none of a model
            return
        is_kept_private = self._is_private(kwargs)
        prompt = prompt_of(model, messages, kwargs)
        prompt = redacted_prompt(prompt) if is_kept_private else prompt
        recording = Recording(self._logger, provider_of(kwargs), prompt)
        recording.is_private = is_kept_private
        if len(self._calls) >= _MAX_CALLS:
            self._calls.pop(next(iter(self._calls)), None)
        self._calls[call_id] = recording, context.observe_calls(is_private=is_kept_private)
        watch_streams()
        watch_ends()
        mark = mark_of(kwargs)
        mark.pieces.recordings.append(recording)
        mark.pieces.on_end.append(self.log_success_event)
        left = weakref.finalize(mark, self._left, call_id, mark.pieces)
        left.atexit = False  # LiteLLM tells of the last ends at exit itself, after such finalizers

    def _is_private(self, kwargs: Any) -> bool:
        """Whether the words are to be kept out of all logs, or out of those of this callback."""
        return is_private(kwargs) or getattr(self, "message_logging", True) is not True

    @shielded
    def _left(self, call_id: Any, pieces: Pieces) -> None:
        """Nobody holds the call any more, and nobody told of its end."""
        recording = self._unrecorded({"litellm_call_id": call_id})
        if recording is None:
            return
        if recording.is_stream:
            recording.succeed(pieces.answer() or Answer(), ABANDONED)
        else:
            recording.fail(CancelledError())

    @shielded
    def log_post_api_call(self, kwargs: Any, *_: Any, **__: Any) -> None:
        """The answer begins: told in the context of the call, of a stream before its pieces."""
        found = self._calls.get(kwargs.get("litellm_call_id"))
        if found is not None:
            context.stop_observing(found[1])
        elif is_silent(kwargs):
            end_silence(mark_of(kwargs))

    @shielded
    def log_success_event(
        self, kwargs: Any, response_obj: Any, start_time: Any = None, end_time: Any = None
    ) -> None:
        recording = self._unrecorded(kwargs)
        if recording is not None:
            _time(recording, kwargs, end_time)
            recording.is_private = recording.is_private or self._is_private(kwargs)
            answer = _with_exact_counts(answer_of(as_dict(response_obj)), kwargs)
            recording.succeed(answer, COMPLETE if recording.is_stream else None)

    @shielded
    def log_failure_event(
        self, kwargs: Any, response_obj: Any = None, start_time: Any = None, end_time: Any = None
    ) -> None:
        recording = self._unrecorded(kwargs)
        if recording is not None:
            _time(recording, kwargs, end_time)
            recording.is_private = recording.is_private or self._is_private(kwargs)
            error, mark = kwargs.get("exception"), mark_of(kwargs)
            is_error = isinstance(error, BaseException)
            recording.fail(
                error if is_error else RuntimeError(str(error)),
                mark.pieces.answer() if recording.is_stream else None,
            )

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


def _time(recording: Recording, details: Any, ended_at: Any) -> None:
    """LiteLLM's own times: it tells of an end in another thread, when that has the time."""
    started_at = details.get("api_call_start_time")
    first_at = details.get("completion_start_time")
    recording.timed(_between_ms(started_at, first_at), _between_ms(started_at, ended_at))
    if isinstance(ended_at, datetime):
        recording.extras["timestamp"] = ended_at.timestamp()


def _with_exact_counts(answer: Answer, details: Any) -> Answer:
    """Of a stream without counts LiteLLM hands over its own estimate, and does not say so."""
    if not may_estimate_tokens(details) or mark_of(details).pieces.has_counts():
        return answer
    return replace(answer, usage=None)


def _between_ms(start: Any, end: Any) -> float | None:
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return None
    return max((end - start) / timedelta(milliseconds=1), 0.0)


def LiteLLMLogger(logger: Logger) -> Any:
    """A logger for `litellm.callbacks`. Raises ImportError without LiteLLM."""
    base = import_module("litellm.integrations.custom_logger").CustomLogger
    return type("LiteLLMLogger", (_Callbacks, base), {})(logger)
