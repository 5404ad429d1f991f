"""What both loggers share: a call becomes a line, and whatever goes wrong stays inside."""

import contextlib
import os
import time
from collections.abc import Callable
from typing import Any

from agents_sdk.codec import encode_line
from agents_sdk.delivery import Deliveries, DeliveryReport, reason_of
from agents_sdk.entry import build_entry
from agents_sdk.failing import is_of_a_signal
from agents_sdk.files.names import check_agent_id

FLUSH_SECONDS = 5.0


def new_log_id() -> str:
    """A random UUID (version 4), made without an object in between, in less than half the time."""
    digits = os.urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


class CallLogger:
    """Records calls of one agent. Subclasses say where a line goes (`_write`)."""

    def __init__(
        self,
        agent_id: str,
        *,
        clock: Callable[[], float] = time.time,
        new_id: Callable[[], str] = new_log_id,
    ) -> None:
        check_agent_id(agent_id)
        self.agent_id = agent_id
        self._clock = clock
        self._new_id = new_id
        self._deliveries = Deliveries(agent_id)

    async def log_call(
        self,
        model_name: str,
        provider: str,
        messages: list[dict[str, Any]],
        tools: list[dict[str, Any]] | None,
        response: dict[str, Any] | None,
        latency_ms: float,
        error: str | BaseException | None = None,
        **extra: Any,
    ) -> str:
        """Record one call to a model; returns its log id. Never raises of its own.

        Args:
            model_name: The model that was asked for.
            provider: Who serves it, in your words ("openai", "anthropic" …).
            messages: The prompt. It is encoded before this returns, so you may change it after.
            tools: The tools that were offered, or None.
            response: `{"content", "tool_calls": [{"id", "name", "arguments"}], "usage": {…}}`,
                or None if the call failed. `usage` may be the provider's own.
            latency_ms: From the start of the call to its last byte, in milliseconds.
            error: What went wrong, as text or as the exception; None or "" if nothing did.
            **extra: Further keys of the entry, such as `session_id`, `time_to_first_token_ms`,
                `request` (the parameters), `tags`, or any of your own.
        """
        return self.log_call_sync(
            model_name, provider, messages, tools, response, latency_ms, error, **extra
        )

    def log_call_sync(
        self,
        model_name: str,
        provider: str,
        messages: list[dict[str, Any]],
        tools: list[dict[str, Any]] | None,
        response: dict[str, Any] | None,
        latency_ms: float,
        error: str | BaseException | None = None,
        **extra: Any,
    ) -> str:
        """`log_call` for code without an event loop; the same arguments and the same promise."""
        log_id = _given_id(extra) or self._new_id()
        self._over(log_id)
        try:
            entry = build_entry(
                log_id=log_id,
                agent_id=self.agent_id,
                timestamp=self._clock(),
                model_name=model_name,
                provider=provider,
                messages=messages,
                tools=tools,
                response=response,
                latency_ms=latency_ms,
                error=error,
                extra=extra,
            )
            self._write(encode_line(entry))
        except Exception as problem:
            self._lose(problem)
            if is_of_a_signal(problem):
                raise
        return log_id

    def announce_call(
        self,
        model_name: str,
        provider: str,
        messages: list[dict[str, Any]],
        *,
        session_id: str | None = None,
        trace_id: str | None = None,
        stream: bool = False,
    ) -> str:
        """Say that a call begins, for those who watch; never raises, never waits.

        Returns the log id of the call, for the `log_id=` of the `log_call` that ends it. A logger
        that writes files has nobody to tell and only gives the id.
        """
        return self._new_id()

    def delivery_report(self) -> DeliveryReport:
        """How many entries were written, delivered, are waiting, and were dropped, and why."""
        raise NotImplementedError

    async def flush(self, timeout_seconds: float = FLUSH_SECONDS) -> bool:
        """Wait until everything is where it is to go; False if that was not reached in time."""
        return self.flush_sync(timeout_seconds)

    def flush_sync(self, timeout_seconds: float = FLUSH_SECONDS) -> bool:
        """`flush` without an event loop. A logger that writes files was done at once."""
        return True

    def close(self) -> None:
        """Give back what is open; the next call opens it again."""

    def _over(self, log_id: str) -> None:
        """A call has ended: its start need not be told any more."""

    def _write(self, line: bytes) -> None:
        raise NotImplementedError

    def _lose(self, problem: Exception) -> None:
        with contextlib.suppress(Exception):
            self._deliveries.drop(reason_of(problem))
            self._after_loss()

    def _after_loss(self) -> None:
        """For subclasses that have somebody to tell."""


def _given_id(extra: dict[str, Any]) -> str:
    """A log id of the caller's own: how a repeated call stays one entry."""
    given = extra.get("log_id")
    return str.__str__(given) if issubclass(type(given), str) else ""
