"""What each provider's usage object says, in one meaning.

The shapes differ in what a count includes (as of November 2026):

    OpenAI chat         prompt_tokens and completion_tokens include cache and reasoning
    OpenAI Responses    input_tokens and output_tokens do the same
    Anthropic, Bedrock  input_tokens WITHOUT cache reads, cache writes and compaction
    Cohere              billed_units, and tokens with what Cohere itself added to the prompt
    Gemini              prompt_token_count WITHOUT tool use, candidates WITHOUT thoughts
    xAI                 as OpenAI chat, but completion_tokens WITHOUT reasoning
"""

from collections.abc import Callable
from typing import Any

from agents_sdk.fields import Fields, field, fields_of
from agents_sdk.usagecounts import Counts, amount, count_of, first_count, known, part_count, sum_of
from agents_sdk.usagegemini import GENERATED, gemini, gemini_interactions

XAI_TICKS_PER_DOLLAR = 10_000_000_000


def counts_of(usage: Fields) -> Counts:
    """The counts of one usage object; never raises."""
    for marks, read in _SHAPES:
        if first_count(usage, *marks) is not None:
            return _with_total(read(usage))
    return _with_total(_cohere(usage))


def has_counts(usage: Fields) -> bool:
    """Whether this looks like a usage object itself."""
    is_flat = any(first_count(usage, *marks) is not None for marks, _ in _SHAPES)
    return is_flat or _cohere(usage).output_tokens is not None


def reported_cost(usage: Fields) -> float | None:
    """What the provider says the call cost, in US dollars (OpenRouter, Perplexity, xAI)."""
    ticks = amount(usage("cost_in_usd_ticks"))
    if ticks is not None:
        return ticks / XAI_TICKS_PER_DOLLAR
    cost = usage("cost")
    if cost is None:
        return amount(usage("reported_cost"))
    dollars = amount(cost)
    return dollars if dollars is not None else amount(field(cost, "total_cost"))


_CACHED_BESIDE = (
    *("prompt_cache_hit_tokens", "cache_read_input_tokens", "cached_tokens"),
    "cached_prompt_text_tokens",
)


def _openai_chat(usage: Fields) -> Counts:
    prompt = count_of(usage("prompt_tokens"))
    completion = count_of(usage("completion_tokens"))
    total = count_of(usage("total_tokens"))
    sent = fields_of(usage("prompt_tokens_details"))
    generated = fields_of(usage("completion_tokens_details"))
    reasoning = part_count(generated, "reasoning_tokens", usage, "reasoning_tokens")
    cited = count_of(usage("citation_tokens"))  # Perplexity's, which counts nothing twice
    if cited is not None or _is_reasoning_apart(prompt, completion, reasoning, total):
        completion = sum_of(completion, reasoning, cited)
    return Counts(
        input_tokens=prompt,
        output_tokens=completion,
        total_tokens=total,
        cache_read_tokens=part_count(sent, "cached_tokens", usage, *_CACHED_BESIDE),
        cache_write_tokens=part_count(
            sent, "cache_write_tokens", usage, "cache_creation_input_tokens"
        ),
        reasoning_tokens=reasoning,
        audio_input_tokens=count_of(sent("audio_tokens")),
        audio_output_tokens=count_of(generated("audio_tokens")),
    )


def _is_reasoning_apart(
    prompt: int | None, completion: int | None, reasoning: int | None, total: int | None
) -> bool:
    """xAI counts reasoning beside the completion; only its total gives it away."""
    if not reasoning or completion is None:
        return False
    return reasoning > completion or total == (prompt or 0) + completion + reasoning


_INPUT_DETAILS = ("input_tokens_details", "input_token_details")
_OUTPUT_DETAILS = ("output_tokens_details", "output_token_details")
_READ_APART = ("cache_read_input_tokens", "cache_read_input_token_count")
_OUTPUT_TOTALS = ("output_tokens", "output_token_count")
_WRITTEN_APART = (
    "cache_creation_input_tokens",
    "cache_write_input_tokens",
    "cache_write_input_token_count",
)
"""Only Anthropic and Bedrock have these, and only they leave them out of the input."""
_READ_INSIDE = ("cached_tokens", "cache_read", "cache_read_tokens", "cache_read_input_tokens")
_REASONING = ("reasoning_tokens", "thinking_tokens", "reasoning")
_AUDIO = ("audio_tokens", "audio")
_BY_AGE = ("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")


