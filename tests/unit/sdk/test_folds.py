"""Streams of anything at all become an answer: what makes no sense says nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents_sdk.instrumentation.clientobjects import as_dict
from agents_sdk.instrumentation.responsebytes import chunk_of
from agents_sdk.instrumentation.streams import Fold
from agents_sdk.normalise.anthropic import MessageFold
from agents_sdk.normalise.openai_chat import ChatFold, answer_of
from agents_sdk.normalise.openai_responses import ResponsesFold
from agents_sdk.normalise.shapes import Answer

FOLDS: dict[str, Callable[[Any], Fold]] = {
    "chat": ChatFold,
    "responses": ResponsesFold,
    "messages": MessageFold,
}
WORDS = [
    *("type", "index", "delta", "text", "thinking", "partial_json", "content_block", "message"),
    *("usage", "choices", "finish_reason", "tool_calls", "function", "name", "arguments", "id"),
    *("response", "item", "output_index", "call_id", "output", "content", "stop_reason", "error"),
    *("model", "x_groq", "refusal", "custom", "reasoning", "status", "summary", "input", "code"),
    *("incomplete_details", "reason", "cache_creation", "annotations", "audio", "message_start"),
    *("action", "sources", "environment", "result", "operation", "execution", "server_label"),
]
TYPES = [
    *("message_start", "message_delta", "content_block_start", "content_block_delta"),
    *("content_block_stop", "text_delta", "thinking_delta", "input_json_delta", "tool_use", "text"),
    *("response.created", "response.completed", "response.failed", "response.output_text.delta"),
    *("response.output_item.added", "response.function_call_arguments.delta", "error", "message"),
    *("response.reasoning_summary_text.delta", "function_call", "reasoning", "output_text"),
    *("response.output_item.done", "response.mcp_call_arguments.delta", "web_search_call"),
    *("image_generation_call", "mcp_call", "shell_call", "shell_call_output", "apply_patch_call"),
]
SCALARS = st.none() | st.booleans() | st.integers(-2, 3) | st.floats() | st.sampled_from(TYPES)
RUBBISH = st.recursive(
    SCALARS | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=2), inner, max_size=5)
    ),
    max_leaves=25,
)
EVENTS = RUBBISH | st.builds(
    lambda kind, rest: {**rest, "type": kind},
    st.sampled_from(TYPES),
    st.dictionaries(st.sampled_from(WORDS), RUBBISH, max_size=6),
)


@pytest.mark.parametrize("name", FOLDS)
@pytest.mark.parametrize("is_object", [True, False], ids=["objects", "dicts"])
@settings(deadline=None, max_examples=150)
@given(events=st.lists(EVENTS, max_size=6))
def test_no_stream_is_too_odd(name: str, is_object: bool, events: list[Any]) -> None:
    fold = FOLDS[name](as_dict)
    for event in events:
        assert fold.add(chunk_of(event) if is_object else event) in (True, False)
    assert isinstance(fold.answer(), Answer)


THOUGHT = {"type": "thinking", "thinking": [{"type": "text", "text": "Clouds."}]}
PICTURE = {"type": "image_url", "image_url": {"url": "https://example.org/rain.png"}}


def text(said: str) -> dict[str, str]:
    return {"type": "text", "text": said}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([THOUGHT, text("It "), text("rains.")], ("It rains.", "Clouds.")),
        ([{"type": "thinking", "thinking": "Clouds."}], ("", "Clouds.")),
        ([text("It rains."), PICTURE], ([text("It rains."), PICTURE], None)),
        ([text("It rains."), 7, None], ([text("It rains."), 7, None], None)),
        ([], ("", None)),
    ],
)
def test_a_content_in_parts_is_a_text_and_its_thoughts(content: Any, expected: Any) -> None:
    answer = answer_of({"choices": [{"message": {"role": "assistant", "content": content}}]})
    assert (answer.content, answer.reasoning) == expected


def test_a_content_that_streams_in_parts_is_a_text_and_its_thoughts() -> None:
    fold = ChatFold(as_dict)
    pieces: list[Any] = [[THOUGHT], [text("It ")], "rains", [PICTURE, 7, text(".")]]
    said = [
        fold.add(chunk_of({"choices": [{"index": 0, "delta": {"content": piece}}]}))
        for piece in pieces
    ]
    assert said == [True] * 4
    answer = fold.answer()
    assert (answer.content, answer.reasoning) == ("It rains.", "Clouds.")
