"""From an agent's config to the model it names."""

from typing import Any

from agents_sdk.providers import ModelProvider, create_model_provider, determine_provider


def provider_of(config: Any) -> ModelProvider:
    """The provider of a config of any make. Raises ProviderError."""
    name = determine_provider(config.provider, config.model_name, config.api_base)
    parameters = getattr(config, "parameters", None) or {}
    is_streaming = getattr(config, "stream", False) is True
    return create_model_provider(
        name, config.model_name, config.api_base, config.api_key, stream=is_streaming, **parameters
    )
