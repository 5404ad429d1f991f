"""From a call and what came of it to the arguments of a logger: one form for history and live."""

from dataclasses import dataclass
from typing import Any

from agents_sdk.loggers.base import CallLogger
from demo import anthropicwire
from demo.calls import Call, tools_of
from demo.scene import CUT, Failure


@dataclass(slots=True)
class Outcome:
    """What a client library made of an answer."""

    content: str = ""
    tool_calls: list[dict[str, str]] | None = None
    usage: dict[str, Any] | None = None
    finish_reason: str | None = None
    reasoning: str = ""
    response_model: str | None = None
    request_id: str | None = None
    first_token_ms: int | None = None
    error: BaseException | str | None = None
    error_type: str | None = None


def expected_outcome(call: Call) -> Outcome:
    """What a library would make of a call that goes as it is meant to."""
    if isinstance(call.outcome, Failure):
        failure = call.outcome
        is_cut = failure.status == CUT
        return Outcome(
            content="Let me put that together for you. The best" if is_cut else "",
            error=f"{failure.exception}: {_words(call, failure)}",
            error_type=failure.exception,
            first_token_ms=round(call.first_token_seconds * 1000) if is_cut else None,
        )
    return Outcome(
        content=call.outcome.text,
        tool_calls=call.tool_calls,
        usage=call.usage,
        finish_reason=call.finish_reason,
        reasoning=call.outcome.reasoning,
        response_model=call.model,
        first_token_ms=round(call.first_token_seconds * 1000) if call.is_streamed else None,
    )


def _words(call: Call, failure: Failure) -> str:
    """What the provider's library says: Anthropic's shows the whole body."""
    if failure.status < 400:
        return failure.message
    is_whole = call.agent.provider == "anthropic"
    said = anthropicwire.error(failure) if is_whole else failure.message
    return f"Error code: {failure.status} - {said}"


def announce(logger: CallLogger, call: Call) -> str:
    """Say that a call begins; the log id for its record."""
    return logger.announce_call(
        call.model,
        call.agent.provider,
        call.messages,
        session_id=call.session_id,
        stream=call.is_streamed,
    )


def record(
    logger: CallLogger, call: Call, outcome: Outcome, seconds: float, *, log_id: str | None = None
) -> None:
    """Log a call as an agent does."""
    is_answered = outcome.error is None or bool(outcome.content)
    response = {
        "content": outcome.content,
        "tool_calls": outcome.tool_calls,
        "usage": outcome.usage,
    }
    extra = {
        "log_id": log_id,
        "response_model": outcome.response_model,
        "finish_reason": outcome.finish_reason,
        "time_to_first_token_ms": outcome.first_token_ms,
        "reasoning": outcome.reasoning or None,
        "request_id": outcome.request_id,
        "error_type": outcome.error_type,
        "session_id": call.session_id,
        "tags": list(call.tags) or None,
        "request": call.request,
        "stream": call.is_streamed or None,
    }
    logger.log_call_sync(
        call.model,
        call.agent.provider,
        call.messages,
        tools_of(call.agent),
        response if is_answered else None,
        round(seconds * 1000),
        outcome.error,
        **{key: value for key, value in extra.items() if value is not None},
    )
