"""OpenAI's models on Azure, where a model is a deployment and an address is needed."""

import os
from collections.abc import Mapping
from typing import Any

from agents_sdk.normalise.streamusage import AZURE_NEWER_PATH
from agents_sdk.providers.model import ModelProvider, load
from agents_sdk.providers.openai import ChatCompletions

DEFAULT_API_VERSION = "2024-10-21"
"""The first stable one that tells the token counts of a stream."""


def create(
    name: str,
    model_name: str,
    base_url: str | None,
    api_key: str | None,
    parameters: Mapping[str, Any],
) -> ModelProvider:
    library = load("openai", provider=name, library="openai", extra="openai")
    address = (base_url or "").rstrip("/")
    if address.endswith(AZURE_NEWER_PATH):
        client = library.AsyncOpenAI(base_url=address, api_key=api_key or "none")
    else:
        version = os.environ.get("OPENAI_API_VERSION") or DEFAULT_API_VERSION
        client = library.AsyncAzureOpenAI(
            azure_endpoint=address, api_key=api_key or "none", api_version=version
        )
    return ChatCompletions(name, model_name, parameters, client)
