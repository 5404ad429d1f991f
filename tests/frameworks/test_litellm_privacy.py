"""LiteLLM told to keep words out of logs: not by its callback, nor by the client it calls through.

`no-log` keeps the whole call out.
"""

import asyncio
import gc
from typing import Any

import pytest

from agents_sdk import uninstrument
from agents_sdk.instrumentation import state
from agents_sdk.testing import CapturingLogger, ModelServer, Reply, ToolCall
from tests.frameworks import litellm_calls
from tests.frameworks.calls import QUESTION, TEXT, totals
from tests.frameworks.litellm_calls import CLAUDE, OPENAI, litellm, until_recorded

pytestmark = pytest.mark.filterwarnings("ignore")

REDACTED = "redacted-by-litellm"
SYSTEM = "You know a secret."
COUNTS = {"include_usage": True}


@pytest.fixture(
    params=[(OPENAI, "callback"), (OPENAI, "both"), (CLAUDE, "callback"), (CLAUDE, "both")],
    ids=lambda way: f"{way[0].partition('/')[0]}-{way[1]}",
)
def asked(
    request: pytest.FixtureRequest,
    model_server: ModelServer,
    recorded: CapturingLogger,
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    model, way = request.param
    if way == "callback":
        uninstrument()
    litellm_calls.call_back(monkeypatch, recorded)
    said = {"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}
    return litellm_calls.arguments(model, model_server, *said)


@pytest.fixture(params=["setting", "parameter"])
def private(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Both ways to say it; the further arguments of the call."""
    if request.param == "parameter":
        return {"turn_off_message_logging": True}
    monkeypatch.setattr(litellm, "turn_off_message_logging", True)
    return {}


async def ask(asked: Any, how: str, **more: Any) -> None:
    await litellm_calls.ask(asked, how, **more, stream_options=COUNTS)


async def left_half_way(asked: Any, more: Any) -> None:
    stream = await litellm.acompletion(**asked, **more, stream=True)
    while not (chunk := await anext(stream)).choices or not chunk.choices[0].delta.content:
        pass


@pytest.mark.parametrize("how", ["call", "stream", "acall", "astream"])
async def test_words_that_are_to_be_kept_out_of_logs_are_and_the_rest_is_there(
    recorded: CapturingLogger, asked: Any, how: str, private: dict[str, Any]
) -> None:
    await ask(asked, how, **private, temperature=0.5)
    entry = await until_recorded(recorded)
    for words in (QUESTION, SYSTEM, TEXT):
        assert words not in str(entry)
    assert entry["completion"] == REDACTED
    assert {message["content"] for message in entry["messages"]} == {REDACTED}
    assert (totals(entry), entry["error"]) == ((21, 9, 30), None)
    assert entry["model_name"] in asked["model"]
    assert (entry["latency_ms"] > 0, entry["request"]["temperature"]) == (True, 0.5)


@pytest.mark.parametrize("how", ["call", "astream"])
async def test_of_a_tool_call_the_name_is_kept_and_the_arguments_are_not(
    recorded: CapturingLogger,
    asked: Any,
    how: str,
    private: dict[str, Any],
    model_server: ModelServer,
) -> None:
    model_server.script(Reply("", tool_calls=(ToolCall("weather", '{"city": "Köln"}'),)))
    await ask(asked, how, **private)
    (call,) = (await until_recorded(recorded))["tool_calls"]
    assert (call["name"], call["arguments"]) == ("weather", REDACTED)


async def test_of_a_stream_that_is_left_half_way_no_word_is_kept(
    recorded: CapturingLogger, asked: Any, private: dict[str, Any]
) -> None:
    await left_half_way(asked, private)
    async with asyncio.timeout(60):
        while not recorded.entries:
            gc.collect()
            await asyncio.sleep(0.01)
    (entry,) = recorded.entries
    assert entry["completion"] == REDACTED
    assert QUESTION not in str(entry)


@pytest.mark.parametrize("how", ["call", "acall"])
async def test_a_failed_call_shows_no_word_of_its_prompt(
    recorded: CapturingLogger,
    asked: Any,
    how: str,
    private: dict[str, Any],
    model_server: ModelServer,
) -> None:
    model_server.script(Reply("no", status=400))
    with pytest.raises(litellm.BadRequestError):
        await ask(asked, how, **private)
    entry = await until_recorded(recorded)
    assert entry["error_class"] == "invalid_request"
    assert QUESTION not in str(entry)


@pytest.mark.parametrize("how", ["call", "stream", "acall", "astream"])
async def test_a_call_that_is_to_be_logged_nowhere_is_not_and_the_next_one_is(
    recorded: CapturingLogger, asked: Any, how: str, model_server: ModelServer
) -> None:
    model_server.script(Reply("a secret"), Reply(TEXT))
    await ask(asked, how, **{"no-log": True})
    await ask(asked, how)
    entry = await until_recorded(recorded)
    assert (entry["completion"], entry["messages"][-1]["content"]) == (TEXT, QUESTION)


async def test_a_call_that_failed_and_is_logged_nowhere_silences_none_after_it(
    recorded: CapturingLogger, asked: Any, model_server: ModelServer
) -> None:
    openai = pytest.importorskip("openai", reason="openai is not installed")
    if "gpt" not in asked["model"]:
        pytest.skip("LiteLLM makes these calls with an HTTP client of its own")
    model_server.script(Reply("no", status=400), Reply(TEXT))
    with pytest.raises(litellm.BadRequestError):
        await litellm.acompletion(**asked, **{"no-log": True})
    await ask(asked, "acall")
    assert (await until_recorded(recorded))["completion"] == TEXT
    async with openai.AsyncOpenAI(base_url=model_server.openai_url, api_key="key") as client:
        await client.chat.completions.create(model="m", messages=asked["messages"])
    assert len(recorded.entries) == (2 if state.active() is not None else 1)
