"""What an answer holds beside text."""

import json
from typing import Any

import pytest

from agents_sdk.normalise import anthropic, converse, gemini

TEXT = {"type": "text", "text": "Done."}


@pytest.mark.parametrize("failed", [False, True])
def test_results_of_anthropics_own_tools_stand_with_their_calls(failed: bool) -> None:
    blocks = [
        {"type": "mcp_tool_use", "id": "m1", "name": "echo", "server_name": "s", "input": {"a": 1}},
        {"type": "mcp_tool_result", "tool_use_id": "m1", "content": [TEXT], "is_error": failed},
        {"type": "tool_use", "id": "t1", "name": "look", "input": {}},
        {"type": "server_tool_use", "id": "s1", "name": "code_execution", "input": {"code": "1"}},
        TEXT,
    ]
    answer = anthropic.answer_of({"content": blocks})
    assert answer.content == "Done."
    executed = {"executed_by": "provider"}
    result = {"error": [TEXT]} if failed else [TEXT]
    of_server = {**executed, "result": result, "server_label": "s"}
    assert answer.tool_calls == [
        {"id": "m1", "name": "echo", "arguments": '{"a": 1}', **of_server},
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


CODE = {"language": "PYTHON", "code": "print(1)"}
RAN = {"outcome": "OUTCOME_OK", "output": "1"}


@pytest.mark.parametrize("names", [("executableCode", "codeExecutionResult"), None])
def test_code_that_google_runs_is_a_call_with_its_result(names: tuple[str, str] | None) -> None:
    code, result = names or ("executable_code", "code_execution_result")
    parts = [
        {"text": "Let me see. "},
        {code: {**CODE, "id": "e1"}},
        {code: {**CODE, "id": "e2"}},
        {result: {**RAN, "id": "e1"}},
        {"text": "It is 1."},
    ]
    answer = gemini.answer_of(_candidate(parts))
    assert answer.content == "Let me see. It is 1."
    first, second = answer.tool_calls
    assert (first["id"], first["name"], first["result"]) == ("e1", "code_execution", RAN)
    assert (second["executed_by"], "result" in second) == ("provider", False)
    assert json.loads(first["arguments"]) == CODE


def test_pictures_of_an_answer_stand_between_its_texts() -> None:
    picture = {"inlineData": {"mimeType": "image/png", "data": "aGk="}}
    signature = {"thoughtSignature": "c2ln"}
    thought = {"text": "Hm.", "thought": True}
    answer = gemini.answer_of(_candidate([thought, {"text": "Here:"}, picture, signature]))
    assert answer.content == [{"type": "text", "text": "Here:"}, picture]
    assert answer.reasoning == "Hm."


def test_tools_of_google_in_the_words_of_its_newer_answers() -> None:
    asked = {"toolType": "GOOGLE_SEARCH", "id": "g1", "args": {"queries": ["Köln"]}}
    told = {"toolType": "GOOGLE_SEARCH", "id": "g1", "response": {"chunks": []}}
    (call,) = gemini.answer_of(_candidate([{"toolCall": asked}, {"toolResponse": told}])).tool_calls
    assert call == {
        "id": "g1",
        "name": "GOOGLE_SEARCH",
        "arguments": '{"queries": ["Köln"]}',
        "executed_by": "provider",
        "result": {"chunks": []},
    }


def _candidate(parts: list[Any]) -> dict[str, Any]:
    return {"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}]}


def test_converse_is_read_with_pictures_citations_and_tools_of_its_own() -> None:
    use = {"toolUseId": "n1", "name": "nova_grounding", "input": {}, "type": "server_tool_use"}
    picture = {"image": {"format": "png", "source": {"bytes": b"hi"}}}
    cited = {"citationsContent": {"content": [{"text": "It rains."}], "citations": []}}
    result: Any = {"toolResult": {"toolUseId": "n1", "content": [{"text": "found"}]}}
    blocks = [{"toolUse": use}, result, {"text": "So: "}, cited]
    said = {"output": {"message": {"role": "assistant", "content": blocks}}}
    answer = converse.answer_of(said)
    assert answer.content == "So: It rains."
    (call,) = answer.tool_calls
    assert (call["executed_by"], call["result"]) == ("provider", "found")
    result["toolResult"]["status"] = "error"
    assert converse.answer_of(said).tool_calls[0]["result"] == {"error": "found"}
    blocks.append(picture)
    texts = [{"type": "text", "text": text} for text in ("So: ", "It rains.")]
    assert converse.answer_of(said).content == [*texts, picture]
