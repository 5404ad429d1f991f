"""The items of OpenAI's Responses API that are neither text nor a call of the caller's tools."""

from typing import Any

import pytest

openai = pytest.importorskip("openai", reason="openai is not installed")

from agents_sdk.testing import CapturingLogger, ModelServer, Reply, ToolCall  # noqa: E402

TEXT = "It rains in Köln today."
SEARCH = {
    "type": "web_search_call",
    "id": "ws_1",
    "status": "completed",
    "action": {"type": "search", "query": "Köln", "sources": [{"type": "url", "url": "https://x"}]},
}
SCREENSHOT = {
    "type": "computer_call",
    "id": "cu_1",
    "call_id": "call_7",
    "status": "completed",
    "pending_safety_checks": [],
    "action": {"type": "screenshot"},
}
SEARCHED = {
    "id": "ws_1",
    "name": "web_search",
    "arguments": '{"type": "search", "query": "Köln"}',
    "executed_by": "provider",
    "result": [{"type": "url", "url": "https://x"}],
}


@pytest.fixture
def client(model_server: ModelServer) -> Any:
    with openai.OpenAI(base_url=model_server.openai_url, api_key="key", max_retries=0) as made:
        if not hasattr(made, "responses"):
            pytest.skip("this openai has no Responses API")
        yield made


@pytest.mark.parametrize("is_stream", [False, True])
def test_a_search_that_openai_ran_is_seen_and_leaves_nothing_to_do(
    client: Any, model_server: ModelServer, recorded: CapturingLogger, is_stream: bool
) -> None:
    model_server.script(Reply(TEXT, blocks=(SEARCH,)))
    answer = client.responses.create(model="gpt-5", input="Hello?", stream=is_stream)
    if is_stream:
        list(answer)
    (entry,) = recorded.entries
    assert (entry["completion"], entry["tool_calls"]) == (TEXT, [SEARCHED])
    assert (entry["finish_reason"], entry["total_tokens"]) == ("stop", 30)


def test_a_stream_that_breaks_off_has_the_search_and_the_calls_begun_by_then(
    client: Any, model_server: ModelServer, recorded: CapturingLogger
) -> None:
    called = (ToolCall("weather", '{"city": "Köln"}'),)
    model_server.script(Reply(TEXT, blocks=(SEARCH,), tool_calls=called))
    with client.responses.create(model="gpt-5", input="Hello?", stream=True) as stream:
        for event in stream:
            if event.type == "response.function_call_arguments.delta":
                break
    (entry,) = recorded.entries
    assert (entry["completion"], entry["stream_end"]) == (TEXT, "closed")
    begun = {"id": "call_1", "name": "weather", "arguments": '{"cit'}
    assert entry["tool_calls"] == [SEARCHED, begun]


def test_the_next_action_of_a_computer_is_a_call_and_its_screenshot_the_result(
    client: Any, model_server: ModelServer, recorded: CapturingLogger
) -> None:
    model_server.script(Reply("", blocks=(SCREENSHOT,)), Reply(TEXT))
    asked: list[Any] = [{"role": "user", "content": "Look."}]
    answer = client.responses.create(model="gpt-5", input=asked)
    picture = {"type": "computer_screenshot", "image_url": "data:image/png;base64,aaaa"}
    result = {"type": "computer_call_output", "call_id": "call_7", "output": picture}
    client.responses.create(model="gpt-5", input=[*asked, answer.output[0], result])
    first, second = recorded.entries
    (call,) = first["tool_calls"]
    assert (call["id"], call["name"], first["finish_reason"]) == (
        "call_7",
        "computer",
        "tool_calls",
    )
    assert second["messages"][1]["tool_calls"] == [call]
    assert second["messages"][2] == {"role": "tool", "tool_call_id": "call_7", "content": [picture]}


def test_a_compaction_is_a_call_of_its_own(
    client: Any, model_server: ModelServer, recorded: CapturingLogger
) -> None:
    if not hasattr(client.responses, "compact"):
        pytest.skip("this openai does not compact")
    model_server.script(Reply("gAAAA"))
    client.responses.compact(model="gpt-5", input="Hello?")
    (entry,) = recorded.entries
    assert entry["messages"] == [{"role": "user", "content": "Hello?"}]
    (item,) = entry["completion"]
    assert (item["type"], item["encrypted_content"]) == ("compaction", "gAAAA")
    assert (entry["model_name"], entry["total_tokens"]) == ("gpt-5", 30)
