"""Tools in OpenAI's Responses API: those that it ran itself, and those the caller has to run."""

import base64
from typing import Any

import pytest

from agents_sdk.instrumentation.clientobjects import as_dict
from agents_sdk.instrumentation.responsebytes import chunk_of
from agents_sdk.normalise.media import MAX_INLINE_BYTES
from agents_sdk.normalise.openai_responses import ResponsesFold, answer_of, prompt_of

TEXT = {
    "type": "message",
    "role": "assistant",
    "content": [{"type": "output_text", "text": "Rain"}],
}
SEARCH = {
    "type": "web_search_call",
    "id": "ws_1",
    "status": "completed",
    "action": {"type": "search", "query": "Köln", "sources": [{"type": "url", "url": "https://x"}]},
}
FILES = {
    "type": "file_search_call",
    "id": "fs_1",
    "queries": ["rain"],
    "results": [{"text": "wet"}],
}
CODE = {
    "type": "code_interpreter_call",
    "id": "ci_1",
    "code": "1 + 1",
    "container_id": "cntr_1",
    "outputs": [{"type": "logs", "logs": "2"}],
}
MCP = {
    "type": "mcp_call",
    "id": "mcp_1",
    "name": "forecast",
    "arguments": '{"city": "Köln"}',
    "server_label": "weather",
    "output": "rain",
}
BROKEN_MCP = {**MCP, "output": None, "error": "no route"}
LISTED = {
    "type": "mcp_list_tools",
    "id": "mcpl_1",
    "server_label": "weather",
    "tools": [{"name": "f"}],
}
SHELL = {"type": "shell_call", "id": "sh_1", "call_id": "c1", "action": {"commands": ["ls"]}}
HOSTED_SHELL = {**SHELL, "environment": {"type": "container_reference", "container_id": "cntr_1"}}
SHELL_OUTPUT = {
    "type": "shell_call_output",
    "id": "so_1",
    "call_id": "c1",
    "output": [{"stdout": "a"}],
}
TOOL_SEARCH = {
    "type": "tool_search_call",
    "id": "ts_1",
    "call_id": None,
    "execution": "server",
    "arguments": {"query": "rain"},
}
TOOLS_FOUND = {
    "type": "tool_search_output",
    "id": "to_1",
    "call_id": None,
    "tools": [{"name": "f"}],
}
PROGRAM = {"type": "program", "id": "pr_1", "call_id": "c2", "code": "f()", "fingerprint": "x"}
PROGRAM_OUTPUT = {"type": "program_output", "id": "po_1", "call_id": "c2", "result": "done"}


def executed(call_id: str, name: str, arguments: str, *result: Any, **more: Any) -> dict[str, Any]:
    call = {"id": call_id, "name": name, "arguments": arguments, "executed_by": "provider"}
    return {**call, **({"result": result[0]} if result else {}), **more}


