"""LlamaIndex, which calls OpenAI through its own client.

Its integration of Anthropic (0.12.3) cannot make a message with that client's current line.
"""

from typing import Any

import pytest

from agents_sdk.testing import CapturingLogger, ModelServer
from tests.frameworks.calls import QUESTION, assert_calls

pytest.importorskip("llama_index.llms.openai", reason="llama-index-llms-openai is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def llm(model_server: ModelServer) -> Any:
    from llama_index.llms.openai import OpenAI

    return OpenAI(model="gpt-4o", api_base=model_server.openai_url, api_key="key")


@pytest.mark.parametrize("how", ["complete", "stream_complete", "acomplete", "astream_complete"])
async def test_a_call_is_one_entry(recorded: CapturingLogger, llm: Any, how: str) -> None:
    if how == "complete":
        llm.complete(QUESTION)
    elif how == "stream_complete":
        list(llm.stream_complete(QUESTION))
    elif how == "acomplete":
        await llm.acomplete(QUESTION)
    else:
        async for _ in await llm.astream_complete(QUESTION):
            pass
    assert_calls(recorded)
    assert QUESTION in str(recorded.entries[0]["messages"][-1]["content"])
