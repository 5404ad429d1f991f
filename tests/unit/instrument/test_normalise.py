"""What providers say, in one vocabulary."""

import asyncio
import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents_sdk.normalise import (
    anthropic,
    converse,
    gemini,
    invokemodel,
    openai_chat,
    openai_responses,
)
from agents_sdk.normalise.failures import failure_of
from agents_sdk.normalise.finish import finish_reason
from agents_sdk.normalise.media import MAX_INLINE_BYTES, with_bounded_media
from agents_sdk.normalise.providers import provider_of_host
from agents_sdk.normalise.shapes import tool_call
from agents_sdk.normalise.streamusage import Address

CALL = tool_call("c1", "weather", {"city": "Köln"})
CONVERSATION = [
    {"role": "system", "content": "Answer briefly."},
    {"role": "user", "content": "How is the weather?"},
    {"role": "assistant", "content": "", "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "c1", "content": "rain"},
]


def test_a_conversation_with_a_tool_reads_the_same_for_every_provider() -> None:
    claude: list[Any] = [
        {"role": "user", "content": "How is the weather?"},
        {
            "role": "assistant",
            "content": [
                {"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Köln"}}
            ],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "rain"}],
        },
    ]
    body = {"model": "claude", "system": "Answer briefly.", "messages": claude}
    assert anthropic.prompt_of(body).messages == CONVERSATION
    assert invokemodel.prompt_of("anthropic.claude", body).messages == CONVERSATION

    bedrock: list[Any] = [
        {"role": "user", "content": [{"text": "How is the weather?"}]},
        {
            "role": "assistant",
            "content": [
                {"toolUse": {"toolUseId": "c1", "name": "weather", "input": {"city": "Köln"}}}
            ],
        },
        {
            "role": "user",
            "content": [{"toolResult": {"toolUseId": "c1", "content": [{"text": "rain"}]}}],
        },
    ]
    asked = {"modelId": "m", "system": [{"text": "Answer briefly."}], "messages": bedrock}
    assert converse.prompt_of(asked).messages == CONVERSATION

    responses = {
        "model": "gpt-5",
        "instructions": "Answer briefly.",
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "How is the weather?"}]},
            {
                "type": "function_call",
                "call_id": "c1",
                "name": "weather",
                "arguments": '{"city": "Köln"}',
            },
            {"type": "function_call_output", "call_id": "c1", "output": "rain"},
        ],
    }
    assert openai_responses.prompt_of(responses).messages == CONVERSATION


@pytest.mark.parametrize("style", ["wire", "client"])
def test_gemini_is_read_in_the_names_of_the_wire_and_of_the_client(style: str) -> None:
    call, response, system = {
        "wire": ("functionCall", "functionResponse", "systemInstruction"),
        "client": ("function_call", "function_response", "system_instruction"),
    }[style]
    contents = [
        {"role": "user", "parts": [{"text": "How is the weather?"}]},
        {"role": "model", "parts": [{call: {"id": "c1", "name": "w", "args": {"city": "Köln"}}}]},
        {"role": "user", "parts": [{response: {"id": "c1", "name": "w", "response": {"r": 1}}}]},
    ]
    prompt = gemini.prompt_of("models/gemini-3", contents, {system: "Be brief.", "top_k": 1})
    assert [message["role"] for message in prompt.messages] == [
        "system",
        "user",
        "assistant",
        "tool",
    ]
    assert prompt.messages[2]["tool_calls"] == [tool_call("c1", "w", {"city": "Köln"})]
    assert prompt.messages[3]["content"] == {"r": 1}
    assert (prompt.model, prompt.request) == ("gemini-3", {"top_k": 1})


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"generation": "Llama", "stop_reason": "stop"}, "Llama"),
        ({"results": [{"outputText": "Titan", "completionReason": "FINISH"}]}, "Titan"),
        ({"outputs": [{"text": "Mistral", "stop_reason": "stop"}]}, "Mistral"),
        ({"generations": [{"text": "Cohere", "finish_reason": "COMPLETE"}]}, "Cohere"),
        ({"choices": [{"message": {"content": "DeepSeek"}, "finish_reason": "stop"}]}, "DeepSeek"),
        (
            {"output": {"message": {"content": [{"text": "Nova"}]}}, "stopReason": "end_turn"},
            "Nova",
        ),
    ],
)
def test_the_families_of_bedrock_are_read(body: dict[str, Any], text: str) -> None:
    answer = invokemodel.answer_of(body)
    assert (answer.content, finish_reason(answer.finish_reason)) == (text, "stop")


PROFILE = "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc"


