"""LangChain on OpenAI's and Anthropic's clients: patched, with our callback, and with both."""

import asyncio
import gc
from typing import Any

import pytest

from agents_sdk import session, trace, uninstrument
from agents_sdk.testing import CapturingLogger, ModelServer, Reply
from tests.frameworks.calls import CALLING, QUESTION, TEXT, assert_calls, assert_tool_loop, weather

pytest.importorskip("langchain_openai", reason="langchain-openai is not installed")
pytest.importorskip("langchain_anthropic", reason="langchain-anthropic is not installed")

# It warns of its own and its neighbours' future, and leaves sockets open.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(params=["patched", "callback", "both"])
def config(request: pytest.FixtureRequest, recorded: CapturingLogger) -> Any:
    """Whatever records a call, it is recorded once."""
    from agents_sdk.instrumentation.langchain import CallbackHandler

    if request.param == "callback":
        uninstrument()
    return {} if request.param == "patched" else {"callbacks": [CallbackHandler(recorded)]}


@pytest.fixture(params=["openai", "responses", "anthropic"])
def chat(request: pytest.FixtureRequest, model_server: ModelServer) -> Any:
    return make_chat(request.param, model_server)


def make_chat(kind: str, model_server: ModelServer) -> Any:
    if kind == "anthropic":
        from langchain_anthropic import ChatAnthropic

        return ChatAnthropic(model="claude", base_url=model_server.url, api_key="key")
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(
        model="gpt-4o",
        base_url=model_server.openai_url,
        api_key="key",
        stream_usage=True,
        use_responses_api=kind == "responses",
    )


@pytest.mark.parametrize("how", ["invoke", "stream", "ainvoke", "astream"])
async def test_a_call_is_one_entry(
    recorded: CapturingLogger, config: Any, chat: Any, how: str
) -> None:
    if how == "invoke":
        chat.invoke(QUESTION, config=config)
    elif how == "stream":
        list(chat.stream(QUESTION, config=config))
    elif how == "ainvoke":
        await chat.ainvoke(QUESTION, config=config)
    else:
        async for _ in chat.astream(QUESTION, config=config):
            pass
    assert_calls(recorded)
    entry = recorded.entries[0]
    assert entry["messages"][-1]["content"] == QUESTION
    assert entry["finish_reason"] == "stop"
    if "stream" in how:
        assert entry["stream_end"] == "complete"
        assert 0 < entry["time_to_first_token_ms"] <= entry["latency_ms"]


def test_a_tool_loop_is_as_many_entries_as_it_asks_the_model(
    recorded: CapturingLogger, config: Any, chat: Any, model_server: ModelServer
) -> None:
    from langchain_core.messages import HumanMessage, ToolMessage
    from langchain_core.tools import tool

    model_server.script(CALLING, Reply(TEXT))
    asking = chat.bind_tools([tool(weather)])
    said: list[Any] = [HumanMessage(QUESTION)]
    said.append(asking.invoke(said, config=config))
    (call,) = said[-1].tool_calls
    said.append(ToolMessage(weather(**call["args"]), tool_call_id=call["id"]))
    asking.invoke(said, config=config)
    assert_tool_loop(recorded)


def test_calls_in_parallel_threads_are_one_entry_each(
    recorded: CapturingLogger, config: Any, chat: Any
) -> None:
    questions = [f"{QUESTION} {number}" for number in range(5)]
    with session("batch"), trace():
        chat.batch(questions, config=config)
    assert_calls(recorded, 5)
    assert sorted(entry["messages"][-1]["content"] for entry in recorded.entries) == questions
    assert {entry["session_id"] for entry in recorded.entries} == {"batch"}
    assert len({entry["trace_id"] for entry in recorded.entries}) == 1


async def test_an_error_is_one_entry(
    model_server: ModelServer, recorded: CapturingLogger, config: Any, chat: Any
) -> None:
    model_server.script(Reply("no", status=400))
    with pytest.raises(Exception, match="400"):
        await chat.ainvoke("Hello", config=config)
    assert [entry["error_class"] for entry in recorded.entries] == ["invalid_request"]


def test_a_stream_left_half_way_is_one_entry_without_an_error(
    recorded: CapturingLogger, config: Any, chat: Any, model_server: ModelServer
) -> None:
    model_server.script(Reply("word " * 40))
    stream = chat.stream(QUESTION, config=config)
    while not next(stream).content:
        pass
    stream.close()
    gc.collect()
    (entry,) = recorded.entries
    assert entry["error"] is None
    assert entry["stream_end"] in ("closed", "abandoned")


