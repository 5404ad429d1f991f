"""What LiteLLM tells of a call: its details before, and its answer in OpenAI's words after."""

from collections.abc import Mapping
from typing import Any

from agents_sdk.normalise import anthropic, openai_chat, openai_responses
from agents_sdk.normalise.providers import provider_at
from agents_sdk.normalise.shapes import Answer, Json, Prompt, items, mapping, text_of, without

_RESPONSES = ("responses", "aresponses")
_MESSAGES = ("anthropic_messages", "aanthropic_messages")
_CHATS = ("completion", "acompletion", "text_completion", "atext_completion")
_WHOLE = ("chat.completion", "text_completion")
_CALLS = (
    *_CHATS,
    *("generate_content", "agenerate_content"),
    *("generate_content_stream", "agenerate_content_stream"),
    *_RESPONSES,
    *_MESSAGES,
)
"""Of the many things that it does; a type of call may be missing in an old version."""
_PROVIDERS = {
    "vertex_ai": "vertex",
    "vertex_ai_beta": "vertex",
    "azure_ai": "azure",
    "azure_text": "azure",
    "text-completion-openai": "openai",
    "bedrock_converse": "bedrock",
    "xai": "grok",
    "dashscope": "qwen",
    "together_ai": "together",
    "cohere_chat": "cohere",
    "codestral": "mistral",
    "custom_openai": "openai-compatible",
    "openai_like": "openai-compatible",
    "hosted_vllm": "openai-compatible",
}
"""Its names that are not ours; all others stay."""
_MOCK_KEY = "mock-key"


def is_call(details: Mapping[str, Any]) -> bool:
    """Whether a model is asked to say something; not for embeddings, images, rankings, mocks."""
    kind = details.get("call_type")
    is_silent = mapping(details.get("litellm_params")).get("no-log") is True
    return (kind is None or kind in _CALLS) and not is_silent and not _is_mock(details)


def _is_mock(details: Mapping[str, Any]) -> bool:
    """Whether LiteLLM makes the answer up (`mock_response=`): it then has no request to show.

    >>> _is_mock({"api_key": "mock-key", "additional_args": {}})
    True
    """
    return details.get("api_key") == _MOCK_KEY and not details.get("additional_args")


def may_estimate_tokens(details: Mapping[str, Any]) -> bool:
    """Whether LiteLLM counts words itself where a provider has not said how many tokens it was."""
    kind = details.get("call_type")
    return bool(details.get("stream")) and (kind is None or kind in _CHATS)


def provider_of(details: Mapping[str, Any]) -> str:
    params = mapping(details.get("litellm_params"))
    said = text_of(details.get("custom_llm_provider")) or text_of(params.get("custom_llm_provider"))
    address = text_of(params.get("api_base"))
    if said == "openai" and address:
        return provider_at(address)
    return _PROVIDERS.get(said, said) or "litellm"


def is_translated(details: Mapping[str, Any], result: Any) -> bool:
    """Whether this is a whole answer, in OpenAI's words, and not a piece of one."""
    kind = details.get("call_type")
    if kind in _RESPONSES:
        return getattr(result, "object", None) == "response"
    return (kind is None or kind in _CHATS) and getattr(result, "object", None) in _WHOLE


def prompt_of(model: Any, messages: Any, details: Mapping[str, Any]) -> Prompt:
    """A prompt in the words of the endpoint that was called."""
    given = mapping(details.get("optional_params"))
    asked = without(given) if given.get("extra_body") else without(given, "extra_body")
    body: Json = {"stream": bool(details.get("stream")), **asked, "model": model}
    kind = details.get("call_type")
    if kind in _RESPONSES:
        prompt = openai_responses.prompt_of({**body, "input": details.get("input", messages)})
    elif kind in _MESSAGES:
        prompt = anthropic.prompt_of({**body, "messages": items(messages)})
    else:
        prompt = openai_chat.prompt_of({**body, "messages": items(messages)})
    return Prompt(
        model=prompt.model,
        messages=prompt.messages,
        tools=prompt.tools,
        request=prompt.request,
        is_stream=bool(body["stream"]),
    )


def answer_of(response: Any) -> Answer:
    said = dict(mapping(response))
    if "output" in said:
        return openai_responses.answer_of(said)
    return openai_chat.answer_of(said)
