"""What is particular to the clients of Anthropic, Bedrock and Gemini."""

import gc
import json
import sys
from typing import Any

import pytest

from agents_sdk.testing import CapturingLogger, ModelServer, Reply, ToolCall

TEXT = "It rains in Köln today."
QUESTION: list[Any] = [{"role": "user", "content": "How is the weather in Köln?"}]


def only(logger: CapturingLogger) -> dict[str, Any]:
    assert len(logger.entries) == 1
    return logger.entries[0]


def test_anthropics_stream_helper_is_one_call(
    claude: Any,
    model_server: ModelServer,
    recorded: CapturingLogger,
) -> None:
    calling = (ToolCall("weather", '{"city": "Köln"}'),)
    model_server.script(Reply(TEXT, reasoning="Clouds.", tool_calls=calling))
    with claude.messages.stream(model="claude", max_tokens=9, messages=QUESTION) as stream:
        assert "".join(stream.text_stream) == TEXT
        assert stream.get_final_message().usage.output_tokens == 9
    entry = only(recorded)
    assert (entry["completion"], entry["reasoning"]) == (TEXT, "Clouds.")
    assert entry["tool_calls"] == [
        {"id": "call_1", "name": "weather", "arguments": '{"city": "Köln"}'}
    ]
    assert (entry["output_tokens"], entry["total_tokens"]) == (9, 30)


def test_lines_that_the_program_reads_of_a_stream_are_recorded(
    claude: Any, model_server: ModelServer, recorded: CapturingLogger
) -> None:
    model_server.script(Reply(TEXT, tool_calls=(ToolCall("weather", '{"city": "Köln"}'),)))
    create = claude.messages.with_streaming_response.create
    with create(model="claude", max_tokens=9, messages=QUESTION, stream=True) as response:
        assert "message_stop" in "".join(response.iter_lines())
    entry = only(recorded)
    assert (entry["completion"], entry["stream_end"]) == (TEXT, "complete")
    assert entry["tool_calls"][0]["arguments"] == '{"city": "Köln"}'
    assert entry["total_tokens"] == 30


ODD_EVENTS = ("3", "[1]", "null", '{"type": 7}', '{"index": null, "delta": [1]}', '{"index": "a"}')


@pytest.mark.parametrize("name", ["content_block_delta", "message_delta", "message_start"])
@pytest.mark.parametrize("odd", ODD_EVENTS)
def test_an_odd_event_reaches_the_caller_and_harms_nobody(
    claude: Any, recorded: CapturingLogger, name: str, odd: str
) -> None:
    delta = '{"type": "text_delta", "text": "hello"}'
    hello = f'{{"type": "content_block_delta", "index": 0, "delta": {delta}}}'
    events = (("content_block_delta", hello), (name, odd), ("content_block_delta", hello))
    data = "".join(f"event: {event}\ndata: {said}\n\n" for event, said in events)
    anthropic = sys.modules["anthropic"]
    httpx = sys.modules[anthropic.DefaultHttpxClient.__mro__[1].__module__.partition(".")[0]]
    headers = {"content-type": "text/event-stream"}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text=data, headers=headers))
    with claude.with_options(http_client=httpx.Client(transport=transport)) as client:
        stream = client.messages.create(model="c", max_tokens=9, messages=QUESTION, stream=True)
        assert len(list(stream)) == 3
    entry = only(recorded)
    assert (entry["completion"], entry["error"]) == ("hellohello", None)


def test_what_is_no_call_to_a_model_is_not_recorded(claude: Any, recorded: CapturingLogger) -> None:
    with pytest.raises(Exception, match="no such path"):
        claude.messages.count_tokens(model="claude", messages=QUESTION)
    assert recorded.entries == []


