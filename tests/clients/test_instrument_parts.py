"""What a prompt or an answer holds beside text: clients' own objects, media, tools of servers."""

import base64
import json
from typing import Any

import pytest

from agents_sdk.testing import CapturingLogger, ModelServer, Reply, ToolCall

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 300
TEXT = "It rains in Köln today."
QUESTION: list[Any] = [{"role": "user", "content": "How is the weather in Köln?"}]
FOUND = [
    {"type": "web_search_result", "url": "https://x", "title": "Rain", "encrypted_content": "e"}
]
SEARCHED = (
    {"type": "server_tool_use", "id": "srv_1", "name": "web_search", "input": {"query": "Köln"}},
    {"type": "web_search_tool_result", "tool_use_id": "srv_1", "content": FOUND},
)
SEARCH = {
    "id": "srv_1",
    "name": "web_search",
    "arguments": '{"query": "Köln"}',
    "executed_by": "provider",
    "result": FOUND,
}


def _asked(client: Any, how: str, messages: Any) -> Any:
    asked: Any = {"model": "claude", "max_tokens": 9, "messages": messages}
    if how == "stream helper":
        with client.messages.stream(**asked) as stream:
            return stream.get_final_message()
    messages_api = client.beta.messages if how == "beta" else client.messages
    return messages_api.create(**asked)


@pytest.mark.parametrize("how", ["create", "stream helper", "beta"])
def test_blocks_of_an_answer_that_are_handed_back_are_recorded_as_they_are_sent(
    claude: Any, model_server: ModelServer, recorded: CapturingLogger, how: str
) -> None:
    calling = (ToolCall("weather", '{"city": "Köln"}'),)
    model_server.script(Reply("A moment.", reasoning="Clouds?", tool_calls=calling), Reply(TEXT))
    said = _asked(claude, how, QUESTION)
    picture = {"type": "base64", "media_type": "image/png", "data": "aGk="}
    seen = [{"type": "text", "text": "rain"}, {"type": "image", "source": picture}]
    result = {"type": "tool_result", "tool_use_id": "call_1", "content": seen}
    repeated = {"role": "assistant", "content": said.content}
    _asked(claude, how, [*QUESTION, repeated, {"role": "user", "content": [result]}])
    asked, answered, told = recorded.entries[1]["messages"]
    assert asked == QUESTION[0]
    sent = model_server.requests[1].body["messages"][1]["content"]
    assert [block["type"] for block in sent] == ["thinking", "text", "tool_use"]
    assert answered["content"] == sent[:2]
    (call,) = answered["tool_calls"]
    assert (call["id"], call["name"]) == ("call_1", "weather")
    assert call["arguments"] == '{"city": "Köln"}'
    assert told == {"role": "tool", "tool_call_id": "call_1", "content": seen}


@pytest.mark.parametrize("how", ["create", "stream helper"])
def test_a_tool_that_anthropic_runs_itself_is_seen_with_its_result(
    claude: Any, model_server: ModelServer, recorded: CapturingLogger, how: str
) -> None:
    model_server.script(Reply(TEXT, blocks=SEARCHED))
    _asked(claude, how, QUESTION)
    (entry,) = recorded.entries
    assert entry["completion"] == TEXT
    assert entry["tool_calls"] == [SEARCH]
    assert entry["finish_reason"] == "stop"


RAN = (
    {"executableCode": {"language": "PYTHON", "code": "draw()"}},
    {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "drawn"}},
    {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(PICTURE).decode()}},
    {"inlineData": {"mimeType": "image/webp", "data": "AAH/"}},
)


@pytest.mark.parametrize("is_stream", [False, True])
def test_pictures_of_gemini_and_the_code_it_ran_are_part_of_the_entry(
    gemini: Any, model_server: ModelServer, recorded: CapturingLogger, is_stream: bool
) -> None:
    model_server.script(Reply(TEXT, blocks=RAN))
    if is_stream:
        list(gemini.models.generate_content_stream(model="gemini-3", contents="Draw."))
    else:
        gemini.models.generate_content(model="gemini-3", contents="Draw.")
    (entry,) = recorded.entries
    large, small, text = entry["completion"]
    named = large["inline_data"]["data"]["omitted"]
    assert (named["mime_type"], named["size_bytes"]) == ("image/png", len(PICTURE))
    assert small["inline_data"] == {"mime_type": "image/webp", "data": "AAH/"}
    assert text == {"type": "text", "text": TEXT}
    (call,) = entry["tool_calls"]
    assert (call["name"], call["executed_by"]) == ("code_execution", "provider")
    assert json.loads(call["arguments"]) == {"language": "PYTHON", "code": "draw()"}
    assert call["result"] == {"outcome": "OUTCOME_OK", "output": "drawn"}
    assert entry["finish_reason"] == "stop"


