"""What LangChain tells a callback of a call, besides its messages."""

import os
from typing import Any

from agents_sdk.normalise.providers import provider_at
from agents_sdk.normalise.shapes import mapping, text_of

_ADDRESSES = ("openai_api_base", "base_url", "api_base")
_PROVIDERS = {
    "amazon_bedrock": "bedrock",
    "google_genai": "gemini",
    "google_vertexai": "vertex",
    "mistralai": "mistral",
    "xai": "grok",
}
"""Its names that are not ours; all others stay."""


def provider_of(serialized: Any, known: Any) -> str:
    """Where a call goes: its class `ChatOpenAI` is used for every server with OpenAI's words.

    >>> model = {"kwargs": {"openai_api_base": "https://api.deepseek.com"}}
    >>> provider_of(model, {"ls_provider": "openai"})
    'deepseek'
    """
    said = text_of(mapping(known).get("ls_provider"))
    if said == "openai":
        address = _address(mapping(mapping(serialized).get("kwargs")))
        return provider_at(address) if address else said
    return _PROVIDERS.get(said, said)


def _address(given: Any) -> str:
    """As the client of OpenAI chooses it: what the program says, else what the environment does."""
    said = next(filter(None, (text_of(given.get(name)) for name in _ADDRESSES)), "")
    return said or os.environ.get("OPENAI_BASE_URL", "")


def says_something(token: Any, chunk: Any) -> bool:
    """Whether a piece of a stream is of the answer; the first and last of some are empty."""
    message = getattr(chunk, "message", None)
    if token or message is None:
        return bool(token)
    parts = ("content", "tool_call_chunks")
    if any(getattr(message, part, None) for part in parts):
        return True
    return bool(mapping(getattr(message, "additional_kwargs", None)).get("reasoning_content"))
