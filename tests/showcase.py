"""Calls that show everything a call can have: for screenshots and for tests of every state."""

import json
from typing import Any

from tests.factories import make_entry

AGENT = "field/dispatcher"
SESSION = "visit-4711"
MODEL = {"agent_id": AGENT, "model_name": "claude-sonnet-5", "provider": "anthropic"}
SYSTEM = (
    "You plan the visits of field engineers. Prefer trains, keep the customer informed, and never "
    "promise a time you have not checked. "
)
TOOLS = [
    {
        "name": "find_engineer",
        "description": "Engineers who are free on a day, nearest first.",
        "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
    {
        "name": "route",
        "description": "Connections between two places.",
        "input_schema": {"type": "object", "properties": {"from": {"type": "string"}}},
    },
]
PICTURE = "data:image/png;base64," + "iVBORw0KGgo" * 4000
ASKED: list[dict[str, Any]] = [
    {"role": "system", "content": SYSTEM * 12},
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "The boiler in Köln leaks, see the photo. Who can come?"},
            {"type": "image_url", "image_url": {"url": PICTURE}},
        ],
    },
]
CALLED = [
    ("find_engineer", {"city": "Köln", "day": "2026-11-26"}),
    ("route", {"from": "Bonn", "to": "Köln", "arrive_by": "09:00"}),
]
ANSWER = """Samir can be there tomorrow at **9:00**.

| leaves Bonn | arrives Köln | change |
|---|---|---|
| 08:07 | 08:34 | none |

The valve in the photo is a `KV-205`; he should bring:

```python
parts = {"KV-205": 1, "sealing ring 22 mm": 2}
```

שלום, and see you there."""


def showcase_entries(now: float) -> list[dict[str, Any]]:
    """A conversation of two turns, a failure, a huge call and one with much text, oldest first."""
    return [
        _first(now - 90),
        _second(now - 80),
        _failed(now - 60),
        _huge(now - 50),
    ]


def _first(at: float) -> dict[str, Any]:
    calls = [
        {"id": f"toolu_0{n}", "name": name, "arguments": json.dumps(given, ensure_ascii=False)}
        for n, (name, given) in enumerate(CALLED)
    ]
    return _entry(1, at, messages=ASKED, tool_calls=calls, completion="", finish_reason="tool_use")


def _second(at: float) -> dict[str, Any]:
    calls = [
        {
            "id": f"toolu_0{n}",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(given, ensure_ascii=False)},
        }
        for n, (name, given) in enumerate(CALLED)
    ]
    free = [{"name": "Samir", "from": "Bonn", "free": "08:00-12:00"}, {"name": "Ines"}]
    results = [
        {"role": "tool", "tool_call_id": "toolu_00", "content": json.dumps(free)},
        {"role": "tool", "tool_call_id": "toolu_01", "content": "08:07 Bonn Hbf, 08:34 Köln Hbf"},
    ]
    return _entry(
        2,
        at,
        messages=[*ASKED, {"role": "assistant", "content": None, "tool_calls": calls}, *results],
        completion=ANSWER,
        reasoning="Two are free; Samir is nearer, and the 08:07 arrives with time to spare.",
        finish_reason="end_turn",
        latency_ms=4_310,
        time_to_first_token_ms=870,
        input_tokens=3_412,
        output_tokens=188,
        total_tokens=3_600,
        cache_read_tokens=2_900,
        reasoning_tokens=41,
        reported_cost=0.0131,
        request_id="req_011CQ",
        stream=True,
    )


def _failed(at: float) -> dict[str, Any]:
    return _entry(
        3,
        at,
        messages=[ASKED[0], {"role": "user", "content": "And the day after, in Aachen?"}],
        completion="",
        error="429: this organisation has used its 80,000 input tokens of this minute; "
        "retry after 21 seconds.",
        error_type="RateLimitError",
        latency_ms=212,
        input_tokens=None,
        output_tokens=None,
        total_tokens=None,
    )


def _huge(at: float) -> dict[str, Any]:
    visit = "Visit {0}: boiler checked, pressure 1.{1} bar, ring replaced, customer content. "
    messages = [
        {"role": "user" if n % 2 else "assistant", "content": visit.format(n, n % 9) * 40}
        for n in range(1, 2001)
    ]
    return _entry(4, at, messages=messages, completion="2,000 visits, 17 of them twice.")


def _entry(number: int, at: float, **more: Any) -> dict[str, Any]:
    values = {
        **MODEL,
        "log_id": f"show-{number}",
        "timestamp": round(at, 3),
        "tools": TOOLS,
        "tool_calls": None,
        "session_id": SESSION,
        "request": {"temperature": 0.2, "max_tokens": 4096},
        "tags": ["production", "field"],
        **more,
    }
    return make_entry(900 + number, **values)
