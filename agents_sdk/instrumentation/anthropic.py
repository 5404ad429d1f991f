"""The `anthropic` client: messages, on Anthropic's own API, Bedrock, Vertex and Foundry."""

from types import ModuleType
from typing import Any

from agents_sdk.instrumentation import stainless
from agents_sdk.instrumentation.clientobjects import as_dict, as_sent
from agents_sdk.instrumentation.streams import Fold
from agents_sdk.normalise import anthropic
from agents_sdk.normalise.noanswer import judged
from agents_sdk.normalise.shapes import Answer, Json, Prompt

MESSAGES = "messages"
_SAID = ("system", "messages")
_PLATFORMS = {"Bedrock": "bedrock", "AWS": "bedrock", "Vertex": "vertex", "Foundry": "azure"}


class AnthropicDialect:
    """What its requests and answers mean."""

    def endpoint(self, path: str) -> str | None:
        """The clients of Bedrock and Vertex put the model into the path, later than here."""
        return MESSAGES if path.endswith(("/v1/messages", "/messages")) else None

    def provider(self, client: Any) -> str:
        name = type(client).__name__
        return next((own for mark, own in _PLATFORMS.items() if mark in name), "anthropic")

    def prompt(self, endpoint: str, body: Json) -> Prompt:
        said: Json = {name: as_sent(body[name]) for name in _SAID if name in body}
        return anthropic.prompt_of({**body, **said})

    def answer(self, endpoint: str, body: Json) -> Answer:
        return judged(anthropic.answer_of(body), body, anthropic.is_answer(body))

    def fold(self, endpoint: str) -> Fold:
        return anthropic.MessageFold(as_dict)

    def asking_for_usage(
        self, endpoint: str, client: Any, body: Json, is_vouched: bool
    ) -> Json | None:
        return None  # it always comes


def patch(module: ModuleType) -> None:
    stainless.patch(module, AnthropicDialect())