def test_contents_of_gemini_are_recorded_as_they_are_sent(
    gemini: Any, model_server: ModelServer, recorded: CapturingLogger
) -> None:
    from google.genai import types

    contents = [
        types.Content(role="user", parts=[types.Part(text="First.")]),
        types.Content(role="model", parts=[types.Part(text="Yes?")]),
        "Look at these: ",
        types.Part.from_bytes(data=PICTURE, mime_type="image/png"),
        types.File(name="files/1", uri="https://files/1", mime_type="image/gif"),
    ]
    gemini.models.generate_content(model="gemini-3", contents=contents)
    first, second, third = recorded.entries[0]["messages"]
    sent = model_server.requests[0].body["contents"]
    assert (first, second) == (
        {"role": "user", "content": "First."},
        {"role": "assistant", "content": "Yes?"},
    )
    assert len(sent) == 3
    text, picture, file = third["content"]
    assert text == {"type": "text", "text": sent[2]["parts"][0]["text"]}
    assert picture["inline_data"]["data"]["omitted"]["size_bytes"] == len(PICTURE)
    assert file == {"file_data": {"file_uri": "https://files/1", "mime_type": "image/gif"}}


def test_the_type_that_an_answer_is_to_have_is_recorded_as_its_schema(
    gemini: Any, recorded: CapturingLogger
) -> None:
    import pydantic

    class Weather(pydantic.BaseModel):
        sky: str
        password: str

    texts = {"type": "array", "items": {"type": "string"}}
    known = Weather.model_json_schema()
    for kind, schema in ((Weather, known), (list[str], texts), (texts, texts)):
        config: Any = {"response_schema": kind, "response_mime_type": "application/json"}
        gemini.models.generate_content(model="gemini-3", contents="Say.", config=config)
        assert recorded.entries[-1]["request"]["response_schema"] == schema


GROUNDED = (
    {
        "toolUse": {
            "toolUseId": "n1",
            "name": "nova_grounding",
            "type": "server_tool_use",
            "input": {"query": "Köln"},
        }
    },
    {"toolResult": {"toolUseId": "n1", "type": "nova_result", "content": [{"text": "rain"}]}},
    {"image": {"format": "png", "source": {"bytes": base64.b64encode(PICTURE).decode()}}},
)


@pytest.mark.parametrize("is_stream", [False, True])
def test_pictures_of_bedrock_and_the_tools_it_ran_are_part_of_the_entry(
    boto: Any, model_server: ModelServer, recorded: CapturingLogger, is_stream: bool
) -> None:
    model_server.script(Reply(TEXT, blocks=GROUNDED))
    seen = {"image": {"format": "jpeg", "source": {"bytes": bytearray(PICTURE)}}}
    messages = [{"role": "user", "content": [{"text": "Look."}, seen]}]
    if is_stream:
        list(boto.converse_stream(modelId="nova", messages=messages)["stream"])
    else:
        boto.converse(modelId="nova", messages=messages)
    (entry,) = recorded.entries
    shown = entry["messages"][0]["content"][1]["image"]["source"]["bytes"]["omitted"]
    assert (shown["mime_type"], shown["size_bytes"]) == ("jpeg", len(PICTURE))
    picture, text = entry["completion"]
    assert picture["image"]["source"]["bytes"]["omitted"]["size_bytes"] == len(PICTURE)
    assert text == {"type": "text", "text": TEXT}
    (call,) = entry["tool_calls"]
    assert (call["name"], call["executed_by"], call["result"]) == (
        "nova_grounding",
        "provider",
        "rain",
    )
    assert json.loads(call["arguments"]) == {"query": "Köln"}
