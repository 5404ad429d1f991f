"""Where the calls of a run are logged, and how they hang together.

All calls of a run have one trace id. Their parent is the run; a run that a tool starts belongs to
the trace of the call that asked for the tool, and has that call as its parent.
"""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from agents_sdk import config, context
from agents_sdk.client import AgentClient
from agents_sdk.instrumentation.announcing import announce
from agents_sdk.instrumentation.recording import COMPLETE, Logger, Recording
from agents_sdk.instrumentation.streams import Fold
from agents_sdk.loggers.event import EventBasedLLMLogger
from agents_sdk.loggers.file import LLMCallLogger
from agents_sdk.normalise.shapes import Answer, Json, Prompt
from agents_sdk.providers.model import ModelProvider, Turn

MAX_KEPT_LOGGERS = 64

_log = logging.getLogger("agents_sdk")


class CallRecord:
    """The entry of one call that is under way; never raises."""

    def __init__(
        self,
        logger: Logger | None,
        model: ModelProvider,
        turns: Sequence[Turn],
        tools: Sequence[Json],
    ) -> None:
        self.span_id = context.new_span_id()
        self._recording: Recording | None = None
        self._fold: Fold | None = None
        if logger is None:
            return
        try:
            messages = [turn.message for turn in turns]
            prompt = Prompt(
                model.model_name,
                messages,
                list(tools) or None,
                model.parameters,
                is_stream=model.is_streaming,
            )
            self._recording = Recording(logger, model.name, prompt)
            self._recording.extras["span_id"] = self.span_id
            announce(logger, model.name, prompt, self._recording.extras)
        except Exception as error:
            _log.warning("a call could not be recorded: %r", error)

    def begins(self, fold: Fold) -> None:
        self._fold = fold

    def first_token(self) -> None:
        if self._recording is not None:
            self._recording.first_token()

    def succeed(self, answer: Answer) -> None:
        if self._recording is not None:
            self._recording.succeed(answer, COMPLETE if self._recording.is_stream else None)

    def fail(self, error: BaseException) -> None:
        """Of a stream that broke, what came of it is part of the entry."""
        if self._recording is not None:
            self._recording.fail(error, _so_far(self._fold))


def _so_far(fold: Fold | None) -> Answer | None:
    """What came of a stream, however odd its pieces were; None before it was open."""
    if fold is None:
        return None
    try:
        return fold.answer()
    except Exception as error:
        _log.warning("what came of a stream could not be read: %r", error)
        return Answer()


@contextmanager
def run_trace() -> Iterator[str]:
    """The trace of a run: the one it was started in, else a new one."""
    outer = context.current().trace_id
    if outer is not None:
        yield outer
        return
    with context.trace() as trace_id:
        yield trace_id


@contextmanager
def inside_call(record: CallRecord) -> Iterator[None]:
    """What happens here was asked for by this call."""
    with context.parent_span(context.current().trace_id or "", record.span_id):
        yield


def logger_for(agent_id: str | None, client: AgentClient | None, source_id: str) -> Logger | None:
    """Report by the client; without one write `AGENTS_SDK_WORKSPACE`, else report to the URL.

    None if no logger can be made for this agent: the run goes on without, and a warning says so.
    """
    settings = config.from_environment()
    named = settings.agent_id if os.environ.get("AGENTS_SDK_AGENT_ID") else source_id
    chosen = agent_id or getattr(client, "agent_id", None) or named or settings.agent_id
    try:
        if client is not None:
            return _reporting(chosen, client)
        if os.environ.get("AGENTS_SDK_WORKSPACE"):
            return _writing(chosen, str(settings.workspace))
        return _reporting_to(chosen, settings.url, str(settings.spool_dir))
    except Exception as error:
        _log.warning("the calls of this run are not logged: %s", error)
        return None


@lru_cache(maxsize=MAX_KEPT_LOGGERS)
def _reporting(agent_id: str, client: AgentClient) -> Logger:
    return EventBasedLLMLogger(agent_id, client)


@lru_cache(maxsize=MAX_KEPT_LOGGERS)
def _writing(agent_id: str, workspace: str) -> Logger:
    return LLMCallLogger(workspace, agent_id)


@lru_cache(maxsize=MAX_KEPT_LOGGERS)
def _reporting_to(agent_id: str, url: str, spool_dir: str) -> Logger:
    return EventBasedLLMLogger(agent_id, AgentClient(agent_id, url), spool_dir=spool_dir)


def source_of(situation: Any) -> str:
    return str(getattr(situation.incoming_event, "source_id", "") or "")
