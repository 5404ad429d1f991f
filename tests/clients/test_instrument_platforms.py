"""Models on somebody's cloud: the platform is the provider, and a call is one entry."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from agents_sdk import instrument
from agents_sdk.testing import CapturingLogger, ModelServer, Reply, ToolCall
from tests.clients.provider_clients import awaited, each

QUESTION: list[Any] = [{"role": "user", "content": "How is the weather in Köln?"}]
TEXT = "It rains in Köln today."


@dataclass(frozen=True)
class Platform:
    """One client; `arguments` are those of its class, given the server."""

    cls: str
    provider: str
    arguments: Callable[[ModelServer], dict[str, Any]]
    needs: str
    host: str = ""

    @property
    def is_anthropic(self) -> bool:
        return "Anthropic" in self.cls

    def made(self, server: ModelServer) -> Any:
        library = "anthropic" if self.is_anthropic else "openai"
        for name in (library, self.needs):
            pytest.importorskip(name, reason=f"{name} is not installed")
        module = importlib.import_module(library)
        if not hasattr(module, self.cls):
            pytest.skip(f"this line of {library} has no {self.cls}")
        more = {"http_client": self._at_this_host(module, server)} if self.host else {}
        return getattr(module, self.cls)(max_retries=0, **self.arguments(server), **more)

    def _at_this_host(self, module: Any, server: ModelServer) -> Any:
        """An HTTP client that finds the server under any host's name."""
        http = importlib.import_module(
            module.DefaultHttpxClient.__mro__[1].__module__.partition(".")[0]
        )
        is_async = self.cls.startswith("Async")
        base = http.AsyncHTTPTransport if is_async else http.HTTPTransport
        name = "handle_async_request" if is_async else "handle_request"

        def handle(transport: Any, request: Any) -> Any:
            here = http.URL(server.url)
            request.url = request.url.copy_with(scheme="http", host=here.host, port=here.port)
            return getattr(base, name)(transport, request)

        transport = type("ToHere", (base,), {name: handle})()
        return (http.AsyncClient if is_async else http.Client)(transport=transport)


def _on_bedrock(server: ModelServer) -> dict[str, Any]:
    keys = {"aws_access_key": "key", "aws_secret_key": "secret", "aws_region": "us-east-1"}
    return {"base_url": server.url, **keys}


def _on_vertex(server: ModelServer) -> dict[str, Any]:
    place = {"project_id": "project", "region": "us-east5", "access_token": "token"}
    return {"base_url": server.url, **place}


def _on_azure(server: ModelServer) -> dict[str, Any]:
    return {"azure_endpoint": server.url, "api_key": "key", "api_version": "2024-10-21"}


def _at(url: str) -> Callable[[ModelServer], dict[str, Any]]:
    return lambda server: {"base_url": url, "api_key": "key"}


AZURE_HOST = "team.openai.azure.com"
PLATFORMS = [
    Platform("AnthropicBedrock", "bedrock", _on_bedrock, "boto3"),
    Platform("AsyncAnthropicBedrock", "bedrock", _on_bedrock, "boto3"),
    Platform("AnthropicVertex", "vertex", _on_vertex, "google.auth"),
    Platform("AsyncAnthropicVertex", "vertex", _on_vertex, "google.auth"),
    Platform("AzureOpenAI", "azure", _on_azure, "openai"),
    Platform("AsyncAzureOpenAI", "azure", _on_azure, "openai"),
    Platform("OpenAI", "azure", _at(f"https://{AZURE_HOST}/openai/v1/"), "openai", AZURE_HOST),
    Platform("AsyncOpenAI", "azure", _at(f"https://{AZURE_HOST}/openai/v1"), "openai", AZURE_HOST),
    Platform("OpenAI", "gemini", _at("https://generativelanguage.googleapis.com/v1beta/openai"),
             "openai", "generativelanguage.googleapis.com"),
]  # fmt: skip


def ask(platform: Platform, client: Any, **more: Any) -> Any:
    if platform.is_anthropic:
        return client.messages.create(model="claude-x", max_tokens=9, messages=QUESTION, **more)
    return client.chat.completions.create(model="deployment", messages=QUESTION, **more)


@pytest.mark.parametrize("is_stream", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize(
    "platform", PLATFORMS, ids=lambda platform: f"{platform.cls}-{platform.provider}"
)
async def test_a_call_on_a_platform_is_one_entry_of_that_platform(
    platform: Platform, is_stream: bool, model_server: ModelServer, recorded: CapturingLogger
) -> None:
    instrument(logger=recorded)  # it decides by itself who is asked for a usage
    model_server.script(Reply(TEXT, tool_calls=(ToolCall("weather", '{"city": "Köln"}'),)))
    client = platform.made(model_server)
    answer = await awaited(ask(platform, client, **({"stream": True} if is_stream else {})))
    if is_stream:
        assert [event async for event in each(answer)]
    await awaited(client.close())
    (entry,) = recorded.entries
    assert (entry["provider"], entry["completion"]) == (platform.provider, TEXT)
    assert entry["model_name"] == ("claude-x" if platform.is_anthropic else "deployment")
    assert entry["tool_calls"] == [
        {"id": "call_1", "name": "weather", "arguments": '{"city": "Köln"}'}
    ]
    is_counted = not is_stream or platform.provider != "gemini"  # it is not asked for its usage
    assert entry["total_tokens"] == (30 if is_counted else None)
    assert entry.get("stream_end") == ("complete" if is_stream else None)
