"""Entries for tests: plain functions, visibly synthetic values."""

import json
from pathlib import Path
from typing import Any

NOW = 1_780_000_000.0
"""The time of the tests' clocks, Unix seconds."""


class TickingClock:
    """Moves on by two seconds whenever asked, so that no second look has to be waited for."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        self.now += 2
        return self.now


def make_entry(number: int = 1, **overrides: Any) -> dict[str, Any]:
    """A valid entry with all 14 keys; `number` makes id, time and texts its own."""
    entry = {
        "log_id": f"log-{number}",
        "agent_id": "bot",
        "timestamp": NOW - 1000 + number,
        "model_name": "gpt-4o",
        "provider": "openai",
        "messages": [
            {"role": "system", "content": "You are a synthetic agent."},
            {"role": "user", "content": f"Question {number}?"},
        ],
        "tools": None,
        "completion": f"Answer {number}.",
        "tool_calls": None,
        "latency_ms": 100 + number,
        "input_tokens": 10,
        "output_tokens": 5,
        "total_tokens": 15,
        "error": None,
    }
    return {**entry, **overrides}


def make_line(number: int = 1, **overrides: Any) -> bytes:
    return json.dumps(make_entry(number, **overrides), ensure_ascii=False).encode() + b"\n"


def write_lines(path: Path, *lines: bytes) -> None:
    """Append lines as any foreign process would."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as stream:
        for line in lines:
            stream.write(line)
