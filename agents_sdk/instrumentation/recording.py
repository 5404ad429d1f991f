"""One call from its start to its one entry.

The prompt is encoded when the call starts, so that nobody can change it later; the entry is
written when the call ends, in the thread where it ends, exactly once: by the process that began
it, not by a child that inherited the open stream.
"""

import os
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from agents_sdk import context
from agents_sdk.codec import EncodedJson
from agents_sdk.instrumentation.guard import shielded
from agents_sdk.normalise.asked import encoded
from agents_sdk.normalise.executed import open_calls
from agents_sdk.normalise.failures import RETRYABLE, Failure, error_class_of_code, failure_of
from agents_sdk.normalise.finish import finish_reason
from agents_sdk.normalise.media import with_bounded_media
from agents_sdk.normalise.redacting import redacted_answer, redacted_failure
from agents_sdk.normalise.shapes import Answer, Prompt

COMPLETE = "complete"
CLOSED = "closed"
ABANDONED = "abandoned"
ERROR = "error"

Extras = dict[str, Any]


class Logger(Protocol):
    """What a call is recorded with; both loggers of this package are such."""

    def log_call_sync(
        self,
        model_name: str,
        provider: str,
        messages: Any,
        tools: Any,
        response: Any,
        latency_ms: float,
        error: Any = None,
        **extra: Any,
    ) -> str: ...


_process = object()
"""This process; another object in a child. Comparing costs less than asking for the pid."""


def _become_another_process() -> None:
    global _process
    _process = object()


os.register_at_fork(after_in_child=_become_another_process)


class Recording:
    """A call that is under way. Every method may be called by the patched code without care."""

    def __init__(
        self,
        logger: Logger,
        provider: str,
        prompt: Prompt,
        monotonic: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._monotonic = monotonic
        self._started_at = monotonic()
        self._first_token_ms: float | None = None
        self._ended_ms: float | None = None
        self._logger = logger
        self._provider = provider
        self._model = prompt.model
        self._messages = EncodedJson(with_bounded_media(prompt.messages))
        self._tools = None if prompt.tools is None else encoded(prompt.tools)
        self._request = encoded(prompt.request) if prompt.request else None
        self._context = context.current()
        self._process = _process
        self._is_finished = False
        self._lock = threading.Lock()
        self.is_stream = prompt.is_stream
        self.is_private = False
        self.extras: Extras = {}

    def first_token(self) -> None:
        """The model said its first piece now."""
        if self._first_token_ms is None:
            self._first_token_ms = self._elapsed_ms()

    def timed(self, first_token_ms: float | None, ended_ms: float | None) -> None:
        """Somebody else measured, from the start of the call; None is not known."""
        if first_token_ms is not None and self.is_stream:
            self._first_token_ms = round(first_token_ms, 3)
        if ended_ms is not None:
            self._ended_ms = round(ended_ms, 3)

    def end_of_waiting(self) -> None:
        """The provider is done now; what the caller does until it says so is not its time."""
        self._ended_ms = self._elapsed_ms()

    def resume_waiting(self) -> None:
        """The caller reads on: what comes now is the provider's time again."""
        self._ended_ms = None

    @shielded
    def succeed(self, answer: Answer, stream_end: str | None = None) -> None:
        """The call ended, and this is its answer (as far as it came, if it was a stream)."""
        if self._is_first():
            is_error = answer.error is not None and stream_end is not None
            self._write(answer, None, ERROR if is_error else stream_end)

    @shielded
    def fail(
        self, error: BaseException, answer: Answer | None = None, *, is_of_parsing: bool = False
    ) -> None:
        """The call raised, perhaps in the middle of its answer, or over what the answer says."""
        if self._is_first():
            in_stream = answer is not None and self.is_stream
            failure = failure_of(error, in_stream=in_stream, is_of_parsing=is_of_parsing)
            self._write(answer, failure, ERROR if in_stream else None)

    def _is_first(self) -> bool:
        if self._process is not _process:
            return False
        with self._lock:
            is_first, self._is_finished = not self._is_finished, True
        return is_first

    def _elapsed_ms(self) -> float:
        return round((self._monotonic() - self._started_at) * 1000, 3)

    def _write(
        self, answer: Answer | None, failure: Failure | None, stream_end: str | None
    ) -> None:
        latency_ms = self._elapsed_ms() if self._ended_ms is None else self._ended_ms
        if self.is_private:
            answer = None if answer is None else redacted_answer(answer)
            failure = None if failure is None else redacted_failure(failure)
        extra = context.context_fields(self._context, context.new_span_id())
        if answer is not None:
            extra.update(_facts_of_answer(answer))
        if failure is not None:
            extra.update(_facts_of_failure(failure))
        if self.is_stream:
            extra["stream"] = True
            extra["stream_end"] = stream_end
            extra["time_to_first_token_ms"] = self._first_token_ms
        if self._request is not None:
            extra["request"] = self._request
        extra.update(self.extras)
        self._logger.log_call_sync(
            self._model,
            self._provider,
            self._messages,
            self._tools,
            None if answer is None else _response(answer),
            latency_ms,
            _error(answer, failure),
            **{key: value for key, value in extra.items() if value is not None},
        )


def _response(answer: Answer) -> dict[str, Any]:
    content, calls = answer.content, answer.tool_calls
    return {
        "content": content if type(content) is str else with_bounded_media(content),
        "tool_calls": with_bounded_media(calls) if calls else calls,
        "usage": answer.usage,
    }


def _error(answer: Answer | None, failure: Failure | None) -> str | None:
    if failure is not None:
        return failure.error
    return None if answer is None else answer.error


def _facts_of_answer(answer: Answer) -> Extras:
    reason = finish_reason(answer.finish_reason, has_tool_calls=bool(open_calls(answer.tool_calls)))
    facts: Extras = {
        "finish_reason": reason,
        "reasoning": answer.reasoning,
        "response_model": answer.response_model,
        "response_id": answer.response_id,
        "service_tier": answer.service_tier,
        "server_latency_ms": answer.server_latency_ms,
    }
    if reason != answer.finish_reason:
        facts["provider_finish_reason"] = answer.finish_reason
    if answer.error is not None:
        facts["error_type"] = answer.error_type
        facts["error_class"] = error_class_of_code(answer.error_type)
        facts["retryable"] = facts["error_class"] in RETRYABLE
    return facts


def _facts_of_failure(failure: Failure) -> Extras:
    return {
        "error_type": failure.error_type,
        "error_class": failure.error_class,
        "error_code": failure.error_code,
        "status_code": failure.status_code,
        "request_id": failure.request_id,
        "retryable": failure.is_retryable,
    }