HOSTED = [
    (
        [SEARCH],
        executed(
            *("ws_1", "web_search", '{"type": "search", "query": "Köln"}'),
            [{"type": "url", "url": "https://x"}],
        ),
    ),
    ([{"type": "web_search_call", "id": "ws_1"}], executed("ws_1", "web_search", "{}")),
    ([FILES], executed("fs_1", "file_search", '{"queries": ["rain"]}', [{"text": "wet"}])),
    (
        [CODE],
        executed(
            *("ci_1", "code_interpreter", '{"code": "1 + 1", "container_id": "cntr_1"}'),
            [{"type": "logs", "logs": "2"}],
        ),
    ),
    ([MCP], executed("mcp_1", "forecast", '{"city": "Köln"}', "rain", server_label="weather")),
    (
        [BROKEN_MCP],
        executed(
            *("mcp_1", "forecast", '{"city": "Köln"}', {"error": "no route"}),
            server_label="weather",
        ),
    ),
    (
        [LISTED],
        executed("mcpl_1", "mcp_list_tools", '{"server_label": "weather"}', [{"name": "f"}]),
    ),
    (
        [HOSTED_SHELL],
        executed(
            *("c1", "shell"),
            '{"action": {"commands": ["ls"]}, "environment": '
            '{"type": "container_reference", "container_id": "cntr_1"}}',
        ),
    ),
    (
        [SHELL, SHELL_OUTPUT],
        executed("c1", "shell", '{"action": {"commands": ["ls"]}}', [{"stdout": "a"}]),
    ),
    (
        [TOOL_SEARCH, TOOLS_FOUND],
        executed("ts_1", "tool_search", '{"query": "rain"}', [{"name": "f"}]),
    ),
    (
        [PROGRAM, PROGRAM_OUTPUT],
        executed("c2", "program", '{"code": "f()", "fingerprint": "x"}', "done"),
    ),
    ([SHELL_OUTPUT], executed("c1", "shell", "{}", [{"stdout": "a"}])),
    (
        [{"type": "star_chart_call", "id": "sc_1", "status": "failed", "sky": "north"}],
        executed("sc_1", "star_chart", '{"sky": "north"}', {"error": "failed"}),
    ),
]
OPEN = [
    (
        {"type": "computer_call", "call_id": "c1", "action": {"type": "screenshot"}},
        {"id": "c1", "name": "computer", "arguments": '{"action": {"type": "screenshot"}}'},
    ),
    (
        {"type": "local_shell_call", "call_id": "c1", "action": {"command": ["ls"]}},
        {"id": "c1", "name": "local_shell", "arguments": '{"command": ["ls"]}'},
    ),
    (SHELL, {"id": "c1", "name": "shell", "arguments": '{"action": {"commands": ["ls"]}}'}),
    (
        {"type": "apply_patch_call", "call_id": "c1", "operation": {"type": "delete_file"}},
        {"id": "c1", "name": "apply_patch", "arguments": '{"type": "delete_file"}'},
    ),
    (
        {"type": "mcp_approval_request", "id": "ma_1", "name": "forecast", "arguments": "{}"},
        {
            "id": "ma_1",
            "name": "mcp_approval_request",
            "arguments": '{"name": "forecast", "arguments": "{}"}',
        },
    ),
    (
        {"type": "custom_tool_call", "call_id": "c1", "name": "sql", "input": "select 1"},
        {"id": "c1", "name": "sql", "arguments": "select 1"},
    ),
]


@pytest.mark.parametrize(("items", "call"), HOSTED, ids=lambda value: str(value)[:30])
def test_a_tool_that_openai_ran_is_seen_with_what_came_of_it(items: Any, call: Any) -> None:
    answer = answer_of({"status": "completed", "output": [*items, TEXT]})
    assert answer.tool_calls == [call]
    assert answer.content == "Rain"


@pytest.mark.parametrize(("item", "call"), OPEN, ids=lambda value: str(value)[:30])
def test_a_tool_that_the_caller_has_to_run_is_an_ordinary_call(item: Any, call: Any) -> None:
    assert answer_of({"output": [item]}).tool_calls == [call]


@pytest.mark.parametrize(("item", "call"), OPEN, ids=lambda value: str(value)[:30])
def test_a_call_reads_the_same_in_the_prompt_that_carries_it_back(item: Any, call: Any) -> None:
    result = {"type": f"{item['type']}_output", "call_id": "c1", "output": {"type": "x"}}
    prompt = prompt_of({"input": [item, result]})
    assert prompt.messages == [
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": [{"type": "x"}]},
    ]


def test_what_a_model_said_in_one_turn_is_one_message() -> None:
    call = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}
    picture = {"type": "output_image", "image_url": "https://x"}
    items = [
        {"role": "user", "content": "Hello?"},
        {"type": "reasoning", "summary": [{"text": "Hm."}]},
        SEARCH,
        {**TEXT, "id": "msg_1"},
        {"type": "reasoning", "summary": [{"text": "So."}]},
        {**TEXT, "content": [picture]},
        call,
        {**call, "call_id": "c2"},
        {"type": "function_call_output", "call_id": "c1", "output": "yes"},
        {"role": "assistant", "content": "Bye."},
        {"role": "assistant", "content": "See you."},
    ]
    user, said, result, bye, last = prompt_of({"input": items}).messages
    assert (user["role"], result["role"]) == ("user", "tool")
    assert (said["role"], said["id"], said["reasoning"]) == ("assistant", "msg_1", "Hm.\nSo.")
    assert said["content"] == [{"type": "text", "text": "Rain"}, picture]
    assert [call["id"] for call in said["tool_calls"]] == ["ws_1", "c1", "c2"]
    assert [bye["content"], last["content"]] == ["Bye.", "See you."]


@pytest.mark.parametrize("role", [None, 7, [], "assistant"])
@pytest.mark.parametrize("content", [None, 7, [None], "x", {"text": "x"}])
def test_an_odd_message_is_a_message(role: Any, content: Any) -> None:
    item = {"type": "message", "role": role, "content": content}
    assert len(prompt_of({"input": [TEXT, item, 7]}).messages) in (2, 3)


