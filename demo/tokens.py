"""How many tokens a text is, roughly as tokenizers count, and what a provider reports of them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

IMAGE_TOKENS = 1_105
MESSAGE_TOKENS = 4
_MIN_CACHED_TOKENS = 1_024
_CACHE_STEP_TOKENS = 128
_CACHING = frozenset(("openai", "anthropic", "deepseek", "gemini"))


@dataclass(frozen=True, slots=True)
class Counts:
    """Totals: the input with what was cached, the output with the reasoning."""

    input_tokens: int
    output_tokens: int
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0


def tokens_of_text(text: str) -> int:
    """Four characters a token where they are ASCII, else about one each."""
    ascii_characters = len(text.encode("ascii", "ignore"))
    return ascii_characters // 4 + (len(text) - ascii_characters) * 9 // 10


def tokens_of_message(message: Mapping[str, Any]) -> int:
    content = message.get("content") or ""
    if isinstance(content, str):
        count = tokens_of_text(content)
    else:
        count = sum(
            tokens_of_text(part["text"]) if "text" in part else IMAGE_TOKENS for part in content
        )
    if message.get("tool_calls"):
        count += tokens_of_text(json.dumps(message["tool_calls"]))
    return count + MESSAGE_TOKENS


def tokens_of_messages(messages: Iterable[Mapping[str, Any]]) -> int:
    return sum(map(tokens_of_message, messages))


def cached_tokens(provider: str, previous_input_tokens: int) -> int:
    """What of a prompt the provider still knows from the turn before."""
    if provider not in _CACHING or previous_input_tokens < _MIN_CACHED_TOKENS:
        return 0
    return previous_input_tokens // _CACHE_STEP_TOKENS * _CACHE_STEP_TOKENS


def usage_of(provider: str, counts: Counts) -> dict[str, Any]:
    """The usage object, in the words of its provider."""
    if provider == "anthropic":
        cached = counts.cache_read_tokens + counts.cache_write_tokens
        return {
            "input_tokens": counts.input_tokens - cached,
            "cache_creation_input_tokens": counts.cache_write_tokens,
            "cache_read_input_tokens": counts.cache_read_tokens,
            "output_tokens": counts.output_tokens,
        }
    usage: dict[str, Any] = {
        "prompt_tokens": counts.input_tokens,
        "completion_tokens": counts.output_tokens,
        "total_tokens": counts.input_tokens + counts.output_tokens,
    }
    if provider == "deepseek":
        usage["prompt_cache_hit_tokens"] = counts.cache_read_tokens
        usage["prompt_cache_miss_tokens"] = counts.input_tokens - counts.cache_read_tokens
    elif provider in _CACHING:
        usage["prompt_tokens_details"] = {"cached_tokens": counts.cache_read_tokens}
    if counts.reasoning_tokens:
        usage["completion_tokens_details"] = {"reasoning_tokens": counts.reasoning_tokens}
    return usage
