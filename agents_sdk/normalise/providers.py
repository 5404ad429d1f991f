"""Which provider a client talks to, from the host it was given."""

from functools import lru_cache
from urllib.parse import urlsplit

COMPATIBLE = "openai-compatible"
_HOSTS = {
    "api.openai.com": "openai",
    "openai.azure.com": "azure",
    "cognitiveservices.azure.com": "azure",
    "services.ai.azure.com": "azure",
    "azure-api.net": "azure",
    "api.anthropic.com": "anthropic",
    "amazonaws.com": "bedrock",
    "api.aws": "bedrock",
    "generativelanguage.googleapis.com": "gemini",
    "aiplatform.googleapis.com": "gemini",
    "api.deepseek.com": "deepseek",
    "dashscope.aliyuncs.com": "qwen",
    "dashscope-intl.aliyuncs.com": "qwen",
    "api.x.ai": "grok",
    "api.mistral.ai": "mistral",
    "api.cohere.ai": "cohere",
    "api.cohere.com": "cohere",
    "api.together.xyz": "together",
    "api.together.ai": "together",
    "api.perplexity.ai": "perplexity",
    "api.groq.com": "groq",
    "openrouter.ai": "openrouter",
    "api.minimax.io": "minimax",
}
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0", "host.docker.internal"})


@lru_cache(maxsize=256)
def provider_of_host(host: str) -> str | None:
    """The provider that owns a host name, its sub-domains included; None if none is known.

    >>> provider_of_host("my-team.openai.azure.com"), provider_of_host("notapi.x.ai")
    ('azure', None)
    """
    name = host.lower().rstrip(".")
    while name:
        if name in _HOSTS:
            return _HOSTS[name]
        _, _, name = name.partition(".")
    return None


def provider_at(address: str) -> str:
    """The provider behind a URL that understands OpenAI's words; who is not known is compatible.

    >>> provider_at("https://api.deepseek.com/v1"), provider_at("http://[")
    ('deepseek', 'openai-compatible')
    """
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    return provider_of_host(host) or COMPATIBLE


def is_local(host: str) -> bool:
    """Whether a server with this host name runs on this machine."""
    return host.lower() in _LOCAL
