"""The `openai` client: chat completions, responses, the older completions; Azure and compatible."""

from types import ModuleType
from typing import Any

from agents_sdk.instrumentation import stainless
from agents_sdk.instrumentation.clientobjects import as_dict
from agents_sdk.instrumentation.streams import Fold
from agents_sdk.normalise import openai_chat, openai_responses
from agents_sdk.normalise.noanswer import judged
from agents_sdk.normalise.providers import COMPATIBLE, provider_of_host
from agents_sdk.normalise.shapes import Answer, Json, Prompt
from agents_sdk.normalise.streamusage import WISH, Address

MODULE = "openai._base_client"
CHAT = "chat"
RESPONSES = "responses"
COMPLETIONS = "completions"

_ENDPOINTS = {
    "/chat/completions": CHAT,
    "/completions": COMPLETIONS,
    "/responses": RESPONSES,
    "/responses/compact": RESPONSES,
}


class OpenAIDialect:
    """What its requests and answers mean."""

    def endpoint(self, path: str) -> str | None:
        kind = _ENDPOINTS.get(path)  # what the client itself says
        if kind is not None:
            return kind
        return next((kind for end, kind in _ENDPOINTS.items() if path.endswith(end)), None)

    def provider(self, client: Any) -> str:
        name = type(client).__name__
        if "Azure" in name:
            return "azure"
        if "Bedrock" in name:
            return "bedrock"
        return provider_of_host(_host(client)) or COMPATIBLE

    def prompt(self, endpoint: str, body: Json) -> Prompt:
        if endpoint == RESPONSES:
            return openai_responses.prompt_of(body)
        return openai_chat.prompt_of(body)

    def answer(self, endpoint: str, body: Json) -> Answer:
        if endpoint == RESPONSES:
            response = openai_responses.answer_of(body)
            return judged(response, body, openai_responses.is_answer(body))
        return judged(openai_chat.answer_of(body), body, openai_chat.is_answer(body))

    def fold(self, endpoint: str) -> Fold:
        if endpoint == RESPONSES:
            return openai_responses.ResponsesFold(as_dict)
        return openai_chat.ChatFold(as_dict)

    def asking_for_usage(
        self, endpoint: str, client: Any, body: Json, is_vouched: bool
    ) -> Json | None:
        """Chat completions count the tokens of a stream only for those who ask."""
        if endpoint == RESPONSES or "stream_options" in body:
            return None
        address = Address.of(client)
        is_open = is_vouched and not (address.is_azure and address.may_refuse_the_wish)
        return WISH if is_open or address.answers_the_wish_alone else None


MAX_HOSTS = 100
_HOSTS: dict[int, tuple[Any, str]] = {}
"""By the id of a URL, which is kept with it so that no other takes that id. httpx works the name of
the host out each time it is asked, which takes as long as reading the whole prompt."""


def _host(client: Any) -> str:
    url = client.base_url  # never changed: a client that moves gets another one
    known = _HOSTS.get(id(url))
    if known is not None:
        return known[1]
    host = str(getattr(url, "host", "") or "")
    if len(_HOSTS) < MAX_HOSTS:
        _HOSTS[id(url)] = (url, host)
    return host


def patch(module: ModuleType) -> None:
    stainless.patch(module, OpenAIDialect())
