"""What an answer holds beside text."""

from agents_sdk.normalise import anthropic

TEXT = {"type": "text", "text": "Done."}


def test_results_of_anthropics_own_tools_stand_with_their_calls() -> None:
    blocks = [
        {"type": "mcp_tool_use", "id": "m1", "name": "echo", "server_name": "s", "input": {"a": 1}},
        {"type": "mcp_tool_result", "tool_use_id": "m1", "content": [TEXT], "is_error": False},
        {"type": "tool_use", "id": "t1", "name": "look", "input": {}},
        {"type": "server_tool_use", "id": "s1", "name": "code_execution", "input": {"code": "1"}},
        TEXT,
    ]
    answer = anthropic.answer_of({"content": blocks})
    assert answer.content == "Done."
    executed = {"executed_by": "provider"}
    assert answer.tool_calls == [
        {"id": "m1", "name": "echo", "arguments": '{"a": 1}', **executed, "result": [TEXT]},
        {"id": "t1", "name": "look", "arguments": "{}"},
        {"id": "s1", "name": "code_execution", "arguments": '{"code": "1"}', **executed},
    ]


def test_the_result_of_a_call_that_an_earlier_answer_paused_in_is_seen_too() -> None:
    result = {"type": "code_execution_result", "stdout": "1", "return_code": 0}
    block = {"type": "code_execution_tool_result", "tool_use_id": "s1", "content": result}
    (call,) = anthropic.answer_of({"content": [block, TEXT]}).tool_calls
    assert (call["id"], call["name"], call["result"]) == ("s1", "code_execution", result)


def test_what_is_neither_text_nor_thought_nor_tool_is_a_part_of_the_answer() -> None:
    file = {"type": "container_upload", "file_id": "f1"}
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "s"}
    answer = anthropic.answer_of({"content": [thought, {**TEXT, "citations": None}, file]})
    assert (answer.content, answer.reasoning) == ([TEXT, file], "Hm.")
