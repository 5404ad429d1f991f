"""The models behind `orchestrate_agent`, each asked through its provider's official client.

A client is imported when a provider is made, never before; a missing library or key is one
sentence that says what to install or to set.
"""

from agents_sdk.providers.choosing import create_model_provider, determine_provider
from agents_sdk.providers.model import (
    MissingKey,
    MissingLibrary,
    ModelProvider,
    ProviderError,
    Said,
    Turn,
)

__all__ = [
    "MissingKey",
    "MissingLibrary",
    "ModelProvider",
    "ProviderError",
    "Said",
    "Turn",
    "create_model_provider",
    "determine_provider",
]