@pytest.mark.parametrize(
    ("model", "body", "is_embedding"),
    [
        ("amazon.titan-embed-text-v1", {"inputText": "x"}, True),
        ("arn:aws:bedrock:us-east-1::foundation-model/cohere.embed-english-v3", {}, True),
        ("amazon.nova-2-multimodal-embeddings-v1:0", None, True),
        ("amazon.rerank-v1:0", {"query": "x"}, True),
        (PROFILE, {"texts": ["x"], "input_type": "search_query"}, True),
        (PROFILE, {"inputText": "x", "dimensions": 256}, True),
        (PROFILE, {"taskType": "SINGLE_EMBEDDING"}, True),
        (PROFILE, {"inputText": "x", "textGenerationConfig": {}}, False),
        (PROFILE, {"messages": [], "dimensions": 1}, False),
        (PROFILE, {"taskType": ["x"]}, False),
        (PROFILE, "x", False),
        ("anthropic.claude", {"anthropic_version": "x", "messages": []}, False),
    ],
)
def test_a_request_for_embeddings_is_known_by_its_model_or_its_keys(
    model: str, body: Any, is_embedding: bool
) -> None:
    assert invokemodel.is_embedding(model, body) is is_embedding


def test_a_prompt_that_gemini_blocks_has_a_reason() -> None:
    answer = gemini.answer_of({"promptFeedback": {"blockReason": "SAFETY"}})
    assert (answer.content, finish_reason(answer.finish_reason)) == ("", "content_filter")


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("stop", "stop"),
        ("end_turn", "stop"),
        ("STOP", "stop"),
        ("max_tokens", "length"),
        ("MAX_TOKENS", "length"),
        ("max_output_tokens", "length"),
        ("tool_use", "tool_calls"),
        ("refusal", "content_filter"),
        ("guardrail_intervened", "content_filter"),
        ("MALFORMED_FUNCTION_CALL", "malformed_function_call"),
        (None, None),
    ],
)
def test_finish_reasons_have_one_vocabulary(said: str | None, meaning: str | None) -> None:
    assert finish_reason(said) == meaning


class StatusError(Exception):
    def __init__(self, status_code: int | None, kind: str | None = None) -> None:
        super().__init__("trouble")
        self.status_code = status_code
        self.type = kind


class AwsError(Exception):
    def __init__(self, code: str, status: int | None = None) -> None:
        super().__init__("trouble")
        self.response: Any = {"Error": {"Code": code}}
        if status is not None:
            self.response["ResponseMetadata"] = {"HTTPStatusCode": status, "RequestId": "r1"}


class GoogleError(Exception):
    def __init__(self, code: int, status: str) -> None:
        super().__init__("trouble")
        self.code, self.status = code, status


@pytest.mark.parametrize(
    ("error", "kind", "status"),
    [
        (StatusError(429), "rate_limit", 429),
        (StatusError(200, "overloaded_error"), "overloaded", 200),
        (StatusError(529), "overloaded", 529),
        (StatusError(401), "auth", 401),
        (StatusError(413), "invalid_request", 413),
        (StatusError(502), "server", 502),
        (AwsError("ThrottlingException", 400), "rate_limit", 400),
        (AwsError("throttlingException"), "rate_limit", None),
        (AwsError("AccessDeniedException", 403), "auth", 403),
        (GoogleError(429, "RESOURCE_EXHAUSTED"), "rate_limit", 429),
        (GoogleError(503, "UNAVAILABLE"), "overloaded", 503),
        (TimeoutError(), "timeout", None),
        (ConnectionResetError(), "connection", None),
        (asyncio.CancelledError(), "cancelled", None),
        (KeyError("x"), "unknown", None),
    ],
)
def test_errors_have_one_vocabulary(error: BaseException, kind: str, status: int | None) -> None:
    failure = failure_of(error)
    assert (failure.error_class, failure.status_code) == (kind, status)
    assert failure.is_retryable is (
        kind in ("rate_limit", "overloaded", "server", "timeout", "connection")
    )


def test_small_media_stay_and_large_ones_are_named() -> None:
    small, large = b"x" * 100, b"x" * (MAX_INLINE_BYTES + 1)
    assert with_bounded_media(_image(small)) == _image(small)
    part = with_bounded_media(_image(large))[0]["content"][0]
    named = part["image_url"]["url"]["omitted"]
    assert (named["mime_type"], named["size_bytes"]) == ("image/png", len(large))
    assert len(named["sha256"]) == 64
    block = {"type": "image", "source": {"media_type": "image/jpeg", "data": _base64(large)}}
    claude = with_bounded_media([{"role": "user", "content": [block]}])[0]["content"][0]
    assert claude["source"]["data"]["omitted"]["mime_type"] == "image/jpeg"
    raw = with_bounded_media([{"image": {"format": "png", "source": {"bytes": small}}}])
    assert raw == [{"image": {"format": "png", "source": {"bytes": _base64(small)}}}]