def test_an_overloaded_provider_in_the_middle_of_a_stream_is_called_so(
    claude: Any,
    model_server: ModelServer,
    recorded: CapturingLogger,
) -> None:
    model_server.script(Reply(TEXT, cut_after_pieces=4, error_in_stream="something is wrong here"))
    with pytest.raises(Exception, match="something is wrong here"):
        list(claude.messages.create(model="claude", max_tokens=9, messages=QUESTION, stream=True))
    assert only(recorded)["error_class"] == "overloaded"


@pytest.mark.parametrize("way", ["whole", "pieces", "lines", "unread"])
def test_a_body_of_bedrock_stays_the_callers_to_read(
    boto: Any,
    recorded: CapturingLogger,
    way: str,
) -> None:
    body = json.dumps({"anthropic_version": "x", "max_tokens": 9, "messages": QUESTION})
    answer = boto.invoke_model(modelId="anthropic.claude", body=body)["body"]
    if way == "whole":
        assert json.load(answer)["content"][0]["text"] == TEXT
    elif way == "pieces":
        assert TEXT in b"".join(answer.iter_chunks(10)).decode()
    elif way == "lines":
        assert TEXT in b"".join(answer.iter_lines()).decode()
    answer.close()
    del answer
    gc.collect()
    entry = only(recorded)
    assert entry["completion"] == (TEXT if way != "unread" else "")
    assert (entry["total_tokens"], entry["server_latency_ms"]) == (30, 7)
    assert entry["request_id"] == "req_1"


def test_only_calls_to_models_are_recorded_of_all_that_botocore_does(
    boto: Any,
    recorded: CapturingLogger,
) -> None:
    with pytest.raises(Exception, match=r"404|no such path"):
        boto.apply_guardrail(
            guardrailIdentifier="g", guardrailVersion="1", source="INPUT", content=[]
        )
    assert recorded.entries == []


@pytest.mark.parametrize(
    ("model", "body"),
    [
        ("amazon.titan-embed-text-v2:0", {"inputText": "Köln"}),
        ("us.cohere.embed-v4:0", {"texts": ["Köln"], "input_type": "search_query"}),
        ("cohere.rerank-v3-5:0", {"query": "Köln", "documents": ["Rain"]}),
    ],
)
def test_embeddings_and_rankings_are_no_calls_to_record(
    boto: Any, recorded: CapturingLogger, model: str, body: dict[str, Any]
) -> None:
    answer = boto.invoke_model(modelId=model, body=json.dumps(body))["body"]
    assert answer.read()
    assert recorded.entries == []
    boto.invoke_model(modelId="amazon.titan-text", body='{"inputText": "Köln"}')["body"].read()
    assert only(recorded)["model_name"] == "amazon.titan-text"


def test_automatic_function_calling_is_as_many_calls_as_it_makes(
    gemini: Any,
    model_server: ModelServer,
    recorded: CapturingLogger,
) -> None:
    def weather(city: str) -> str:
        """The weather in a city."""
        return f"rain in {city}"

    calling = (ToolCall("weather", '{"city": "Köln"}'),)
    model_server.script(Reply("", tool_calls=calling), Reply(TEXT))
    answer = gemini.models.generate_content(
        model="gemini-3", contents="How is the weather?", config={"tools": [weather]}
    )
    assert answer.text == TEXT
    first, second = recorded.entries
    assert [first["total_tokens"], second["total_tokens"]] == [30, 30]
    assert first["tool_calls"][0]["name"] == "weather"
    assert first["tools"][0]["name"] == "weather"
    assert [message["role"] for message in second["messages"]] == ["user", "assistant", "tool"]
    assert second["messages"][2]["content"] == {"result": "rain in Köln"}


async def test_the_chats_of_gemini_are_recorded(gemini: Any, recorded: CapturingLogger) -> None:
    chat = gemini.aio.chats.create(model="gemini-3")
    async for _ in await chat.send_message_stream("Hello"):
        pass
    await chat.send_message("And tomorrow?")
    roles = [message["role"] for message in recorded.entries[1]["messages"]]
    assert (roles[0], roles[1], roles[-1]) == ("user", "assistant", "user")
