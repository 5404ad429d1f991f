"""Calls through LiteLLM to the model server; whoever imports this is skipped without LiteLLM."""

import asyncio
import os
from typing import Any

import pytest

from agents_sdk.testing import CapturingLogger, ModelServer

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it asks the world at import
litellm = pytest.importorskip("litellm", reason="litellm is not installed")

OPENAI, CLAUDE = "openai/gpt-4o", "anthropic/claude-3-5-sonnet-20241022"


def arguments(model: str, model_server: ModelServer, *messages: dict[str, str]) -> dict[str, Any]:
    """What LiteLLM is called with."""
    return {
        "model": model,
        "messages": list(messages),
        "api_base": model_server.openai_url if model == OPENAI else model_server.url,
        "api_key": "key",
        "num_retries": 0,
    }


def call_back(monkeypatch: pytest.MonkeyPatch, recorded: CapturingLogger | None) -> None:
    """Have our callback alone, which records there; or none."""
    from agents_sdk.instrumentation.litellm import LiteLLMLogger

    for name in ("input", "success", "failure", "_async_success", "_async_failure"):
        monkeypatch.setattr(litellm, f"{name}_callback", [])  # where it keeps those it was given
    callbacks = [] if recorded is None else [LiteLLMLogger(recorded)]
    monkeypatch.setattr(litellm, "callbacks", callbacks)


async def ask(asked: Any, how: str, **more: Any) -> None:
    """Call it, plain or streamed (with counts if `stream_options` say so), from a loop or not."""
    options = more.pop("stream_options", None)
    streamed = {"stream": True} if options is None else {"stream": True, "stream_options": options}
    if how == "call":
        await asyncio.to_thread(litellm.completion, **asked, **more)
    elif how == "stream":
        await asyncio.to_thread(lambda: list(litellm.completion(**asked, **more, **streamed)))
    elif how == "acall":
        await litellm.acompletion(**asked, **more)
    else:
        async for _ in await litellm.acompletion(**asked, **more, **streamed):
            pass


async def until_recorded(recorded: CapturingLogger) -> Any:
    """The one entry; LiteLLM tells of an end in a thread."""
    async with asyncio.timeout(60):
        while not recorded.entries:
            await asyncio.sleep(0.01)
    (entry,) = recorded.entries
    return entry
