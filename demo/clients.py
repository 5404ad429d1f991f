"""Makes a call through the real client libraries, and says what they made of the answer."""

import time
from collections.abc import Mapping
from typing import Any, cast

import anthropic
import openai

from demo.anthropicwire import FINISH_REASONS, prompt_of, system_of, tool_of
from demo.calls import TIMEOUT_SECONDS, Call, arguments_text, tools_of
from demo.modelserver import BOOKING_HEADER, ModelServer
from demo.recording import Outcome
from demo.scene import TIMEOUT, Failure

_UNHURRIED_SECONDS = 60.0
_KEY = "demo-without-a-key"
_OPENAI_REASONS = {theirs: ours for ours, theirs in FINISH_REASONS.items()}


class Clients:
    """One client for each provider; none tries again by itself, so that every attempt is seen."""

    def __init__(self, models: ModelServer) -> None:
        self._models = models
        self._openai: dict[str, openai.AsyncOpenAI] = {}
        self._anthropic = anthropic.AsyncAnthropic(
            base_url=models.url,
            api_key=_KEY,
            max_retries=0,
            http_client=anthropic.DefaultAsyncHttpxClient(trust_env=False),
        )

    async def make(self, call: Call) -> Outcome:
        """The outcome of a call; an error is one of them."""
        outcome = Outcome()
        began = time.monotonic()
        with self._models.booked(call) as booking:
            options = {
                "extra_headers": {BOOKING_HEADER: booking},
                "timeout": _timeout_of(call),
            }
            try:
                if call.agent.provider == "anthropic":
                    await self._ask_anthropic(call, outcome, began, options)
                else:
                    await self._ask_openai(call, outcome, began, options)
            except Exception as problem:
                outcome.error = problem
        return outcome

    async def close(self) -> None:
        await self._anthropic.close()
        for client in self._openai.values():
            await client.close()

    async def _ask_openai(
        self, call: Call, outcome: Outcome, began: float, options: Mapping[str, Any]
    ) -> None:
        client = cast(Any, self._client_of(call.agent.provider))
        arguments: dict[str, Any] = {
            "model": call.model,
            "messages": call.messages,
            **call.agent.request,
            **options,
        }
        tools = tools_of(call.agent)
        if tools:
            arguments["tools"] = tools
        if call.is_streamed:
            arguments |= {"stream": True, "stream_options": {"include_usage": True}}
            stream = await client.chat.completions.create(**arguments)
            async with stream:
                await _fold_chunks(stream, outcome, began)
            return
        answer = await client.chat.completions.create(**arguments)
        message = answer.choices[0].message
        outcome.content = message.content or ""
        outcome.reasoning = getattr(message, "reasoning_content", None) or ""
        outcome.tool_calls = [
            {"id": made.id, "name": made.function.name, "arguments": made.function.arguments}
            for made in message.tool_calls or ()
        ]
        outcome.usage = answer.usage.model_dump(exclude_none=True)
        outcome.finish_reason = answer.choices[0].finish_reason
        outcome.response_model, outcome.request_id = answer.model, answer._request_id

    async def _ask_anthropic(
        self, call: Call, outcome: Outcome, began: float, options: Mapping[str, Any]
    ) -> None:
        messages = cast(Any, self._anthropic.messages)
        arguments: dict[str, Any] = {
            "model": call.model,
            "system": system_of(call.messages),
            "messages": prompt_of(call.messages),
            **call.agent.request,
            **options,
        }
        if call.agent.tools:
            arguments["tools"] = [tool_of(tool) for tool in call.agent.tools]
        if not call.is_streamed:
            _take_message(await messages.create(**arguments), outcome)
            return
        async with messages.stream(**arguments) as stream:
            async for event in stream:
                if event.type == "content_block_delta" and outcome.first_token_ms is None:
                    outcome.first_token_ms = _since(began)
                if event.type == "text":
                    outcome.content = event.snapshot
            _take_message(await stream.get_final_message(), outcome)
            outcome.request_id = stream.request_id

    def _client_of(self, provider: str) -> openai.AsyncOpenAI:
        if provider not in self._openai:
            self._openai[provider] = openai.AsyncOpenAI(
                base_url=f"{self._models.url}/{provider}/v1",
                api_key=_KEY,
                max_retries=0,
                http_client=openai.DefaultAsyncHttpxClient(trust_env=False),
            )
        return self._openai[provider]


def _timeout_of(call: Call) -> float:
    is_to_time_out = isinstance(call.outcome, Failure) and call.outcome.status == TIMEOUT
    return TIMEOUT_SECONDS if is_to_time_out else _UNHURRIED_SECONDS


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


async def _fold_chunks(stream: Any, outcome: Outcome, began: float) -> None:
    made: dict[int, dict[str, str]] = {}
    outcome.request_id = stream.response.headers.get("x-request-id")
    async for chunk in stream:
        outcome.response_model = chunk.model
        if chunk.usage is not None:
            outcome.usage = chunk.usage.model_dump(exclude_none=True)
        for choice in chunk.choices:
            outcome.finish_reason = choice.finish_reason or outcome.finish_reason
            reasoning = getattr(choice.delta, "reasoning_content", None) or ""
            content = choice.delta.content or ""
            is_first = outcome.first_token_ms is None
            if is_first and (content or reasoning or choice.delta.tool_calls):
                outcome.first_token_ms = _since(began)
            outcome.content += content
            outcome.reasoning += reasoning
            for part in choice.delta.tool_calls or ():
                call = made.setdefault(part.index, {"id": "", "name": "", "arguments": ""})
                call["id"] += part.id or ""
                call["name"] += part.function.name or ""
                call["arguments"] += part.function.arguments or ""
    outcome.tool_calls = list(made.values())


def _take_message(message: Any, outcome: Outcome) -> None:
    blocks = message.content
    outcome.content = "".join(block.text for block in blocks if block.type == "text")
    outcome.reasoning = "".join(block.thinking for block in blocks if block.type == "thinking")
    outcome.tool_calls = [
        {"id": block.id, "name": block.name, "arguments": arguments_text(block.input)}
        for block in blocks
        if block.type == "tool_use"
    ]
    outcome.usage = message.usage.model_dump(exclude_none=True)
    outcome.finish_reason = _OPENAI_REASONS.get(message.stop_reason, message.stop_reason)
    outcome.response_model = message.model
    outcome.request_id = getattr(message, "_request_id", None)
