"""A few hours of lifelike agents, for screenshots: loops with tools, errors, many scripts."""

import itertools
import json
import random
from collections.abc import Iterator
from typing import Any

from tests.factories import make_entry

HOURS_APART_SECONDS = 2_400
SYSTEM = {"role": "system", "content": "You are a helpful agent."}
Step = tuple[str, dict[str, Any], str]
Script = tuple[str, str, str, str, list[Step], str]

SCRIPTS: list[Script] = [
    (
        "planner",
        "gpt-4o",
        "openai",
        "Plan the migration of the billing database to PostgreSQL 17 without downtime.",
        [
            (
                "list_tables",
                {"schema": "billing"},
                "invoices (1.2M rows), payments, refunds, ledger_entries (48M rows)",
            ),
            (
                "estimate_copy_time",
                {"table": "ledger_entries", "rows": 48000000},
                "about 42 minutes at 19k rows/s",
            ),
            ("check_replication", {"slot": "billing_cdc"}, "slot active, lag 320 kB"),
        ],
        "Copy the small tables first, then stream ledger_entries through logical replication; cut "
        "over in a 30 second window.",
    ),
    (
        "support/tier-1",
        "claude-sonnet-4-5",
        "anthropic",
        "Customer writes: “My invoice for October is charged twice, please help!”",
        [
            (
                "find_customer",
                {"email": "j.hansen@example.org"},
                "Customer 88213, plan Team, since 2023",
            ),
            (
                "list_invoices",
                {"customer": 88213, "month": "2026-10"},
                "2 invoices: #5512 (€49.00), #5513 (€49.00, duplicate of #5512)",
            ),
            ("refund", {"invoice": 5513, "amount_eur": 49}, "refund queued"),
        ],
        "I refunded the duplicate invoice #5513 (€49.00). It appears on the account in 3–5 days.",
    ),
    (
        "天气助手",
        "gemini-2.5-pro",
        "gemini",
        "明天去北京出差，需要带伞吗？顺便推荐一下穿什么衣服。",
        [
            (
                "get_weather",
                {"city": "北京", "days": 2},
                "北京：明天小雨转多云，最高 14°C，最低 7°C，东北风 3 级",
            )
        ],
        "明天北京有小雨，建议带伞；气温 7–14°C，可以穿风衣或薄毛衣。☔️",
    ),
    (
        "research_bot",
        "gpt-4o-mini",
        "openai",
        "ما هي أحدث الأبحاث حول ضغط نماذج اللغة الكبيرة؟",
        [
            (
                "search_papers",
                {"query": "LLM quantization 2026", "limit": 5},
                "5 results: “Four bits are enough”, “Rounding with care”, …",
            )
        ],
        "تشير الأبحاث الحديثة إلى أن التكميم إلى أربع بتات يحافظ على جودة النموذج مع تقليل الذاكرة "
        "بنسبة 75٪.",
    ),
    (
        "code-reviewer",
        "claude-haiku-4-5",
        "anthropic",
        "Review this diff:\n\n```python\n- for row in rows:\n+ for row in rows[:limit]:\n```",
        [
            (
                "read_file",
                {"path": "billing/export.py", "lines": "120-180"},
                "def export(rows, limit=None):\n"
                "    writer = csv.writer(out)\n"
                "    for row in rows[:limit]:",
            ),
            (
                "run_tests",
                {"target": "tests/test_export.py"},
                "12 passed, 1 failed: test_export_without_limit (TypeError)",
            ),
        ],
        "The slice is right, but `limit` may be a string when it comes from the query: convert it "
        "first. 🔍",
    ),
    (
        "grok-scout",
        "grok-4",
        "xai",
        "Summarise what people said about the outage today, in three bullets.",
        [],
        "• Logins failed for 40 minutes from 09:10 UTC.\n"
        "• Status page lagged behind by 15 minutes.\n"
        "• Most praised the honest post-mortem.",
    ),
]
"""Agent, model, provider, question, the tools called with their results, answer."""


def lifelike_entries(now: float, seed: int = 4) -> list[dict[str, Any]]:
    """Entries of the hours before `now`, oldest first; the same seed gives the same ones."""
    chance, numbers = random.Random(seed), itertools.count(1)
    entries = []
    for run in range(9):
        for place, script in enumerate(SCRIPTS):
            at = now - run * HOURS_APART_SECONDS - place * 17 - chance.uniform(70, 300)
            entries += _loop(script, run, at, chance, numbers)
        entries += _accidents(
            run, now - run * HOURS_APART_SECONDS - chance.uniform(20, 1_500), numbers
        )
    return sorted(entries, key=lambda entry: float(entry["timestamp"]))


def _loop(
    script: Script, run: int, at: float, chance: random.Random, numbers: Iterator[int]
) -> Iterator[dict[str, Any]]:
    agent, model, provider, question, steps, answer = script
    asked = question if run == 0 else f"{question} (run {9 - run})"
    messages: list[dict[str, Any]] = [SYSTEM, {"role": "user", "content": asked}]
    for name, arguments, result in steps:
        number = next(numbers)
        call = {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)}
        calls = [{"id": f"call_{number}", **call}]
        latency_ms = chance.randint(300, 4_000)
        yield _entry(number, agent, model, provider, messages, at, latency_ms, tool_calls=calls)
        spoken = {"id": f"call_{number}", "type": "function", "function": call}
        messages = [
            *messages,
            {"role": "assistant", "content": None, "tool_calls": [spoken]},
            {"role": "tool", "tool_call_id": f"call_{number}", "content": result},
        ]
        at += chance.uniform(3, 25)
    latency_ms = chance.randint(800, 9_000)
    yield _entry(next(numbers), agent, model, provider, messages, at, latency_ms, completion=answer)


def _accidents(run: int, at: float, numbers: Iterator[int]) -> Iterator[dict[str, Any]]:
    """A failed call now and then, and one that was cut off."""
    if run % 2 == 0:
        error = "RateLimitError: 429, too many request tokens this minute; retry after 21 s"
        asked = [SYSTEM, {"role": "user", "content": "Where is my parcel? Order 99120"}]
        model = ("support/tier-1", "claude-sonnet-4-5", "anthropic")
        yield _entry(next(numbers), *model, asked, at, 30_012, error=error)
    if run % 3 == 0:
        asked = [SYSTEM, {"role": "user", "content": "Write the whole run book for the cut-over."}]
        model = ("planner", "gpt-4o", "openai")
        words = "1. Announce the window in #ops and wait for the on-call engineer to agree …"
        more = {"completion": words, "finish_reason": "length"}
        yield _entry(next(numbers), *model, asked, at - 44, 64_200, **more)


def _entry(
    number: int,
    agent: str,
    model: str,
    provider: str,
    messages: list[dict[str, Any]],
    at: float,
    latency_ms: int,
    **more: Any,
) -> dict[str, Any]:
    input_tokens = sum(len(json.dumps(message)) for message in messages) // 4
    output_tokens = len(more.get("completion", "")) // 4 + 20 * len(more.get("tool_calls", ()))
    values = {
        "agent_id": agent,
        "model_name": model,
        "provider": provider,
        "messages": messages,
        "timestamp": round(at, 3),
        "latency_ms": latency_ms,
        "input_tokens": input_tokens,
        "output_tokens": output_tokens,
        "total_tokens": input_tokens + output_tokens,
        "completion": "",
        **more,
    }
    return make_entry(number, **values)
