"""What Gemini's usage objects say: of its content API, its Live API and its Interactions."""

from typing import Any

from agents_sdk.fields import Fields, field, fields_of
from agents_sdk.usagecounts import Counts, first_count, sum_of

GENERATED = ("candidates_token_count", "response_token_count", "generation_token_count")
"""Gemini's, that of its Live API, and that of Llama on Bedrock."""


def gemini(usage: Fields) -> Counts:
    thoughts = first_count(usage, "thoughts_token_count")
    return Counts(
        input_tokens=sum_of(
            first_count(usage, "prompt_token_count"),
            first_count(usage, "tool_use_prompt_token_count"),
        ),
        output_tokens=sum_of(first_count(usage, *GENERATED), thoughts),
        total_tokens=first_count(usage, "total_token_count"),
        cache_read_tokens=first_count(usage, "cached_content_token_count"),
        reasoning_tokens=thoughts,
        audio_input_tokens=_audio_modality(usage("prompt_tokens_details")),
        audio_output_tokens=_audio_modality(usage("candidates_tokens_details")),
    )


def _audio_modality(details: Any) -> int | None:
    counts = [
        first_count(fields_of(item), "token_count")
        for item in (details if isinstance(details, list) else ())
        if str(getattr(field(item, "modality"), "value", field(item, "modality"))) == "AUDIO"
    ]
    return sum_of(*counts)


def gemini_interactions(usage: Fields) -> Counts:
    """Whether thoughts and the prompts of tools stand in their sides, the total decides."""
    sent = first_count(usage, "total_input_tokens")
    output = first_count(usage, "total_output_tokens")
    thoughts = first_count(usage, "total_thought_tokens")
    tools = first_count(usage, "total_tool_use_tokens")
    total = first_count(usage, "total_tokens")
    beside = 0 if total is None else total - sum(filter(None, (sent, output)))
    if tools and beside in (tools, tools + (thoughts or 0)):
        sent, beside = sum_of(sent, tools), beside - tools
    if thoughts and (beside == thoughts or thoughts > (output or 0)):
        output = sum_of(output, thoughts)
    cached = first_count(usage, "total_cached_tokens")
    return Counts(sent, output, total, cache_read_tokens=cached, reasoning_tokens=thoughts)