@pytest.mark.parametrize("how", ["left", "cut", "left async"])
async def test_a_stream_of_anthropic_that_does_not_end_has_the_counts_of_its_prompt(
    recorded: CapturingLogger, config: Any, model_server: ModelServer, how: str
) -> None:
    """LangChain hands them on with the last piece only."""
    model_server.script(Reply("word " * 20, cut_after_pieces=8 if how == "cut" else None))
    chat = make_chat("anthropic", model_server)
    if how == "cut":
        with pytest.raises(Exception, match="closed"):
            list(chat.stream(QUESTION, config=config))
    elif how == "left":
        stream = chat.stream(QUESTION, config=config)
        next(stream)
        stream.close()
    else:
        astream = chat.astream(QUESTION, config=config)
        await anext(astream)
        await astream.aclose()
    async with asyncio.timeout(60):
        while not recorded.entries:  # the loop closes what LangChain leaves open
            gc.collect()
            await asyncio.sleep(0)
    (entry,) = recorded.entries
    assert (entry["input_tokens"], entry["cache_read_tokens"]) == (21, 5)


def test_a_stream_left_before_it_says_a_word_has_no_time_to_first_token(
    recorded: CapturingLogger, config: Any, model_server: ModelServer
) -> None:
    stream = make_chat("anthropic", model_server).stream(QUESTION, config=config)
    assert next(stream).content == ""
    stream.close()
    gc.collect()
    (entry,) = recorded.entries
    assert (entry["completion"], entry.get("time_to_first_token_ms")) == ("", None)


def test_an_error_in_the_middle_of_a_stream_is_one_entry(
    recorded: CapturingLogger, config: Any, model_server: ModelServer
) -> None:
    fault = Reply("word " * 20, cut_after_pieces=8, error_in_stream="something is wrong here")
    model_server.script(fault)
    with pytest.raises(Exception, match="something is wrong here"):
        list(make_chat("openai", model_server).stream(QUESTION, config=config))
    (entry,) = recorded.entries
    assert "something is wrong here" in entry["error"]
    assert entry["stream_end"] == "error"


def test_the_thoughts_of_a_model_are_reasoning(
    recorded: CapturingLogger, config: Any, model_server: ModelServer
) -> None:
    model_server.script(Reply(TEXT, reasoning="Clouds."))
    make_chat("anthropic", model_server).invoke(QUESTION, config=config)
    assert_calls(recorded)
    assert recorded.entries[0]["reasoning"] == "Clouds."


def test_a_recorded_call_between_the_pieces_of_a_stream_is_another_call(
    recorded: CapturingLogger, model_server: ModelServer
) -> None:
    """The stream itself comes from no client that is recorded."""
    from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
    from langchain_core.messages import AIMessage

    from agents_sdk.instrumentation.langchain import CallbackHandler

    callbacks = {"callbacks": [CallbackHandler(recorded)]}
    stream = GenericFakeChatModel(messages=iter([AIMessage(TEXT)])).stream("B", config=callbacks)
    moderator = make_chat("openai", model_server)
    for number, _ in enumerate(stream):
        if number < 2:
            moderator.invoke(QUESTION)
    said = [(entry["completion"], entry.get("stream_end")) for entry in recorded.entries]
    assert said == [(TEXT, None), (TEXT, None), (TEXT, "complete")]


def test_pictures_of_an_answer_stand_between_its_texts(recorded: CapturingLogger) -> None:
    from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
    from langchain_core.messages import AIMessage

    from agents_sdk.instrumentation.langchain import CallbackHandler

    picture = {"type": "image", "base64": "aGk=", "mime_type": "image/png"}
    said: list[Any] = ["Here: ", picture, {"type": "tool_use", "id": "1", "name": "x", "input": {}}]
    model = GenericFakeChatModel(messages=iter([AIMessage(said)]))
    model.invoke("Draw.", config={"callbacks": [CallbackHandler(recorded)]})
    (entry,) = recorded.entries
    assert entry["completion"] == [{"type": "text", "text": "Here: "}, picture]


@pytest.mark.parametrize("is_said", [True, False])
def test_the_provider_is_who_answers_at_the_address(
    recorded: CapturingLogger, config: Any, monkeypatch: pytest.MonkeyPatch, is_said: bool
) -> None:
    """The class is named after OpenAI whoever answers; the call itself goes nowhere."""
    from langchain_openai import ChatOpenAI

    address = "https://api.deepseek.com/v1"
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    if not is_said:
        monkeypatch.setenv("OPENAI_BASE_URL", address)
    given = {"base_url": address} if is_said else {}
    chat = ChatOpenAI(model="deepseek-chat", api_key="key", max_retries=0, **given)
    with pytest.raises(Exception, match="Connection error"):
        chat.invoke(QUESTION, config=config)
    assert [entry["provider"] for entry in recorded.entries] == ["deepseek"]


def test_a_server_of_ones_own_is_compatible_with_openai_and_azure_is_azure(
    recorded: CapturingLogger, config: Any, model_server: ModelServer
) -> None:
    from langchain_openai import AzureChatOpenAI

    make_chat("openai", model_server).invoke(QUESTION, config=config)
    AzureChatOpenAI(
        azure_deployment="gpt-4o",
        azure_endpoint=model_server.url,
        api_version="2024-10-21",
        api_key="key",
    ).invoke(QUESTION, config=config)
    assert [entry["provider"] for entry in recorded.entries] == ["openai-compatible", "azure"]
