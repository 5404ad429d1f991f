"""Which provider serves a model, where it listens, and where its key is found."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from agents_sdk.normalise.providers import provider_of_host
from agents_sdk.providers.model import MissingKey, ModelProvider, ProviderError


@dataclass(frozen=True, slots=True)
class Provider:
    """`kind` is the module that asks it; `base_url` None leaves the address to its client."""

    kind: str
    key_variables: tuple[str, ...] = ()
    base_url: str | None = None


def _compatible(base_url: str | None, *key_variables: str) -> Provider:
    return Provider("openai", key_variables, base_url)


_ANTHROPIC = Provider("anthropic", ("ANTHROPIC_API_KEY",))
_BEDROCK = Provider("bedrock")
_GEMINI = Provider("gemini", ("GEMINI_API_KEY", "GOOGLE_API_KEY"))
_GROK = _compatible("https://api.x.ai/v1", "XAI_API_KEY")
_CUSTOM = _compatible(None)

PROVIDERS: Mapping[str, Provider] = {
    "openai": _compatible(None, "OPENAI_API_KEY"),
    "azure": Provider("azure", ("AZURE_OPENAI_API_KEY",)),
    "claude": _ANTHROPIC,
    "anthropic": _ANTHROPIC,
    "bedrock": _BEDROCK,
    "aws": _BEDROCK,
    "gemini": _GEMINI,
    "google": _GEMINI,
    "deepseek": _compatible("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"),
    "qwen": _compatible("https://dashscope.aliyuncs.com/compatible-mode/v1", "DASHSCOPE_API_KEY"),
    "grok": _GROK,
    "xai": _GROK,
    "mistral": _compatible("https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
    "cohere": _compatible("https://api.cohere.ai/compatibility/v1", "COHERE_API_KEY"),
    "together": _compatible("https://api.together.xyz/v1", "TOGETHER_API_KEY"),
    "perplexity": _compatible("https://api.perplexity.ai", "PERPLEXITY_API_KEY"),
    "groq": _compatible("https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    "openrouter": _compatible("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    "minimax": _compatible("https://api.minimax.io/v1", "MINIMAX_API_KEY"),
    "litellm": _CUSTOM,
    "custom": _CUSTOM,
    "openai-compatible": _CUSTOM,
}
NEED_AN_ADDRESS = frozenset({"azure", "litellm", "custom", "openai-compatible"})

_MODEL_WORDS = (
    (("gpt", "openai"), "openai"),
    (("claude",), "claude"),
    (("gemini",), "gemini"),
    (("deepseek",), "deepseek"),
    (("qwen",), "qwen"),
    (("grok",), "grok"),
    (("mistral", "mixtral"), "mistral"),
    (("command",), "cohere"),
    (("llama", "meta-"), "together"),
    (("sonar",), "perplexity"),
)
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def determine_provider(provider: str | None, model_name: str, api_base: str | None = None) -> str:
    """The name of the provider: the given one, else by the host of `api_base`, else by the model.

    >>> determine_provider(None, "claude-sonnet-4-5"), determine_provider("OpenAI", "any")
    ('claude', 'openai')
    """
    if provider:
        return provider.lower()
    by_host = provider_of_host(_host(api_base))
    if by_host:
        return "claude" if by_host == "anthropic" else by_host
    model = model_name.lower()
    if model.startswith("anthropic.") or ".anthropic." in model:
        return "bedrock"
    for words, name in _MODEL_WORDS:
        if any(word in model for word in words):
            return name
    return "openai"


def create_model_provider(
    provider: str,
    model_name: str,
    api_base: str | None = None,
    api_key: str | None = None,
    *,
    stream: bool = False,
    **parameters: Any,
) -> ModelProvider:
    """The provider, ready to be asked; `parameters` go with every call (temperature …).

    `stream`: have answers come in pieces, so that the time to the first token is known.

    Raises:
        ProviderError: an unknown name, a missing address, key or library; it says what to do.
    """
    name = provider.lower()
    known = PROVIDERS.get(name)
    if known is None:
        raise ProviderError(
            f"provider {provider!r} is not known; choose one of {', '.join(PROVIDERS)}"
        )
    base_url = api_base or known.base_url
    if base_url is None and name in NEED_AN_ADDRESS:
        raise ProviderError(
            f"provider {provider!r} has no address of its own; give api_base in the agent's config"
        )
    key = _key(name, known, base_url, api_key)
    is_compatible = known.kind == "gemini" and _speaks_openai(base_url)
    kind = "openai" if is_compatible else known.kind
    module = import_module(f"agents_sdk.providers.{kind}")
    made: ModelProvider = module.create(name, model_name, base_url, key, parameters)
    made.is_streaming = stream
    return made


def _key(name: str, known: Provider, base_url: str | None, given: str | None) -> str | None:
    """The key; servers on this machine and addresses of one's own may do without."""
    found = given or next(filter(None, map(os.environ.get, known.key_variables)), None)
    if found is None and known.key_variables and _host(base_url) not in _LOCAL:
        raise MissingKey(name, known.key_variables)
    return found


def _speaks_openai(base_url: str | None) -> bool:
    """Whether this is an address at which Google takes the requests of OpenAI's client."""
    return urlsplit(base_url or "").path.rstrip("/").endswith(("/v1beta/openai", "/openapi"))


def _host(url: str | None) -> str:
    return urlsplit(url or "").hostname or ""