def test_an_approval_is_the_answer_to_its_request() -> None:
    given = {"type": "mcp_approval_response", "approval_request_id": "ma_1", "approve": True}
    (message,) = prompt_of({"input": [given]}).messages
    assert message == {"role": "tool", "tool_call_id": "ma_1", "content": [given]}


@pytest.mark.parametrize("is_large", [False, True])
def test_an_image_is_kept_when_small_and_named_when_large(is_large: bool) -> None:
    data = base64.b64encode(b"x" * (MAX_INLINE_BYTES + is_large)).decode()
    item = {"type": "image_generation_call", "id": "ig_1", "result": data, "output_format": "webp"}
    (call,) = answer_of({"output": [item]}).tool_calls
    assert (call["name"], call["executed_by"]) == ("image_generation", "provider")
    assert call["result"]["mime_type"] == "image/webp"
    shown = call["result"]["data"]
    assert shown["omitted"]["size_bytes"] == len(data) * 3 // 4 - 1 if is_large else shown == data


def test_a_compaction_answers_with_what_it_kept_and_what_stands_for_the_rest() -> None:
    kept = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
    rest = {"type": "compaction", "id": "cmp_1", "encrypted_content": "gAAAA"}
    answer = answer_of({"object": "response.compaction", "output": [kept, rest]})
    assert (answer.content, answer.tool_calls) == ([kept, rest], [])
    answer = answer_of({"output": [TEXT, rest]})
    assert answer.content == [{"type": "text", "text": "Rain"}, rest]


def event(kind: str, place: int | None = 0, **fields: Any) -> Any:
    return chunk_of({"type": f"response.{kind}", "output_index": place, **fields})


def folded(*events: Any) -> Any:
    fold = ResponsesFold(as_dict)
    for one in events:
        fold.add(one)
    return fold.answer()


def test_a_stream_left_half_way_has_the_tools_that_were_used_by_then() -> None:
    answer = folded(
        event("created", response={"id": "resp_1", "status": "in_progress", "output": []}),
        event("output_item.added", 0, item={**SEARCH, "action": None}),
        event("output_item.done", 0, item=SEARCH),
        event("output_item.added", 1, item={**MCP, "arguments": "", "output": None}),
        event("mcp_call_arguments.delta", 1, delta='{"city"'),
        event("output_item.added", 2, item={**CODE, "code": "", "outputs": None}),
        event("code_interpreter_call_code.delta", 2, delta="1 +"),
        event("output_item.added", 3, item={**TEXT, "content": []}),
        event("output_text.delta", 3, delta="Ra"),
        event("output_item.added", 4, item={"type": "function_call", "call_id": "c", "name": "f"}),
        event("function_call_arguments.delta", 4, delta='{"a"'),
    )
    names = [(call["name"], call["arguments"]) for call in answer.tool_calls]
    assert names == [
        ("web_search", '{"type": "search", "query": "Köln"}'),
        ("forecast", '{"city"'),
        ("code_interpreter", '{"code": "1 +", "container_id": "cntr_1"}'),
        ("f", '{"a"'),
    ]
    assert [call.get("executed_by") for call in answer.tool_calls] == ["provider"] * 3 + [None]
    assert (answer.content, answer.response_id, answer.finish_reason) == ("Ra", "resp_1", None)


def test_texts_of_a_stream_follow_one_another_however_far_they_came() -> None:
    answer = folded(
        event("output_item.done", 0, item=TEXT),
        event("output_item.added", 1, item={**TEXT, "content": []}),
        event("output_text.delta", 1, delta=" today"),
    )
    assert answer.content == "Rain today"


def test_a_stream_whose_end_leaves_the_items_out_has_them_all_the_same() -> None:
    answer = folded(
        event("output_item.done", 0, item=SEARCH),
        event("output_item.done", 1, item=TEXT),
        event("completed", response={"id": "r", "status": "completed", "output": []}),
    )
    assert (answer.content, answer.finish_reason) == ("Rain", "completed")
    assert [call["name"] for call in answer.tool_calls] == ["web_search"]


def test_pieces_without_their_places_are_kept_apart_by_what_they_are() -> None:
    answer = folded(
        event("output_text.delta", None, delta="Rain"),
        event("function_call_arguments.delta", None, delta="{}"),
    )
    assert answer.content == "Rain"
    assert [call["arguments"] for call in answer.tool_calls] == ["{}"]


def test_an_error_of_any_form_ends_a_stream() -> None:
    for odd in ({"message": 7, "code": 8}, {}, {"message": None, "code": []}):
        answer = folded(chunk_of({"type": "error", **odd}))
        assert (answer.error, answer.error_type) == ("error", None)
