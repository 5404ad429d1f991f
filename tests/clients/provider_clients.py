"""The providers' own clients, each behind the same few calls, so that one test serves them all."""

import importlib.util
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from agents_sdk.testing import ModelServer

QUESTION = "How is the weather in Köln?"
SYSTEM = "Answer briefly."
TOOL_SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
TOOL = {"name": "weather", "description": "The weather", "parameters": TOOL_SCHEMA}


@dataclass(frozen=True)
class Surface:
    """One way to ask a model: `call` and `stream` take a client and may give an awaitable."""

    name: str
    package: str
    provider: str
    make: Callable[[ModelServer], Any]
    call: Callable[[Any], Any]
    stream: Callable[[Any], Any]
    events: Callable[[Any], Any] = lambda stream: stream
    read: Callable[[Any], Any] = lambda result: result
    is_async: bool = False

    @property
    def is_installed(self) -> bool:
        try:
            return importlib.util.find_spec(self.package) is not None
        except ModuleNotFoundError:
            return False


def is_early_genai() -> bool:
    """Whether google-genai is of the line that knows neither thoughts nor errors in a stream."""
    from google.genai import types

    return "thoughts_token_count" not in types.GenerateContentResponseUsageMetadata.model_fields


async def awaited(value: Any) -> Any:
    return await value if isawaitable(value) else value


async def each(stream: Any) -> AsyncIterator[Any]:
    """The events of either kind of stream. It holds no reference of its own to the stream."""
    if hasattr(stream, "__aiter__"):
        async for event in stream:
            yield event
    else:
        for event in stream:
            yield event


def comparable(value: Any) -> Any:
    """What a caller sees of an object, in a form that can be compared."""
    if hasattr(value, "model_dump"):
        dumped = value.model_dump(warnings=False)
        dumped.pop("sdk_http_response", None)
        return type(value).__name__, dumped
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items() if key != "ResponseMetadata"}
    return value


async def close(stream: Any) -> None:
    """A stream or a client; that of Gemini has two halves."""
    if hasattr(stream, "aio") and hasattr(stream.aio, "aclose"):
        await stream.aio.aclose()
    for name in ("close", "aclose"):
        if hasattr(stream, name):
            await awaited(getattr(stream, name)())
            return


def _openai(server: ModelServer) -> Any:
    import openai

    return openai.OpenAI(base_url=server.openai_url, api_key="key", max_retries=1, timeout=60)


def _async_openai(server: ModelServer) -> Any:
    import openai

    return openai.AsyncOpenAI(base_url=server.openai_url, api_key="key", max_retries=1, timeout=60)


def _anthropic(server: ModelServer) -> Any:
    import anthropic

    return anthropic.Anthropic(base_url=server.url, api_key="key", max_retries=1, timeout=60)


def _async_anthropic(server: ModelServer) -> Any:
    import anthropic

    return anthropic.AsyncAnthropic(base_url=server.url, api_key="key", max_retries=1, timeout=60)


def _boto(server: ModelServer) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=server.url,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 2, "mode": "standard"}, read_timeout=60),
    )


async def _aioboto(server: ModelServer) -> Any:
    from aiobotocore.config import AioConfig
    from aiobotocore.session import get_session

    context = get_session().create_client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=server.url,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        config=AioConfig(retries={"total_max_attempts": 2, "mode": "standard"}, read_timeout=60),
    )
    return await context.__aenter__()


async def _json_of_async_body(answer: Any) -> Any:
    return json.loads(await answer["body"].read())


def _genai(server: ModelServer) -> Any:
    """Its early line cannot try again by itself."""
    from google import genai

    options: dict[str, Any] = {"base_url": server.url}
    if not is_early_genai():
        options["retry_options"] = {"attempts": 2, "initial_delay": 0.001, "jitter": 0}
    return genai.Client(api_key="key", http_options=options)


