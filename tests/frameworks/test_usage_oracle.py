"""Token counts agree with those of genai-prices, wherever it knows the shape."""

from importlib import import_module
from typing import Any

import pytest

from agents_sdk import extract_token_usage
from agents_sdk.testing import Reply, Tokens, anthropicwire, bedrockwire, geminiwire, openaiwire

genai_prices = pytest.importorskip("genai_prices", reason="genai-prices is not installed")

BODY = {"model": "m"}
ANSWERS = {
    ("openai", "chat", "gpt-4o"): lambda reply: openaiwire.chat(reply, BODY),
    ("openai", "responses", "gpt-4o"): lambda reply: openaiwire.response(reply, BODY),
    ("anthropic", "default", "claude-sonnet-4-5"): lambda reply: anthropicwire.message(reply, BODY),
    ("google", "default", "gemini-2.5-pro"): lambda reply: geminiwire.content(reply, "m"),
    ("aws", "default", "amazon.nova-pro-v1:0"): lambda reply: bedrockwire.converse(reply),
}


@pytest.mark.parametrize("tokens", [Tokens(), Tokens(0, 0, 0, 0), Tokens(100_000, 99_999, 1, 0)])
@pytest.mark.parametrize("shape", ANSWERS, ids=lambda shape: f"{shape[0]}-{shape[1]}")
def test_the_counts_are_the_same(shape: tuple[str, str, str], tokens: Tokens) -> None:
    provider, flavor, model = shape
    answer: dict[str, Any] = ANSWERS[shape](Reply("text", tokens=tokens))
    answer.update({"model": model, "modelVersion": model})
    oracle = genai_prices.extract_usage(answer, provider_id=provider, api_flavor=flavor).usage
    ours = extract_token_usage(provider, answer)
    assert ours["input_tokens"] == (oracle.input_tokens or 0)
    assert ours["output_tokens"] == (oracle.output_tokens or 0)
    assert ours["cache_read_tokens"] == (oracle.cache_read_tokens or 0)


# Not answers of a model that we read: a bill, and counts of things that are no tokens.
NOT_OURS = {"cursor"}


def extractors() -> list[Any]:
    """Every shape that genai-prices knows and that counts tokens both ways."""
    providers = import_module("genai_prices.data_snapshot").get_snapshot().providers
    return [
        pytest.param(provider.id, extractor, id=f"{provider.id}-{extractor.api_flavor}")
        for provider in providers
        if provider.id not in NOT_OURS
        for extractor in provider.extractors or ()
        if {"input_tokens", "output_tokens"} <= {item.dest for item in extractor.mappings}
    ]


def made_of(extractor: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """An answer with a number wherever the oracle looks for one, and its usage."""
    usage: dict[str, Any] = {}
    for number, mapping in enumerate(extractor.mappings):
        path = [mapping.path] if isinstance(mapping.path, str) else list(mapping.path)
        if not all(isinstance(name, str) for name in path):
            continue  # one of a list, by its modality
        holder = usage
        for name in path[:-1]:
            holder = holder.setdefault(name, {})
        is_total = mapping.dest in ("input_tokens", "output_tokens") and len(path) == 1
        holder.setdefault(path[-1], (1000 if is_total else 10) + number)
    root = [extractor.root] if isinstance(extractor.root, str) else list(extractor.root)
    answer: Any = usage
    for name in reversed(root):
        answer = {name: answer}
    return answer, usage


@pytest.mark.parametrize(("provider", "extractor"), extractors())
def test_every_shape_it_knows_is_read_alike(provider: str, extractor: Any) -> None:
    answer, usage = made_of(extractor)
    _, oracle = extractor.extract(answer)
    if "prompt_tokens" in usage:  # whether reasoning stands apart, xAI's total alone says
        usage["total_tokens"] = oracle.input_tokens + oracle.output_tokens
    ours = extract_token_usage(provider, answer)
    assert (ours["input_tokens"], ours["output_tokens"]) == (
        oracle.input_tokens,
        oracle.output_tokens,
    )
    # What is not said is 0 to the oracle.
    parts = ("cache_read_tokens", "cache_write_tokens")
    assert [ours.get(name) or 0 for name in parts] == [getattr(oracle, name) for name in parts]
    assert (ours.get("reasoning_tokens") or 0) == oracle.output_reasoning_tokens
