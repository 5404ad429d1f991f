"""What LiteLLM's callback says of calls that it alone sees: exact counts, and no made-up calls."""

import asyncio
import os
from typing import Any

import pytest

from agents_sdk import uninstrument
from agents_sdk.testing import CapturingLogger, ModelServer, Reply
from tests.frameworks.calls import QUESTION, TEXT, totals

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it asks the world at import
litellm = pytest.importorskip("litellm", reason="litellm is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def asked(
    model_server: ModelServer, recorded: CapturingLogger, monkeypatch: pytest.MonkeyPatch
) -> Any:
    from agents_sdk.instrumentation.litellm import LiteLLMLogger

    uninstrument()
    for name in ("input", "success", "failure", "_async_success", "_async_failure"):
        monkeypatch.setattr(litellm, f"{name}_callback", [])  # where it keeps those it was given
    monkeypatch.setattr(litellm, "callbacks", [LiteLLMLogger(recorded)])
    return {
        "model": "openai/gpt-4o",
        "messages": [{"role": "user", "content": QUESTION}],
        "api_base": model_server.openai_url,
        "api_key": "key",
        "num_retries": 0,
    }


async def ask(asked: Any, how: str, **more: Any) -> None:
    if how == "call":
        await asyncio.to_thread(litellm.completion, **asked, **more)
    elif how == "stream":
        await asyncio.to_thread(lambda: list(litellm.completion(**asked, **more, stream=True)))
    elif how == "acall":
        await litellm.acompletion(**asked, **more)
    else:
        async for _ in await litellm.acompletion(**asked, **more, stream=True):
            pass


async def until_recorded(recorded: CapturingLogger) -> Any:
    async with asyncio.timeout(60):
        while not recorded.entries:  # it tells of an end in a thread
            await asyncio.sleep(0.01)
    (entry,) = recorded.entries
    return entry


@pytest.mark.parametrize("how", ["stream", "astream"])
async def test_a_stream_without_counts_has_none_though_litellm_estimates_them(
    recorded: CapturingLogger, asked: Any, how: str, model_server: ModelServer
) -> None:
    model_server.script(Reply(TEXT))
    await ask(asked, how)
    entry = await until_recorded(recorded)
    assert (entry["completion"], entry["stream_end"]) == (TEXT, "complete")
    assert totals(entry) == (None, None, None)
    assert "reasoning_tokens" not in entry


@pytest.mark.parametrize("how", ["call", "stream", "acall", "astream"])
async def test_an_answer_that_is_made_up_for_a_test_is_no_call_to_a_model(
    recorded: CapturingLogger, asked: Any, how: str
) -> None:
    await ask(asked, how, mock_response="made up")
    await ask(asked, "call")  # whatever was told of the first has been told by then
    entry = await until_recorded(recorded)
    assert entry["completion"] != "made up"
