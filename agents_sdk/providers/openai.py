"""OpenAI's chat completions, and every API that speaks them."""

from collections.abc import Mapping, Sequence
from typing import Any

from agents_sdk.jsonforms import without_surrogates
from agents_sdk.normalise.noanswer import judged, judged_stream, no_answer
from agents_sdk.normalise.openai_chat import answer_of, is_answer
from agents_sdk.normalise.shapes import Json, mapping, objects, without
from agents_sdk.normalise.streamusage import WISH, Address
from agents_sdk.providers.model import ModelProvider, Said, Turn, load
from agents_sdk.providers.streaming import NOBODY, Listener, hear_all
from agents_sdk.providers.thoughts import ThoughtfulFold, Thoughts, takes_reasoning, thoughts_of

_SENT_KEYS = {
    "tool": ("role", "tool_call_id", "content"),
    "assistant": ("role", "content", "tool_calls"),
}
"""Compatible APIs refuse keys they do not know; thoughts go back to who said them (`native`)."""


def create(
    name: str,
    model_name: str,
    base_url: str | None,
    api_key: str | None,
    parameters: Mapping[str, Any],
) -> ModelProvider:
    library = load("openai", provider=name, library="openai", extra="openai")
    client = library.AsyncOpenAI(base_url=base_url, api_key=api_key or "none")
    return ChatCompletions(name, model_name, parameters, client)


class ChatCompletions(ModelProvider):
    """Asks through an `openai.AsyncOpenAI` (or its Azure form).

    Parameters go into the body: compatible APIs have some that the client does not know.
    """

    def __init__(
        self, name: str, model_name: str, parameters: Mapping[str, Any], client: Any
    ) -> None:
        super().__init__(name, model_name, parameters)
        self._client = client
        self._takes_reasoning = takes_reasoning(name, client.base_url.host)

    async def ask(
        self, turns: Sequence[Turn], tools: Sequence[Json], listener: Listener = NOBODY
    ) -> Said:
        body: Json = {"messages": [_message(turn) for turn in turns]}
        if tools:
            body["tools"] = list(tools)
        if self.is_streaming:
            return await self._streamed(body, listener)
        completion = await self._create(body)
        if not hasattr(completion, "model_dump"):
            return Said(no_answer(completion))
        said = completion.model_dump(warnings=False)
        answer = judged(answer_of(said), without(said), is_answer(said))
        first = next(iter(objects(said.get("choices"))), {})
        message = mapping(first.get("message"))
        return Said(answer, thoughts_of(message, with_reasoning=self._takes_reasoning))

    async def _streamed(self, body: Json, listener: Listener) -> Said:
        """Servers that are not known to understand the wish for a usage are not asked for one."""
        if not Address.of(self._client).may_refuse_the_wish:
            body = {**body, **WISH}
        fold = ThoughtfulFold()
        async with await self._create({**body, "stream": True}) as stream:
            await hear_all(stream, fold, listener)
        answer = judged_stream(fold.answer())
        return Said(answer, fold.thoughts(with_reasoning=self._takes_reasoning))

    async def _create(self, body: Json) -> Any:
        body = {"model": self.model_name, "extra_body": self.parameters or None, **body}
        return await self._client.chat.completions.create(**without_surrogates(body))

    async def close(self) -> None:
        await self._client.close()


def _message(turn: Turn) -> Json:
    message = turn.message
    keys = _SENT_KEYS.get(message["role"])
    if keys is None:
        return message
    sent = {key: message[key] for key in keys if key in message}
    return turn.native.added_to(sent) if isinstance(turn.native, Thoughts) else sent
