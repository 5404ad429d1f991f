"""Anthropic's messages: system apart, tool calls and results as blocks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from agents_sdk.jsonforms import without_surrogates
from agents_sdk.normalise.anthropic import MessageFold, answer_of, is_answer
from agents_sdk.normalise.noanswer import judged, judged_stream, no_answer
from agents_sdk.normalise.shapes import Json, without
from agents_sdk.providers.arguments import as_object
from agents_sdk.providers.model import ModelProvider, Said, Turn, groups, load, system_text
from agents_sdk.providers.streaming import NOBODY, Listener, hear_all, plain

DEFAULT_MAX_TOKENS = 4096
"""The API wants a limit; a config's `max_tokens` replaces this one."""

_RENAMED = {"stop": "stop_sequences"}


def create(
    name: str,
    model_name: str,
    base_url: str | None,
    api_key: str | None,
    parameters: Mapping[str, Any],
) -> ModelProvider:
    library = load("anthropic", provider=name, library="anthropic", extra="anthropic")
    client = library.AsyncAnthropic(base_url=base_url, api_key=api_key or "none")
    return Messages(name, model_name, parameters, client)


class Messages(ModelProvider):
    """Asks through an `anthropic.AsyncAnthropic`.

    Parameters go into the body: the client's newer lines no longer name `temperature`.
    """

    def __init__(
        self, name: str, model_name: str, parameters: Mapping[str, Any], client: Any
    ) -> None:
        super().__init__(name, model_name, parameters)
        self._max_tokens = self.parameters.get("max_tokens", DEFAULT_MAX_TOKENS)
        self._client = client

    async def ask(
        self, turns: Sequence[Turn], tools: Sequence[Json], listener: Listener = NOBODY
    ) -> Said:
        body: Json = {"messages": [_message(group) for group in groups(turns)]}
        system = system_text(turns)
        if system:
            body["system"] = system
        if tools:
            body["tools"] = [_tool(tool["function"]) for tool in tools]
        body["model"], body["max_tokens"] = self.model_name, self._max_tokens
        body = without_surrogates(body)
        renamed = {_RENAMED.get(key, key): value for key, value in self.parameters.items()}
        if self.is_streaming:
            return await self._streamed({"extra_body": renamed, **body}, listener)
        message = await self._client.messages.create(extra_body=renamed, **body)
        return _said(message) if hasattr(message, "model_dump") else Said(no_answer(message))

    async def _streamed(self, body: Json, listener: Listener) -> Said:
        """The client puts the message together; it cannot where nothing came."""
        fold = MessageFold(plain)
        async with self._client.messages.stream(**body) as stream:
            await hear_all(stream, fold, listener)
            heard = judged_stream(fold.answer())
            if heard.error is not None:
                return Said(heard)
            said = _said(await stream.get_final_message())
        # Older clients add nulls when they put a stream together.
        return replace(said, native=[_without_nulls(block) for block in said.native or ()])

    async def close(self) -> None:
        await self._client.close()


def _said(message: Any) -> Said:
    said = message.model_dump(warnings=False)  # no "json": it takes no half characters
    answer = judged(answer_of(said), without(said), is_answer(said))
    return Said(answer, message.model_dump(warnings=False, exclude_unset=True).get("content"))


def _message(group: Sequence[Turn]) -> Json:
    first = group[0]
    if first.message["role"] == "tool":
        return {"role": "user", "content": [_result(turn.message) for turn in group]}
    if first.message["role"] == "assistant":
        return {"role": "assistant", "content": first.native or _blocks(first.message)}
    return {"role": "user", "content": first.message["content"]}


def _without_nulls(block: Json) -> Json:
    return {key: value for key, value in block.items() if value is not None}


def _blocks(message: Json) -> list[Json]:
    blocks: list[Json] = []
    if message.get("content"):
        blocks.append({"type": "text", "text": message["content"]})
    for call in message.get("tool_calls") or ():
        called = call["function"]
        block = {"type": "tool_use", "id": call["id"], "name": called["name"]}
        blocks.append({**block, "input": as_object(called["arguments"])})
    return blocks


def _result(message: Json) -> Json:
    block = {"type": "tool_result", "tool_use_id": message["tool_call_id"]}
    block["content"] = message["content"]
    return {**block, "is_error": True} if message.get("is_error") else block


def _tool(function: Json) -> Json:
    return {
        "name": function["name"],
        "description": function["description"],
        "input_schema": function["parameters"],
    }
