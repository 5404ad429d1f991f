"""Summaries of entries for tests of what is made from them."""

from typing import Any

from llmlogs.queries.entries import EntrySummary


def summary(sequence: int = 1, **overrides: Any) -> EntrySummary:
    """A summary as the queries give it; every value visibly synthetic."""
    values: dict[str, Any] = {
        "sequence": sequence,
        "agent_id": "bot",
        "log_id": f"log-{sequence}",
        "timestamp": 1_780_000_000.0 + sequence,
        "preview": f"Question {sequence}?",
        "has_error": False,
        "has_tool_calls": False,
        "latency_ms": 100,
        "total_tokens": 15,
        "line_bytes": 800,
        "fields": {"model_name": "gpt-4o", "provider": "openai", "latency_ms": 100},
    }
    return EntrySummary(**{**values, **overrides})