def _input_and_output(usage: Fields) -> Counts:
    """OpenAI Responses, Anthropic, Bedrock, LangChain and our own keys."""
    read = first_count(usage, *_READ_APART)
    written = known(first_count(usage, *_WRITTEN_APART), _by_age(usage("cache_creation")))
    compacted = _compaction(usage)
    return Counts(
        input_tokens=sum_of(
            first_count(usage, "input_tokens", "input_token_count"),
            read,
            written,
            compacted.input_tokens,
        ),
        output_tokens=sum_of(first_count(usage, *_OUTPUT_TOTALS), compacted.output_tokens),
        total_tokens=first_count(usage, "total_tokens"),
        cache_read_tokens=known(
            sum_of(read, compacted.cache_read_tokens), _detail(usage, _INPUT_DETAILS, *_READ_INSIDE)
        ),
        cache_write_tokens=known(
            sum_of(written, compacted.cache_write_tokens), _written_detail(usage)
        ),
        reasoning_tokens=_detail(usage, _OUTPUT_DETAILS, *_REASONING),
        audio_input_tokens=_detail(usage, _INPUT_DETAILS, *_AUDIO, "audio_input_tokens"),
        audio_output_tokens=_detail(usage, _OUTPUT_DETAILS, *_AUDIO, "audio_output_tokens"),
    )


def _detail(usage: Fields, details: tuple[str, ...], *names: str) -> int | None:
    """A part of one side, under whatever name: in an object of details, else beside the totals."""
    for name in details:
        count = first_count(fields_of(usage(name)), *names)
        if count is not None:
            return count
    return first_count(usage, *names)


def _written_detail(usage: Fields) -> int | None:
    """LangChain sets its count to 0 where it has the counts by age."""
    by_age = sum_of(*(_by_age(usage(name)) for name in _INPUT_DETAILS))
    return by_age or _detail(usage, _INPUT_DETAILS, "cache_write_tokens", "cache_creation")


def _by_age(written: Any) -> int | None:
    if written is None:
        return None
    asked = fields_of(written)
    return sum_of(*(first_count(asked, name) for name in _BY_AGE))


def _compaction(usage: Fields) -> Counts:
    """Anthropic's compactions inside a call are billed and stand in no count above."""
    iterations = usage("iterations")
    if not issubclass(type(iterations), list):
        return Counts()
    compactions = [fields_of(item) for item in iterations if field(item, "type") == "compaction"]
    read, written, sent, generated = (
        sum_of(*(first_count(item, *names) for item in compactions))
        for names in (_READ_APART, _WRITTEN_APART, ("input_tokens",), ("output_tokens",))
    )
    return Counts(
        input_tokens=sum_of(sent, read, written),
        output_tokens=generated,
        cache_read_tokens=read,
        cache_write_tokens=written,
    )


def _cohere(usage: Fields) -> Counts:
    """What is billed, which is less than what was sent; that, where its cached part asks for it."""
    cached = first_count(usage, "cached_tokens")
    billed, sent = fields_of(usage("billed_units")), fields_of(usage("tokens"))
    counted = first_count(billed, "input_tokens", "output_tokens")
    is_billed = counted is not None and (cached or 0) <= (first_count(billed, "input_tokens") or 0)
    units = billed if is_billed else sent
    generated = first_count(units, "output_tokens")
    return Counts(first_count(units, "input_tokens"), generated, cache_read_tokens=cached)


def _ollama(usage: Fields) -> Counts:
    return Counts(first_count(usage, "prompt_eval_count"), first_count(usage, "eval_count"))


_SHAPES: tuple[tuple[tuple[str, ...], Callable[[Fields], Counts]], ...] = (
    (("prompt_tokens", "completion_tokens"), _openai_chat),
    (
        ("input_tokens", "output_tokens", "input_token_count", "output_token_count"),
        _input_and_output,
    ),
    (("prompt_token_count", *GENERATED, "total_token_count"), gemini),
    (("total_input_tokens", "total_output_tokens"), gemini_interactions),
    (("prompt_eval_count", "eval_count"), _ollama),
    (("total_tokens",), _openai_chat),
)
"""A shape is known by its counts; the first that has any of them is read."""


def _with_total(counts: Counts) -> Counts:
    """The reported total, unless the two sides are both known and say more."""
    if counts.input_tokens is None or counts.output_tokens is None:
        return counts
    both = counts.input_tokens + counts.output_tokens
    if counts.total_tokens is not None and counts.total_tokens >= both:
        return counts
    return counts._replace(total_tokens=both)
