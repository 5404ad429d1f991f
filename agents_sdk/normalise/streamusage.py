"""Who may be asked for the token counts of a stream, by `stream_options` in the request.

Some servers refuse a request with such a wish. Others send the counts to whoever reads them,
unasked, and nobody can tell their chunk from the answer to a wish.
"""

from dataclasses import dataclass
from typing import Any

from agents_sdk.normalise.providers import is_local, provider_of_host

WISH = {"stream_options": {"include_usage": True}}
AZURE_SINCE = "2024-09-01"
"""The first version of Azure's API that knows the wish; it is a preview, 2024-10-21 is stable."""
AZURE_NEWER_PATH = "/openai/v1"
"""Addresses that end so take plain OpenAI requests and no version."""

_KNOWN = frozenset({"openai", "groq", "deepseek", "grok"})


@dataclass(frozen=True, slots=True)
class Address:
    """Where a client of OpenAI's sends its requests, and in which version of Azure's API."""

    host: str
    path: str = ""
    azure_version: str | None = None
    is_azure: bool = False

    @classmethod
    def of(cls, client: Any) -> "Address":
        """The address of an `openai` client, of whatever class."""
        version = (getattr(client, "default_query", None) or {}).get("api-version")
        return cls(
            host=str(client.base_url.host or ""),
            path=str(client.base_url.path),
            azure_version=version if isinstance(version, str) else None,
            is_azure="Azure" in type(client).__name__,
        )

    @property
    def answers_the_wish_alone(self) -> bool:
        """Whether this server is known to send counts if asked, and else no chunk of counts."""
        provider = "azure" if self.is_azure else provider_of_host(self.host)
        return self._azure_knows() if provider == "azure" else provider in _KNOWN

    @property
    def may_refuse_the_wish(self) -> bool:
        """Whether a request with it may fail here; servers on this machine are known to take it."""
        if self.is_azure or not is_local(self.host):
            return not self.answers_the_wish_alone
        return False

    def _azure_knows(self) -> bool:
        """A version is a date, or a word (`preview`) for the newest."""
        if self.azure_version is None:
            return self.path.rstrip("/").endswith(AZURE_NEWER_PATH)
        return not self.azure_version[:4].isdigit() or self.azure_version[:10] >= AZURE_SINCE