_CHAT: dict[str, Any] = {
    "model": "gpt-5",
    "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}],
    "tools": [{"type": "function", "function": TOOL}],
    "temperature": 0.5,
}
_RESPONSES: dict[str, Any] = {
    "model": "gpt-5",
    "instructions": SYSTEM,
    "input": [{"role": "user", "content": QUESTION}],
    "tools": [{"type": "function", "strict": False, **TOOL}],
    "temperature": 0.5,
}
_CLAUDE: dict[str, Any] = {
    "max_tokens": 100,
    "system": SYSTEM,
    "messages": [{"role": "user", "content": [{"type": "text", "text": QUESTION}]}],
    "tools": [{"name": "weather", "description": "The weather", "input_schema": TOOL_SCHEMA}],
}
_CONVERSE: dict[str, Any] = {
    "modelId": "anthropic.claude",
    "system": [{"text": SYSTEM}],
    "messages": [{"role": "user", "content": [{"text": QUESTION}]}],
    "inferenceConfig": {"temperature": 0.5},
    "toolConfig": {
        "tools": [
            {
                "toolSpec": {
                    "name": "weather",
                    "description": "The weather",
                    "inputSchema": {"json": TOOL_SCHEMA},
                }
            }
        ]
    },
}
_INVOKE = {
    "modelId": "anthropic.claude",
    "body": json.dumps({"anthropic_version": "bedrock-2023-05-31", **_CLAUDE}),
}
_GEMINI: dict[str, Any] = {
    "model": "gemini-3",
    "contents": QUESTION,
    "config": {
        "system_instruction": SYSTEM,
        "temperature": 0.5,
        "tools": [{"function_declarations": [{"name": "weather", "description": "The weather"}]}],
    },
}


def _surfaces_of_openai() -> list[Surface]:
    ours: dict[str, Any] = {"package": "openai", "provider": "openai-compatible"}
    found = []
    for is_async, make in ((False, _openai), (True, _async_openai)):
        kind = "async" if is_async else "sync"
        found.append(
            Surface(
                f"openai-chat-{kind}",
                make=make,
                call=lambda client: client.chat.completions.create(**_CHAT),
                stream=lambda client: client.chat.completions.create(**_CHAT, stream=True),
                is_async=is_async,
                **ours,
            )
        )
        found.append(
            Surface(
                f"openai-responses-{kind}",
                make=make,
                call=lambda client: client.responses.create(**_RESPONSES),
                stream=lambda client: client.responses.create(**_RESPONSES, stream=True),
                is_async=is_async,
                **ours,
            )
        )
    return found


def _surfaces_of_anthropic() -> list[Surface]:
    return [
        Surface(
            f"anthropic-{'async' if is_async else 'sync'}",
            package="anthropic",
            provider="anthropic",
            make=make,
            call=lambda client: client.messages.create(model="claude", **_CLAUDE),
            stream=lambda client: client.messages.create(model="claude", stream=True, **_CLAUDE),
            is_async=is_async,
        )
        for is_async, make in ((False, _anthropic), (True, _async_anthropic))
    ]


def _surfaces_of_bedrock() -> list[Surface]:
    found = []
    for library, make in (("boto3", _boto), ("aiobotocore", _aioboto)):
        is_async = library == "aiobotocore"
        ours: dict[str, Any] = {"package": library, "provider": "bedrock", "make": make}
        found.append(
            Surface(
                f"{library}-converse",
                call=lambda client: client.converse(**_CONVERSE),
                stream=lambda client: client.converse_stream(**_CONVERSE),
                events=lambda answer: answer["stream"],
                is_async=is_async,
                **ours,
            )
        )
        found.append(
            Surface(
                f"{library}-invoke",
                call=lambda client: client.invoke_model(**_INVOKE),
                stream=lambda client: client.invoke_model_with_response_stream(**_INVOKE),
                events=lambda answer: answer["body"],
                read=_json_of_async_body
                if is_async
                else lambda answer: json.loads(answer["body"].read()),
                is_async=is_async,
                **ours,
            )
        )
    return found


def _surfaces_of_gemini() -> list[Surface]:
    ours: dict[str, Any] = {
        "package": "google.genai",
        "provider": "gemini",
        "make": _genai,
    }
    return [
        Surface(
            "gemini-sync",
            call=lambda client: client.models.generate_content(**_GEMINI),
            stream=lambda client: client.models.generate_content_stream(**_GEMINI),
            **ours,
        ),
        Surface(
            "gemini-async",
            call=lambda client: client.aio.models.generate_content(**_GEMINI),
            stream=lambda client: client.aio.models.generate_content_stream(**_GEMINI),
            is_async=True,
            **ours,
        ),
    ]


SURFACES = [
    surface
    for surface in (
        *_surfaces_of_openai(),
        *_surfaces_of_anthropic(),
        *_surfaces_of_bedrock(),
        *_surfaces_of_gemini(),
    )
    if surface.is_installed
]
"""Those of the clients in this environment; aiobotocore has one of its own (tests/environments)."""