def test_long_texts_are_no_media() -> None:
    messages = [{"role": "user", "content": [{"type": "text", "text": "word " * 100_000}]}]
    assert with_bounded_media(messages) is messages


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _image(data: bytes) -> list[Any]:
    url = f"data:image/png;base64,{_base64(data)}"
    return [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]


def test_an_exception_that_fails_at_being_read_is_described_all_the_same() -> None:
    class Unread(Exception):
        @property
        def response(self) -> Any:
            raise RuntimeError("not there yet")

    failure = failure_of(Unread("boom"))
    assert (failure.error, failure.error_type) == ("Unread: boom", "Unread")
    assert (failure.error_code, failure.status_code, failure.request_id) == (None, None, None)


@pytest.mark.parametrize(
    ("host", "provider", "is_asked"),
    [
        ("api.openai.com", "openai", True),
        ("API.X.AI", "grok", True),
        ("evil-api.x.ai.example.com", None, False),
        ("api.mistral.ai", "mistral", False),
        ("openrouter.ai", "openrouter", False),
        ("localhost", None, False),
        ("", None, False),
    ],
)
def test_hosts_are_known_by_whole_names(host: str, provider: str | None, is_asked: bool) -> None:
    assert provider_of_host(host) == provider
    assert Address(host).answers_the_wish_alone is is_asked


@pytest.mark.parametrize(
    ("version", "path", "knows_the_wish"),
    [
        ("2023-05-15", "/openai/", False),
        ("2024-06-01", "/openai/", False),
        ("2024-08-01-preview", "/openai/", False),
        ("2024-09-01-preview", "/openai/", True),
        ("2024-10-21", "/openai/", True),
        ("preview", "/openai/v1/", True),
        (None, "/openai/v1/", True),
        (None, "/models/", False),
    ],
)
def test_azure_is_asked_for_a_usage_in_versions_that_know_the_wish(
    version: str | None, path: str, knows_the_wish: bool
) -> None:
    for address in (
        Address("team.openai.azure.com", path, version),
        Address("localhost", path, version, is_azure=True),
    ):
        assert address.answers_the_wish_alone is knows_the_wish
        assert address.may_refuse_the_wish is not knows_the_wish


def test_a_server_on_this_machine_takes_the_wish_but_may_send_counts_unasked() -> None:
    address = Address("127.0.0.1", "/v1/")
    assert (address.may_refuse_the_wish, address.answers_the_wish_alone) == (False, False)


names = st.sampled_from(
    ["messages", "content", "role", "type", "text", "parts", "system", "tools", "toolConfig",
     "input", "instructions", "output", "choices", "message", "tool_calls", "function", "usage",
     "candidates", "finishReason", "error", "thought", "functionCall", "toolUse", "toolResult",
     "tool_result", "tool_use", "summary", "incomplete_details", "delta"]
)  # fmt: skip
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "x", "Köln"]) | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)
bodies = st.dictionaries(names, anything, max_size=6)


@given(bodies)
@settings(max_examples=150)
def test_nothing_that_comes_over_the_wire_raises(body: dict[str, Any]) -> None:
    for read in (openai_chat, openai_responses, anthropic, converse):
        read.prompt_of(body)
        read.answer_of(body)
    invokemodel.prompt_of("any", body)
    invokemodel.answer_of(body)
    gemini.prompt_of("any", body.get("parts"), body)
    gemini.answer_of(body)
    with_bounded_media(body)


@pytest.mark.parametrize(
    "completion",
    [
        {"error": {"message": "Provider returned error", "code": 502}},
        {
            "choices": [
                {"message": {}, "error": {"message": "Provider returned error", "code": 502}}
            ]
        },
    ],
    ids=["alone", "of a choice"],
)
def test_an_error_in_an_answer_of_status_200_is_an_error(completion: dict[str, Any]) -> None:
    answer = openai_chat.answer_of(completion)
    assert (answer.error, answer.error_type) == ("Provider returned error", "502")


@pytest.mark.parametrize("odd", [None, "no", [], {}, {"code": None}, {"message": 5, "code": [1]}])
def test_an_odd_error_in_an_answer_harms_nothing(odd: Any) -> None:
    answer = openai_chat.answer_of({"error": odd, "choices": [{"message": {"content": "Yes."}}]})
    assert answer.content == "Yes."


def test_the_output_that_a_stream_of_claude_begins_with_is_no_count() -> None:
    fold = anthropic.MessageFold(dict)
    begin = {"message": {"usage": {"input_tokens": 10, "output_tokens": 1}}}
    fold.add({"type": "message_start", **begin})
    fold.add({"type": "content_block_delta", "index": 0, "delta": {"text": "It rains."}})
    assert fold.answer().usage == {"input_tokens": 10}
    fold.add({"type": "message_delta", "usage": {"output_tokens": 4}})
    assert fold.answer().usage == {"input_tokens": 10, "output_tokens": 4}
