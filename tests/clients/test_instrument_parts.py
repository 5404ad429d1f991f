"""What a prompt or an answer holds beside text: clients' own objects, media, tools of servers."""

from typing import Any

import pytest

from agents_sdk.testing import CapturingLogger, ModelServer, Reply, ToolCall

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


@pytest.fixture
def claude(model_server: ModelServer) -> Any:
    anthropic = pytest.importorskip("anthropic", reason="anthropic is not installed")
    with anthropic.Anthropic(base_url=model_server.url, api_key="key", max_retries=0) as client:
        yield client


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
    thought, text = answered["content"]
    assert {**thought, **text, "type": "?"} == {
        "type": "?",
        "thinking": "Clouds?",
        "signature": "c2ln",
        "text": "A moment.",
    }
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
