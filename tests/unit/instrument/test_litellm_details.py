"""What LiteLLM tells of a call before it is made, in the words of an entry."""

from typing import Any

import pytest

from agents_sdk.normalise.litellm import answer_of, is_call, prompt_of, provider_of


@pytest.mark.parametrize(
    ("name", "address", "provider"),
    [
        ("openai", "", "openai"),
        ("openai", "https://api.openai.com/v1/", "openai"),
        ("openai", "https://api.groq.com/openai/v1", "groq"),
        ("openai", "http://localhost:8000/v1", "openai-compatible"),
        ("anthropic", "https://api.anthropic.com/v1/messages", "anthropic"),
        ("anthropic", "http://localhost:8000", "anthropic"),
        ("vertex_ai", "", "vertex"),
        ("xai", "", "grok"),
        ("together_ai", "", "together"),
        ("dashscope", "", "qwen"),
        ("hosted_vllm", "http://localhost:8000/v1", "openai-compatible"),
        ("mistral", "", "mistral"),
        ("replicate", "", "replicate"),
        (None, "", "litellm"),
        (7, 7, "litellm"),
    ],
)
def test_providers_have_our_names(name: Any, address: Any, provider: str) -> None:
    details = {"custom_llm_provider": name, "litellm_params": {"api_base": address}}
    assert provider_of(details) == provider
    details = {"litellm_params": {"custom_llm_provider": name, "api_base": address}}
    assert provider_of(details) == provider


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        *((kind, True) for kind in ("completion", "aresponses", "anthropic_messages", None)),
        *((kind, False) for kind in ("embedding", "aimage_generation", "rerank", "get_messages")),
        ([], False),
    ],
)
def test_only_a_model_that_is_asked_to_say_something_is_called(kind: Any, expected: bool) -> None:
    assert is_call({"call_type": kind}) is expected


def test_a_prompt_is_read_in_the_words_of_the_endpoint() -> None:
    asked = {"tools": [{"name": "f"}], "temperature": 0, "extra_body": {}}
    chat = prompt_of("m", [{"role": "user", "content": "Hi"}], {"optional_params": asked})
    assert (chat.tools, chat.request) == ([{"name": "f"}], {"temperature": 0})
    given = {"call_type": "responses", "input": "Hi", "optional_params": {"instructions": "Brief"}}
    responses = prompt_of("m", [{"role": "user", "content": "Hi"}], {**given, "stream": True})
    assert [message["content"] for message in responses.messages] == ["Brief", "Hi"]
    assert responses.is_stream
    details = {"call_type": "anthropic_messages", "optional_params": {"system": "Brief"}}
    messages = prompt_of("m", [{"role": "user", "content": "Hi"}], details)
    assert [message["content"] for message in messages.messages] == ["Brief", "Hi"]


@pytest.mark.parametrize("odd", [None, 7, "x", [1], {"output": 3}, {"choices": "x"}])
def test_an_odd_answer_says_nothing(odd: Any) -> None:
    assert answer_of(odd).content == ""
    assert prompt_of(None, odd, {"optional_params": odd, "call_type": "responses"}).model == ""


@pytest.mark.parametrize(
    ("details", "is_made"),
    [
        ({"api_key": "mock-key", "additional_args": {}}, False),
        ({"api_key": "mock-key", "additional_args": {"complete_input_dict": {}}}, True),
        ({"api_key": "key", "additional_args": {}}, True),
        ({"litellm_params": {"no-log": True}}, False),
        ({"litellm_params": {"no-log": None}}, True),
    ],
)
def test_answers_made_up_and_calls_to_be_kept_quiet_are_no_calls(
    details: dict[str, Any], is_made: bool
) -> None:
    """A key is not enough to tell: a server of one's own may have any."""
    assert is_call({"call_type": "completion", **details}) is is_made
