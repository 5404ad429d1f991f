"""How many tokens a call used, from whatever its provider answered.

Counts come out in one meaning for all providers: `input_tokens` is everything sent (cache reads
and writes included), `output_tokens` everything generated (reasoning included); the parts stand
beside them. What the provider did not say is None and what is 0 is 0. Pure; never raises.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from agents_sdk.fields import field, fields_of, path
from agents_sdk.usagecounts import Counts
from agents_sdk.usageshapes import counts_of, has_counts, reported_cost

_USAGE_FIELDS = ("usage", "usage_metadata", "amazon-bedrock-invocationMetrics")
_HOLDERS = (
    *((), ("response",), ("message",), ("metadata",), ("x_groq",), ("body",), ("result",)),
    ("delta",),
)
"""Where answers and stream events keep their usage: on top, or one level down."""
_ALWAYS = frozenset({"input_tokens", "output_tokens", "total_tokens"})
_HEADER = "x-amzn-bedrock-{}-token-count"
_HEADER_FIELDS = {
    "input_token_count": "input",
    "output_token_count": "output",
    "cache_read_input_token_count": "cache-read-input",
    "cache_write_input_token_count": "cache-write-input",
}


def extract_token_usage(provider: str, raw_response: Any) -> dict[str, Any]:
    """The token counts of a provider's answer.

    Args:
        provider: Its name as you log it ("openai", "anthropic", "bedrock", "gemini" …). The shape
            of the answer decides, so a name unknown here is as good as any.
        raw_response: The answer as dict or object, its usage alone, or the list of the events of
            a stream.

    Returns:
        `input_tokens`, `output_tokens`, `total_tokens` (each an int or None); as far as they were
        reported `cache_read_tokens`, `cache_write_tokens`, `reasoning_tokens`,
        `audio_input_tokens`, `audio_output_tokens`, `reported_cost` (US dollars); and `usage`,
        the provider's own object.

    >>> answer = {"usage": {"prompt_tokens": 9, "completion_tokens": 0, "total_tokens": 9}}
    >>> extract_token_usage("openai", answer)["output_tokens"]
    0
    """
    return read_usage(_find_usage(raw_response))


def read_usage(usage: Any) -> dict[str, Any]:
    """`extract_token_usage` for a usage object that is already at hand (or None)."""
    asked = fields_of(usage)
    result: dict[str, Any] = {
        name: count
        for name, count in zip(Counts._fields, counts_of(asked), strict=True)
        if count is not None or name in _ALWAYS
    }
    cost = reported_cost(asked)
    if cost is not None:
        result["reported_cost"] = cost
    if usage is not None:
        result["usage"] = usage
    return result


def _find_usage(raw_response: Any) -> Any:
    if isinstance(raw_response, Sequence) and not isinstance(raw_response, str | bytes):
        return _usage_of_stream(raw_response)
    for holder in (path(raw_response, *names) for names in _HOLDERS):
        for name in _USAGE_FIELDS:
            usage = field(holder, name)
            if usage is not None:
                return usage
    headers = path(raw_response, "ResponseMetadata", "HTTPHeaders")
    if headers is not None:
        return _usage_of_headers(headers)
    meta = field(raw_response, "meta")  # of Cohere's first API
    if has_counts(fields_of(meta)):
        return meta
    return raw_response if has_counts(fields_of(raw_response)) else None


def _usage_of_stream(events: Sequence[Any]) -> Any:
    """Counts are cumulative: the last usage wins, and adding them up would be wrong.

    Anthropic says the counts of the input and their split only in `message_start`, so its last
    usage is laid over the first.
    """
    usages = [usage for usage in map(_find_usage, events) if has_counts(fields_of(usage))]
    if not usages:
        return None
    is_anthropic = any(field(event, "type") == "message_start" for event in events)
    if not is_anthropic:
        return usages[-1]
    merged: dict[str, Any] = {}
    for usage in usages:
        merged.update((key, value) for key, value in _items(usage) if value is not None)
    return merged


def _items(usage: Any) -> list[tuple[str, Any]]:
    if isinstance(usage, Mapping):
        return list(usage.items())
    return list(getattr(usage, "__dict__", {}).items())


def _usage_of_headers(headers: Any) -> dict[str, int] | None:
    """Bedrock counts the tokens of every model family in the headers of its answer."""
    found = {
        name: field(headers, _HEADER.format(header)) for name, header in _HEADER_FIELDS.items()
    }
    counts = {
        name: int(value)
        for name, value in found.items()
        if isinstance(value, str) and value.isascii() and value.isdigit()
    }
    return counts or None
