"""Which provider a model gets, and the sentence where it cannot be asked."""

import sys
from typing import Any

import pytest

from agents_sdk.providers import (
    MissingKey,
    MissingLibrary,
    ProviderError,
    create_model_provider,
    determine_provider,
)
from agents_sdk.providers.choosing import PROVIDERS


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for known in PROVIDERS.values():
        for variable in known.key_variables:
            monkeypatch.delenv(variable, raising=False)


@pytest.mark.parametrize(
    ("model", "base", "provider"),
    [
        ("gpt-4o", None, "openai"),
        ("claude-sonnet-4-5", None, "claude"),
        ("gemini-3-pro", None, "gemini"),
        ("deepseek-chat", None, "deepseek"),
        ("qwen-max", None, "qwen"),
        ("grok-3", None, "grok"),
        ("mixtral-8x7b", None, "mistral"),
        ("command-r-plus", None, "cohere"),
        ("meta-llama/Llama-3-70b", None, "together"),
        ("sonar-pro", None, "perplexity"),
        ("anthropic.claude-3-sonnet-20240229-v1:0", None, "bedrock"),
        ("us.anthropic.claude-sonnet-4-5-v1:0", None, "bedrock"),
        ("something-else", None, "openai"),
        ("gpt-4", "https://team.openai.azure.com", "azure"),
        ("any", "https://api.x.ai/v1", "grok"),
        ("any", "https://x.ai.example.org/v1", "openai"),
        ("any", "https://api.anthropic.com", "claude"),
    ],
)
def test_the_provider_is_found_by_address_then_by_model(
    model: str, base: str | None, provider: str
) -> None:
    assert determine_provider(None, model, base) == provider


def test_a_given_provider_wins() -> None:
    assert determine_provider("Custom", "gpt-4o", "https://api.x.ai/v1") == "custom"


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        ("openai", "OPENAI_API_KEY"),
        ("claude", "ANTHROPIC_API_KEY"),
        ("gemini", "GEMINI_API_KEY or GOOGLE_API_KEY"),
        ("deepseek", "DEEPSEEK_API_KEY"),
        ("qwen", "DASHSCOPE_API_KEY"),
        ("grok", "XAI_API_KEY"),
        ("mistral", "MISTRAL_API_KEY"),
        ("cohere", "COHERE_API_KEY"),
        ("together", "TOGETHER_API_KEY"),
        ("perplexity", "PERPLEXITY_API_KEY"),
        ("groq", "GROQ_API_KEY"),
        ("openrouter", "OPENROUTER_API_KEY"),
        ("minimax", "MINIMAX_API_KEY"),
    ],
)
def test_a_missing_key_is_named(name: str, variables: str) -> None:
    with pytest.raises(MissingKey) as raised:
        create_model_provider(name, "any")
    assert str(raised.value) == (
        f"provider {name!r} has no API key; set {variables}, or give api_key in the agent's config"
    )


async def test_a_server_on_this_machine_needs_no_key() -> None:
    provider = create_model_provider("openai", "llama3", "http://localhost:11434/v1")
    await provider.close()


@pytest.mark.parametrize(
    ("name", "module", "library", "extra"),
    [
        ("openai", "openai", "openai", "openai"),
        ("azure", "openai", "openai", "openai"),
        ("claude", "anthropic", "anthropic", "anthropic"),
        ("gemini", "google.genai", "google-genai", "gemini"),
        ("bedrock", "boto3", "boto3", "bedrock"),
    ],
)
def test_a_missing_library_is_named_with_what_to_install(
    name: str, module: str, library: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent: dict[str, Any] = {module: None}
    for loaded, value in absent.items():
        monkeypatch.setitem(sys.modules, loaded, value)
    with pytest.raises(MissingLibrary) as raised:
        create_model_provider(name, "any", "https://example.org", "key")
    assert str(raised.value) == (
        f"provider {name!r} needs the package {library!r}, which is not installed; "
        f"run: pip install 'studio-llm-logs[{extra}]'"
    )


def test_an_unknown_provider_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ProviderError, match="'nobody' is not known; choose one of openai, azure"):
        create_model_provider("nobody", "any")


@pytest.mark.parametrize("name", ["azure", "custom", "litellm", "openai-compatible"])
def test_a_provider_without_an_address_of_its_own_asks_for_one(name: str) -> None:
    with pytest.raises(ProviderError, match="has no address of its own; give api_base"):
        create_model_provider(name, "any", api_key="key")
