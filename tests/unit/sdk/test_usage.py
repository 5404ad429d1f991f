"""Token counts of every provider's answer, in one meaning."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_sdk.usage import extract_token_usage


def counts(provider: str, answer: Any) -> dict[str, Any]:
    found = extract_token_usage(provider, answer)
    found.pop("usage", None)
    return found


def objects(value: Any) -> Any:
    """The same answer as the objects that client libraries return."""
    if isinstance(value, dict):
        return SimpleNamespace(**{key: objects(item) for key, item in value.items()})
    return [objects(item) for item in value] if isinstance(value, list) else value


OPENAI_CHAT = {
    "usage": {
        "prompt_tokens": 100,
        "completion_tokens": 50,
        "total_tokens": 150,
        "prompt_tokens_details": {"cached_tokens": 40, "cache_write_tokens": 5, "audio_tokens": 3},
        "completion_tokens_details": {"reasoning_tokens": 20, "audio_tokens": 0},
    }
}
OPENAI_RESPONSES = {
    "usage": {
        "input_tokens": 100,
        "input_tokens_details": {"cached_tokens": 40},
        "output_tokens": 50,
        "output_tokens_details": {"reasoning_tokens": 20},
        "total_tokens": 150,
    }
}
ANTHROPIC = {
    "usage": {
        "input_tokens": 10,
        "cache_read_input_tokens": 70,
        "cache_creation_input_tokens": 20,
        "output_tokens": 50,
        "output_tokens_details": {"thinking_tokens": 30},
    }
}
CONVERSE = {
    "usage": {
        "inputTokens": 10,
        "cacheReadInputTokens": 70,
        "cacheWriteInputTokens": 20,
        "outputTokens": 50,
        "totalTokens": 60,
    },
    "metrics": {"latencyMs": 7},
}
GEMINI = {
    "usage_metadata": {
        "prompt_token_count": 80,
        "tool_use_prompt_token_count": 20,
        "cached_content_token_count": 40,
        "candidates_token_count": 30,
        "thoughts_token_count": 20,
        "total_token_count": 150,
        "prompt_tokens_details": [
            {"modality": "TEXT", "token_count": 70},
            {"modality": "AUDIO", "token_count": 10},
        ],
    }
}
KNOWN = [
    (
        "openai",
        OPENAI_CHAT,
        {
            "cache_read_tokens": 40,
            "cache_write_tokens": 5,
            "reasoning_tokens": 20,
            "audio_input_tokens": 3,
            "audio_output_tokens": 0,
        },
    ),
    ("openai", OPENAI_RESPONSES, {"cache_read_tokens": 40, "reasoning_tokens": 20}),
    (
        "anthropic",
        ANTHROPIC,
        {"cache_read_tokens": 70, "cache_write_tokens": 20, "reasoning_tokens": 30},
    ),
    ("bedrock", CONVERSE, {"cache_read_tokens": 70, "cache_write_tokens": 20}),
    (
        "gemini",
        GEMINI,
        {"cache_read_tokens": 40, "reasoning_tokens": 20, "audio_input_tokens": 10},
    ),
]


@pytest.mark.parametrize("shape", [dict, objects], ids=["dict", "object"])
@pytest.mark.parametrize(("provider", "answer", "parts"), KNOWN)
def test_totals_are_inclusive_and_the_parts_stand_beside_them(
    provider: str, answer: dict[str, Any], parts: dict[str, int], shape: Any
) -> None:
    assert counts(provider, shape(answer)) == {
        "input_tokens": 100,
        "output_tokens": 50,
        "total_tokens": 150,
        **parts,
    }


def test_the_providers_own_object_is_kept() -> None:
    assert extract_token_usage("openai", OPENAI_CHAT)["usage"] is OPENAI_CHAT["usage"]


@pytest.mark.parametrize(("provider", "answer", "parts"), KNOWN)
def test_the_usage_alone_is_as_good_as_the_answer(
    provider: str, answer: dict[str, Any], parts: dict[str, int]
) -> None:
    assert counts(provider, next(iter(answer.values()))) == counts(provider, answer)


@pytest.mark.parametrize("answer", [None, {}, {"usage": None}, "text", 7, [], [{}], {"usage": "x"}])
def test_an_answer_without_usage_is_unknown_and_not_zero(answer: Any) -> None:
    assert counts("openai", answer) == {
        "input_tokens": None,
        "output_tokens": None,
        "total_tokens": None,
    }


def test_zero_is_a_value() -> None:
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    usage["prompt_tokens_details"] = {"cached_tokens": 0}  # type: ignore[assignment]
    assert counts("openai", {"usage": usage}) == {
        "input_tokens": 0,
        "output_tokens": 0,
        "total_tokens": 0,
        "cache_read_tokens": 0,
    }


@pytest.mark.parametrize("wrong", [True, -1, "12", 1.5, float("nan"), [1]])
def test_what_is_no_count_is_unknown(wrong: Any) -> None:
    found = counts("openai", {"usage": {"prompt_tokens": wrong, "completion_tokens": 5}})
    assert (found["input_tokens"], found["output_tokens"]) == (None, 5)
    assert found["total_tokens"] is None


def test_embeddings_have_no_output_and_keep_their_total() -> None:
    found = counts("openai", {"usage": {"prompt_tokens": 8, "total_tokens": 8}})
    assert (found["input_tokens"], found["output_tokens"], found["total_tokens"]) == (8, None, 8)


@pytest.mark.parametrize(
    ("name", "usage", "expected"),
    [
        (
            "DeepSeek",
            {
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "prompt_cache_hit_tokens": 4,
                "prompt_cache_miss_tokens": 6,
            },
            (10, 5, 15, {"cache_read_tokens": 4}),
        ),
        (
            "xAI: reasoning beside the completion",
            {
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "total_tokens": 22,
                "completion_tokens_details": {"reasoning_tokens": 7},
                "cost_in_usd_ticks": 37_756_000,
            },
            (10, 12, 22, {"reasoning_tokens": 7, "reported_cost": 0.0037756}),
        ),
        (
            "OpenRouter",
            {"prompt_tokens": 10, "completion_tokens": 5, "cost": 0.25},
            (10, 5, 15, {"reported_cost": 0.25}),
        ),
        (
            "Perplexity",
            {"prompt_tokens": 10, "completion_tokens": 5, "cost": {"total_cost": 0.5}},
            (10, 5, 15, {"reported_cost": 0.5}),
        ),
        (
            "Anthropic with a compaction",
            {
                "input_tokens": 10,
                "output_tokens": 5,
                "iterations": [
                    {"type": "compaction", "input_tokens": 100, "output_tokens": 20},
                    {"type": "message", "input_tokens": 10, "output_tokens": 5},
                ],
            },
            (110, 25, 135, {}),
        ),
        (
            "Gemini Interactions",
            {"total_input_tokens": 10, "total_output_tokens": 5, "total_cached_tokens": 2},
            (10, 5, 15, {"cache_read_tokens": 2}),
        ),
        (
            "Gemini over REST",
            {"promptTokenCount": 10, "candidatesTokenCount": 5, "thoughtsTokenCount": 1},
            (10, 6, 16, {"reasoning_tokens": 1}),
        ),
        (
            "LangChain",
            {
                "input_tokens": 10,
                "output_tokens": 5,
                "total_tokens": 15,
                "input_token_details": {"cache_read": 4, "cache_creation": 1},
                "output_token_details": {"reasoning": 2},
            },
            (10, 5, 15, {"cache_read_tokens": 4, "cache_write_tokens": 1, "reasoning_tokens": 2}),
        ),
        (
            "LangChain, whose total of written tokens is 0 beside their split by age",
            {
                "input_tokens": 30,
                "output_tokens": 5,
                "total_tokens": 35,
                "input_token_details": {
                    "cache_read": 4,
                    "cache_creation": 0,
                    "ephemeral_5m_input_tokens": 7,
                    "ephemeral_1h_input_tokens": 9,
                },
            },
            (30, 5, 35, {"cache_read_tokens": 4, "cache_write_tokens": 16}),
        ),
        (
            "Anthropic, which counts written tokens by age alone",
            {
                "input_tokens": 10,
                "output_tokens": 5,
                "cache_creation": {"ephemeral_5m_input_tokens": 7, "ephemeral_1h_input_tokens": 0},
            },
            (17, 5, 22, {"cache_write_tokens": 7}),
        ),
        (
            "Anthropic, whose split by age is no addition",
            {
                "input_tokens": 10,
                "output_tokens": 5,
                "cache_creation_input_tokens": 7,
                "cache_creation": {"ephemeral_5m_input_tokens": 7, "ephemeral_1h_input_tokens": 0},
            },
            (17, 5, 22, {"cache_write_tokens": 7}),
        ),
        (
            "a compaction that read and wrote the cache",
            {
                "input_tokens": 10,
                "cache_read_input_tokens": 3,
                "output_tokens": 5,
                "iterations": [
                    {
                        "type": "compaction",
                        "input_tokens": 100,
                        "cache_read_input_tokens": 50,
                        "cache_creation_input_tokens": 0,
                        "output_tokens": 20,
                    },
                ],
            },
            (163, 25, 188, {"cache_read_tokens": 53, "cache_write_tokens": 0}),
        ),
        (
            "Converse with a total that leaves the cache out",
            {
                "inputTokens": 10,
                "outputTokens": 5,
                "totalTokens": 15,
                "cacheReadInputTokens": 0,
                "cacheWriteInputTokens": 20,
                "cacheDetails": [{"ttl": "5m", "inputTokens": 20}],
            },
            (30, 5, 35, {"cache_read_tokens": 0, "cache_write_tokens": 20}),
        ),
        (
            "OpenRouter with the cost of its provider and its cache",
            {
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "total_tokens": 15,
                "cost": 0,
                "cost_details": {"upstream_inference_cost": 0.7},
                "prompt_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 6},
            },
            (10, 5, 15, {"cache_read_tokens": 0, "cache_write_tokens": 6, "reported_cost": 0.0}),
        ),
        (
            "LiteLLM for Anthropic, inclusive beside Anthropic's own names",
            {
                "prompt_tokens": 30,
                "completion_tokens": 5,
                "total_tokens": 35,
                "cache_read_input_tokens": 4,
                "cache_creation_input_tokens": 6,
            },
            (30, 5, 35, {"cache_read_tokens": 4, "cache_write_tokens": 6}),
        ),
        (
            "Gemini Interactions: thoughts and the prompts of tools apart",
            {
                "total_input_tokens": 10,
                "total_output_tokens": 5,
                "total_thought_tokens": 3,
                "total_tool_use_tokens": 4,
                "total_tokens": 22,
            },
            (14, 8, 22, {"reasoning_tokens": 3}),
        ),
        (
            "Gemini Interactions: everything in the two sides",
            {
                "total_input_tokens": 10,
                "total_output_tokens": 5,
                "total_thought_tokens": 3,
                "total_tool_use_tokens": 4,
                "total_tokens": 15,
            },
            (10, 5, 15, {"reasoning_tokens": 3}),
        ),
        (
            "Gemini Live",
            {"prompt_token_count": 10, "response_token_count": 5, "total_token_count": 15},
            (10, 5, 15, {}),
        ),
        (
            "Llama on Bedrock",
            {"prompt_token_count": 10, "generation_token_count": 5},
            (10, 5, 15, {}),
        ),
        ("nothing but a total", {"total_tokens": 15}, (None, None, 15, {})),
        ("Ollama", {"prompt_eval_count": 10, "eval_count": 5}, (10, 5, 15, {})),
        (
            "Cohere",
            {
                "billed_units": {"input_tokens": 5.0, "output_tokens": 7.0},
                "tokens": {"input_tokens": 71.0, "output_tokens": 9.0},
                "cached_tokens": 3.0,
            },
            (5, 7, 12, {"cache_read_tokens": 3}),
        ),
        (
            "Cohere, with more cached than billed",
            {
                "billed_units": {"input_tokens": 5, "output_tokens": 7},
                "tokens": {"input_tokens": 71, "output_tokens": 9},
                "cached_tokens": 64,
            },
            (71, 9, 80, {"cache_read_tokens": 64}),
        ),
        ("Cohere, not billed", {"tokens": {"input_tokens": 7, "output_tokens": 0}}, (7, 0, 7, {})),
        (
            "ours again",
            {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15, "cache_read_tokens": 4},
            (10, 5, 15, {"cache_read_tokens": 4}),
        ),
    ],
)
def test_the_quirks_of_compatible_providers(
    name: str,
    usage: dict[str, Any],
    expected: tuple[int | None, int | None, int, dict[str, Any]],
) -> None:
    found = counts(name, {"usage": usage})
    sent, generated, total, parts = expected
    assert found == {
        "input_tokens": sent,
        "output_tokens": generated,
        "total_tokens": total,
        **parts,
    }


def test_a_body_of_invoke_model_is_read_and_else_the_headers_of_its_answer() -> None:
    headers = {
        "x-amzn-bedrock-input-token-count": "10",
        "x-amzn-bedrock-output-token-count": "5",
        "x-amzn-bedrock-cache-read-input-token-count": "4",
    }
    answer = {"ResponseMetadata": {"HTTPHeaders": headers}, "body": ANTHROPIC}
    assert counts("bedrock", answer) == counts("anthropic", ANTHROPIC)
    answer["body"] = object()  # type: ignore[assignment]
    assert counts("bedrock", answer) == {
        "input_tokens": 14,
        "output_tokens": 5,
        "total_tokens": 19,
        "cache_read_tokens": 4,
    }
    chunk = {"amazon-bedrock-invocationMetrics": {"inputTokenCount": 10, "outputTokenCount": 5}}
    assert counts("bedrock", chunk)["total_tokens"] == 15


def test_in_a_stream_the_last_usage_counts_and_none_is_added_up() -> None:
    chunks = [
        {"usage": {"prompt_tokens": 10, "completion_tokens": 1}},
        {"usage": {"prompt_tokens": 10, "completion_tokens": 5}},
        {"choices": [], "usage": None},
    ]
    assert counts("openai", chunks)["output_tokens"] == 5
    assert counts("openai", [*chunks, {"usage": {}}])["output_tokens"] == 5, "says nothing"
    assert counts("groq", [{"x_groq": {"usage": {"prompt_tokens": 1, "completion_tokens": 2}}}])[
        "total_tokens"
    ] == 3  # fmt: skip
    completed = {"type": "response.completed", "response": OPENAI_RESPONSES}
    assert counts("openai", [{"type": "response.created"}, completed])["total_tokens"] == 150
    assert counts("bedrock", [{"messageStop": {}}, {"metadata": CONVERSE}])["total_tokens"] == 150


@pytest.mark.parametrize("shape", [list, objects], ids=["dict", "object"])
def test_anthropics_last_usage_is_laid_over_its_first(shape: Any) -> None:
    events = [
        {
            "type": "message_start",
            "message": {
                "usage": {"input_tokens": 10, "cache_read_input_tokens": 5, "output_tokens": 1}
            },
        },
        {"type": "ping"},
        {"type": "message_delta", "usage": {"output_tokens": 30}},
    ]
    assert counts("anthropic", shape(events)) == {
        "input_tokens": 15,
        "output_tokens": 30,
        "total_tokens": 45,
        "cache_read_tokens": 5,
    }


class Hostile:
    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("no attributes today")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
    | st.builds(Hostile),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["usage", "prompt_tokens", "completion_tokens", "input_tokens", "total_tokens", "type",
             "prompt_tokens_details", "cached_tokens", "iterations", "cost", "usageMetadata",
             "promptTokenCount", "ResponseMetadata", "HTTPHeaders", "message"]
        ),
        inner,
        max_size=4,
    ),
)  # fmt: skip


@given(anything)
def test_nothing_an_answer_holds_raises(answer: Any) -> None:
    found = extract_token_usage("any", answer)
    for name in ("input_tokens", "output_tokens", "total_tokens"):
        assert found[name] is None or (type(found[name]) is int and found[name] >= 0)


@pytest.mark.parametrize(
    "answer",
    [
        {"meta": {"billed_units": {"input_tokens": 5, "output_tokens": 7}}},
        {"usage": {"billed_units": {"input_tokens": 5, "output_tokens": 7}}},
        [
            {"type": "message-start", "delta": {"message": {"role": "assistant"}}},
            {"type": "content-delta", "delta": {"message": {"content": {"text": "Yes."}}}},
            {
                "type": "message-end",
                "delta": {"usage": {"billed_units": {"input_tokens": 5, "output_tokens": 7}}},
            },
        ],
    ],
    ids=["first API", "second API", "stream"],
)
def test_coheres_own_answers_are_counted(answer: Any) -> None:
    expected = {"input_tokens": 5, "output_tokens": 7, "total_tokens": 12}
    assert counts("cohere", answer) == expected
    assert counts("cohere", objects(answer)) == expected
