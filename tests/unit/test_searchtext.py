"""What of a text is searched, and how it is folded."""

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmlogs import searchtext

NOT_READ = re.compile(
    r"data:[\w.+-]{1,64}/[\w.+-]{1,128}(?:;[\w.+=-]{1,64}){0,4},[^\s\"'<>)]*"
    r"|[A-Za-z0-9+/_-]{1024,}={0,2}"
)
"""Contract 3 as one expression: data URLs, and base64 runs over 1 KB."""

runs = st.builds(lambda of, length: of * length, st.sampled_from("Aé "), st.integers(500, 1600))
pieces = st.sampled_from(
    ["data:image/png;base64,", "data:", "==", '"', ")", " ", "\x00", "\ud800", "KÖLN", "Straße"]
)
texts = st.lists(runs | pieces | st.text(max_size=5), max_size=8).map("".join)


@given(text=texts)
def test_only_data_urls_and_long_runs_are_left_out(text: str) -> None:
    expected = searchtext.fold(NOT_READ.sub(searchtext.SEPARATOR, text))
    assert searchtext.message_text({"role": "user", "content": text}) == expected


@pytest.mark.parametrize("before", [0, 1, 511, 512, 513, 1023])
def test_a_run_is_left_out_wherever_it_stands_once_it_is_long_enough(before: int) -> None:
    beginning, word = " " * before, "a" * 1023
    assert searchtext.message_text(beginning + word + " b") == beginning + word + " b"
    assert searchtext.message_text(beginning + word + "a b") == beginning + "\x1f b"


@given(text=texts)
def test_what_is_folded_can_be_indexed_and_is_folded_character_by_character(text: str) -> None:
    folded = searchtext.fold(text)
    expected = unicodedata.normalize("NFC", text).casefold()
    assert folded == re.sub("[\x00\ud800-\udfff]", "\ufffd", expected)
    folded.encode()


@pytest.mark.parametrize(
    "message",
    [
        {
            "type": "function_call",
            "call_id": "c",
            "name": "find_moon",
            "arguments": '{"a": "needle"}',
        },
        {"type": "function_call_output", "call_id": "c", "output": "a needle"},
        {"type": "function_call_output", "output": [{"type": "output_text", "text": "a needle"}]},
        {"type": "custom_tool_call", "name": "run", "input": "a needle"},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "a needle"}]},
        {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {"a": "needle"}}}]},
        {"role": "model", "parts": [{"function_call": {"name": "needle", "args": {}}}]},
        {"role": "user", "parts": [{"functionResponse": {"response": {"result": ["needle"]}}}]},
        {"role": "user", "parts": [{"function_response": {"response": {"result": "needle"}}}]},
        {"role": "user", "content": [{"toolResult": {"content": [{"json": {"a": "needle"}}]}}]},
        {"role": "assistant", "tool_calls": [{"type": "custom", "custom": {"input": "needle"}}]},
    ],
    ids=lambda message: str(message.get("type") or next(iter(message.values()))),
)
def test_calls_and_results_are_found_in_every_providers_form(message: Any) -> None:
    assert "needle" in searchtext.message_text(message)
    assert "summary_text" not in searchtext.message_text(message)
    assert "output_text" not in searchtext.message_text(message)


def test_what_came_of_a_tool_that_the_provider_ran_is_found() -> None:
    call = {"name": "f", "arguments": "{}", "executed_by": "provider"}
    calls = [{**call, "result": [{"text": "a needle"}]}, {**call, "result": {"error": ["gone"]}}]
    text = searchtext.answer_text({"completion": "", "tool_calls": calls})
    assert "needle" in text
    assert "gone" in text


@pytest.mark.parametrize(
    "tool",
    [
        {"name": "needle"},
        {"function": {"name": "f", "description": "a needle"}},
        {"toolSpec": {"name": "needle"}},
        {"type": "custom", "custom": {"name": "needle"}},
        {"function_declarations": [{"name": "f"}, {"name": "g", "description": "a needle"}]},
        {"functionDeclarations": [{"name": "needle"}]},
    ],
    ids=lambda tool: next(iter(tool)),
)
def test_tools_are_found_in_every_providers_form(tool: Any) -> None:
    assert "needle" in searchtext.tools_text([tool])
