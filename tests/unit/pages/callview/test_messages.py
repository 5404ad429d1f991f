"""Messages of every provider's form become pieces that a person can read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmlogs.pages.callview.messages import (
    MAX_PIECES,
    MessageView,
    answer_pieces,
    message_view,
    with_calls,
)
from llmlogs.pages.callview.offered import offered_tools
from llmlogs.pages.callview.pieces import MAX_TEXT_CHARS, Piece

BASE64 = "iVBORw0KGgo" * 500
DATA_URL = f"data:image/png;base64,{BASE64}"
LEFT_OUT = {"omitted": {"mime_type": "image/webp", "size_bytes": 70_000, "sha256": "9f86d0"}}
PICTURE = "image/png · 4.1 kB"
JSON_KEYS = (
    *("role", "content", "type", "text", "thinking", "tool_calls", "function", "name", "id"),
    *("arguments", "input", "toolUse", "toolResult", "parts", "reasoning", "refusal", "source"),
    *("function_call", "function_response", "output", "inline_data", "data", "summary", "audio"),
    *("omitted", "size_bytes", "mime_type"),
    *("reasoningContent", "reasoningText", "executable_code", "description", "parameters", "x"),
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(["tool", "user", "tool_result", "tool_use", "image", "reasoning", "```"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(JSON_KEYS), inner, max_size=5)
    ),
    max_leaves=20,
)


def text_of(piece: Piece) -> str:
    return "\n".join(block.text for block in (*piece.lead, *piece.rest))


def told(message: Any) -> list[tuple[str, str, str]]:
    """Kind, label and text of each piece."""
    return [(p.kind, p.label, text_of(p)) for p in message_view(message, 1).pieces]


def asks(part: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": [part]}


CASES = {
    "a text": ({"role": "user", "content": "Hello"}, [("text", "", "Hello")]),
    "text parts": (
        {"content": [{"type": "text", "text": "A"}, "B"]},
        [("text", "", "A"), ("text", "", "B")],
    ),
    "openai reasoning": (
        {"role": "assistant", "reasoning_content": "Hm", "content": "A"},
        [("reasoning", "", "Hm"), ("text", "", "A")],
    ),
    "openai refusal": (
        {"role": "assistant", "content": None, "refusal": "No."},
        [("refusal", "", "No.")],
    ),
    "openai call": (
        {"tool_calls": [{"id": "1", "function": {"name": "look", "arguments": '{"a":1}'}}]},
        [("call", "look", '{"a": 1}')],
    ),
    "openai custom call": (
        {"tool_calls": [{"id": "1", "type": "custom", "custom": {"name": "sh", "input": "ls"}}]},
        [("call", "sh", "ls")],
    ),
    "arguments that are no JSON": (
        {"tool_calls": [{"id": "1", "name": "look", "arguments": '{"a": 1'}]},
        [("call", "look", '{"a": 1')],
    ),
    "openai result": (
        {"role": "tool", "tool_call_id": "1", "content": "18 °C"},
        [("result", "", "18 °C")],
    ),
    "openai function of old": (
        {"role": "function", "name": "look", "content": '{"t":18}'},
        [("result", "look", '{"t": 18}')],
    ),
    "openai image": (
        asks({"type": "image_url", "image_url": {"url": DATA_URL, "detail": "low"}}),
        [("attachment", "", PICTURE)],
    ),
    "openai image by address": (
        asks({"type": "image_url", "image_url": {"url": "https://example.com/cat.jpg"}}),
        [("attachment", "", "https://example.com/cat.jpg")],
    ),
    "openai audio": (
        asks({"type": "input_audio", "input_audio": {"data": BASE64, "format": "wav"}}),
        [("attachment", "", "wav · 4.1 kB")],
    ),
    "openai file": (
        asks({"type": "file", "file": {"filename": "a.pdf", "file_data": DATA_URL}}),
        [("attachment", "", "image/png · a.pdf · 4.1 kB")],
    ),
    "responses text": (
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "A"}]},
        [("text", "", "A")],
    ),
    "responses image": (
        asks({"type": "input_image", "image_url": DATA_URL}),
        [("attachment", "", PICTURE)],
    ),
    "responses call": (
        {"type": "function_call", "call_id": "1", "name": "look", "arguments": "{}"},
        [("call", "look", "{}")],
    ),
    "responses result": (
        {"type": "function_call_output", "call_id": "1", "output": "Rain"},
        [("result", "", "Rain")],
    ),
    "responses reasoning": (
        {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": "Hm"}]},
        [("reasoning", "", "Hm")],
    ),
    "anthropic thinking": (
        asks({"type": "thinking", "thinking": "Hm", "signature": "x"}),
        [("reasoning", "", "Hm")],
    ),
    "anthropic redacted thinking": (
        asks({"type": "redacted_thinking", "data": "x"}),
        [("reasoning", "", "Encrypted.")],
    ),
    "anthropic call": (
        asks({"type": "tool_use", "id": "1", "name": "look", "input": {"a": 1}}),
        [("call", "look", '{"a": 1}')],
    ),
    "anthropic result": (
        asks({"type": "tool_result", "tool_use_id": "1", "content": [{"text": "Rain"}]}),
        [("result", "", "Rain")],
    ),
    "anthropic image": (
        asks(
            {
                "type": "image",
                "source": {"type": "base64", "media_type": "image/png", "data": BASE64},
            }
        ),
        [("attachment", "", PICTURE)],
    ),
    "anthropic document of text": (
        asks({"type": "document", "title": "Notes", "source": {"type": "text", "data": "Words"}}),
        [("attachment", "", "Notes · 3 bytes"), ("text", "", "Words")],
    ),
    "bedrock text and call": (
        {
            "role": "assistant",
            "content": [
                {"text": "A"},
                {"toolUse": {"toolUseId": "1", "name": "look", "input": {}}},
            ],
        },
        [("text", "", "A"), ("call", "look", "{}")],
    ),
    "bedrock result": (
        asks({"toolResult": {"toolUseId": "1", "content": [{"json": {"t": 18}}]}}),
        [("result", "", '{"t": 18}')],
    ),
    "bedrock reasoning": (
        asks({"reasoningContent": {"reasoningText": {"text": "Hm", "signature": "x"}}}),
        [("reasoning", "", "Hm")],
    ),
    "bedrock image": (
        asks({"image": {"format": "png", "source": {"bytes": BASE64}}}),
        [("attachment", "", "png · 4.1 kB")],
    ),
    "gemini text": ({"role": "user", "parts": [{"text": "A"}]}, [("text", "", "A")]),
    "gemini thought": (
        {"role": "model", "parts": [{"text": "Hm", "thought": True}]},
        [("reasoning", "", "Hm")],
    ),
    "gemini image": (
        {"parts": [{"inline_data": {"mime_type": "image/png", "data": BASE64}, "text": None}]},
        [("attachment", "", PICTURE)],
    ),
    "gemini image that was left out": (
        {"parts": [{"inline_data": {"mime_type": "image/png", "data": LEFT_OUT}}]},
        [("attachment", "", "image/png · 70.0 kB · not in the entry")],
    ),
    "openai image that was left out": (
        asks({"type": "input_image", "image_url": LEFT_OUT}),
        [("attachment", "", "image/webp · 70.0 kB · not in the entry")],
    ),
    "gemini file": (
        {"parts": [{"fileData": {"mimeType": "video/mp4", "fileUri": "gs://bucket/a.mp4"}}]},
        [("attachment", "", "video/mp4 · gs://bucket/a.mp4")],
    ),
    "gemini call": (
        {"role": "model", "parts": [{"functionCall": {"name": "look", "args": {"a": 1}}}]},
        [("call", "look", '{"a": 1}')],
    ),
    "gemini result": (
        {"parts": [{"function_response": {"name": "look", "response": {"t": 18}}}]},
        [("result", "look", '{"t": 18}')],
    ),
    "gemini code": (
        {"parts": [{"executable_code": {"language": "PYTHON", "code": "1 + 1"}}]},
        [("other", "code to run", "1 + 1")],
    ),
    "langchain call": (
        {"type": "ai", "content": "", "tool_calls": [{"id": "1", "name": "look", "args": {}}]},
        [("call", "look", "{}")],
    ),
    "an unknown part": (
        asks({"type": "odd", "x": 1}),
        [("other", "odd", '{"type": "odd", "x": 1}')],
    ),
    "just words": ("words", [("text", "", "words")]),
    "a number": (17, [("other", "", "17")]),
    "nothing known": ({"role": "user", "x": 1}, [("other", "", '{"x": 1}')]),
}


@pytest.mark.parametrize(("message", "pieces"), CASES.values(), ids=CASES.keys())
def test_each_form_is_read(message: Any, pieces: list[tuple[str, str, str]]) -> None:
    assert told(message) == pieces


@pytest.mark.parametrize(
    ("message", "role", "kind"),
    [
        ({"role": "developer", "content": "A"}, "developer", "system"),
        ({"role": "model", "parts": [{"text": "A"}]}, "model", "assistant"),
        ({"type": "human", "content": "A"}, "human", "user"),
        ({"role": "user", "content": [{"type": "tool_result", "content": "A"}]}, "user", "tool"),
        ({"role": "critic", "content": "A"}, "critic", "other"),
        ({"role": 7, "content": "A"}, "message", "other"),
        ("A", "message", "other"),
    ],
)
def test_who_speaks_is_known_by_any_of_the_words_for_it(message: Any, role: str, kind: str) -> None:
    view = message_view(message, 3)
    assert (view.role, view.kind, view.number) == (role, kind, 3)


def test_bytes_of_a_file_never_reach_the_page() -> None:
    hidden = {"role": "user", "content": f"![a]({DATA_URL}) and", "x": 1}
    assert told(hidden) == [("text", "", "![a]([image/png, 4.1 kB]) and")]
    assert told({"content": BASE64}) == [("text", "", "[Base64, 4.1 kB]")]
    (piece,) = message_view({"tool_calls": [{"name": "a", "arguments": {"b": BASE64}}]}, 1).pieces
    assert text_of(piece) == '{"b": "[Base64, 4.1 kB]"}'


def test_a_result_stands_beside_the_call_it_answers() -> None:
    def call(id: str, name: str) -> dict[str, Any]:
        return {"id": id, "function": {"name": name, "arguments": f'{{"of": "{name}"}}'}}

    said = [
        {"role": "assistant", "tool_calls": [call("1", "look"), call("2", "go")]},
        {"role": "tool", "tool_call_id": "2", "content": "Went."},
        {"role": "tool", "tool_call_id": "1", "content": "Saw."},
        {"role": "tool", "tool_call_id": "9", "content": "Nobody asked."},
    ]
    views = with_calls([message_view(one, n) for n, one in enumerate(said, 1)], {})
    results = [view.pieces[0] for view in views[1:]]
    assert [(piece.label, piece.asked) for piece in results] == [
        ("go", '{"of": "go"}'),
        ("look", '{"of": "look"}'),
        ("", ""),
    ]


def test_a_failed_result_says_so() -> None:
    failures = [
        asks({"type": "tool_result", "tool_use_id": "1", "is_error": True, "content": "Oh"}),
        asks({"toolResult": {"toolUseId": "1", "status": "error", "content": [{"text": "Oh"}]}}),
    ]
    assert [message_view(one, 1).pieces[0].is_failed for one in failures] == [True, True]


def test_long_instructions_are_folded_and_short_ones_are_not() -> None:
    def system(length: int) -> MessageView:
        return message_view({"role": "system", "content": "x " * length}, 1)

    assert not system(100).is_folded
    assert system(1000).is_folded
    assert system(1000).preview.endswith("x…") or system(1000).preview.endswith(" …")


def test_a_message_of_very_many_parts_is_bounded() -> None:
    view = message_view({"content": ["x"] * 10_000}, 1)
    assert (len(view.pieces), view.is_more) == (MAX_PIECES, True)
    long = message_view({"content": ["x" * MAX_TEXT_CHARS] * 100}, 1)
    assert (len(long.pieces), long.is_more) == (5, True)


def test_a_piece_knows_where_its_text_stands_in_the_entry() -> None:
    view = message_view({"content": [{"text": "A"}, {"toolUse": {"name": "b", "input": "c"}}]}, 8)
    assert [piece.path for piece in view.pieces] == [
        "/messages/7/content/0/text",
        "/messages/7/content/1/toolUse/input",
    ]


def test_an_answer_is_reasoning_then_completion_then_tool_calls() -> None:
    pieces = answer_pieces(
        {
            "completion": "Done",
            "reasoning": "Hm",
            "tool_calls": [{"id": "1", "name": "look", "arguments": ""}],
        }
    )
    assert [(piece.kind, piece.path) for piece in pieces] == [
        ("reasoning", "/reasoning"),
        ("text", "/completion"),
        ("call", "/tool_calls/0/arguments"),
    ]


def test_an_answer_of_text_and_pictures_shows_each_in_its_place() -> None:
    text = {"type": "text", "text": "Here:"}
    picture = {"image": {"format": "png", "source": {"bytes": LEFT_OUT}}}
    pieces = answer_pieces({"completion": [text, picture]})
    assert [(piece.kind, piece.path) for piece in pieces] == [
        ("text", "/completion/0/text"),
        ("attachment", "/completion/1"),
    ]


@pytest.mark.parametrize("size_bytes", [None, "x", True, -1, 10**400, 1.5, []])
def test_a_file_that_was_left_out_may_say_anything_of_its_size(size_bytes: Any) -> None:
    image = {"type": "image", "data": {"omitted": {"size_bytes": size_bytes, "mime_type": 7}}}
    assert told(asks(image)) == [("attachment", "", "not in the entry")]


def test_arguments_nested_too_deep_are_shown_as_they_are() -> None:
    arguments = "[" * 2000
    assert told({"tool_calls": [{"name": "look", "arguments": arguments}]}) == [
        ("call", "look", arguments)
    ]


def test_tools_of_every_provider_have_name_description_and_schema() -> None:
    schema = {"type": "object"}
    tools = [
        {"type": "function", "function": {"name": "a", "description": "A", "parameters": schema}},
        {"type": "function", "name": "b", "description": "B", "parameters": schema},
        {"name": "c", "description": "C", "input_schema": schema},
        {"toolSpec": {"name": "d", "description": "D", "inputSchema": {"json": schema}}},
        {"function_declarations": [{"name": "e", "description": "E", "parameters": schema}]},
        {"type": "web_search"},
        "odd",
    ]
    offered = offered_tools(tools)
    assert [tool.name for tool in offered] == ["a", "b", "c", "d", "e", "web_search", "a tool"]
    assert [tool.summary for tool in offered[:5]] == ["A", "B", "C", "D", "E"]
    assert text_of(offered[0].schema) == '{"type": "object"}'
    assert offered[3].schema.path == "/tools/3/toolSpec/inputSchema"
    assert offered_tools(None) == ()


def test_the_result_of_a_tool_that_the_provider_ran_follows_its_call() -> None:
    call = {"id": "1", "name": "look", "arguments": "", "executed_by": "provider"}
    failures: list[Any] = [{"error": "gone"}, {"type": "web_search_tool_result_error"}]
    calls = [{**call, "result": result} for result in ("Rain", *failures)]
    pieces = answer_pieces({"tool_calls": [*calls, call, {**call, "executed_by": 7}]})
    assert [(piece.kind, piece.is_failed, piece.executed_by) for piece in pieces] == [
        *(("call", False, "provider"), ("result", False, "")),
        *(("call", False, "provider"), ("result", True, "")),
        *(("call", False, "provider"), ("result", True, "")),
        *(("call", False, "provider"), ("call", False, "")),
    ]
    assert pieces[1].path == "/tool_calls/0/result"


@given(JSON)
def test_any_json_value_can_be_a_message_an_answer_or_tools(value: Any) -> None:
    with_calls([message_view(value, 1)], {})
    offered_tools(value)
    answer_pieces({"completion": value, "tool_calls": value, "reasoning": value})
