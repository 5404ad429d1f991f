"""Numbers and names beside the conversation."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from llmlogs.pages.callview import facts, usage


def shown(measured: usage.Measured) -> dict[str, str]:
    return {amount.label: amount.value for amount in measured.amounts}


def test_usage_by_kind() -> None:
    tokens = usage.tokens(
        {
            "input_tokens": 1000,
            "output_tokens": 200,
            "cache_read_tokens": 600,
            "cache_write_tokens": 100,
            "reasoning_tokens": 50,
        }
    )
    assert shown(tokens) == {
        "Input": "1,000",
        "read from cache": "600",
        "written to cache": "100",
        "Output": "200",
        "reasoning": "50",
        "Total": "1,200",
    }
    assert [(bar.kind, bar.width) for bar in tokens.bars] == [
        ("read", "50.00%"),
        ("written", "8.33%"),
        ("input", "25.00%"),
        ("reasoning", "4.17%"),
        ("output", "12.50%"),
    ]
    assert tokens.summary == "1,000 → 200"


def test_unknown_is_a_dash_and_zero_is_a_value() -> None:
    tokens = usage.tokens({"input_tokens": 0, "output_tokens": None, "total_tokens": "many"})
    assert shown(tokens) == {"Input": "0", "Output": "–", "Total": "–"}
    assert usage.tokens({}).summary == ""


def test_numbers_that_do_not_fit_together_make_no_bar() -> None:
    assert usage.tokens({"input_tokens": 5, "output_tokens": 1, "cache_read_tokens": 9}).bars == ()
    assert usage.times({"latency_ms": 10, "time_to_first_token_ms": 20}).bars == ()


def test_time_to_the_first_token_is_part_of_the_latency() -> None:
    times = usage.times({"latency_ms": 4000, "time_to_first_token_ms": 1000, "output_tokens": 300})
    assert shown(times) == {
        "Latency": "4.00 s",
        "to the first token": "1.00 s",
        "Output per second": "100 tokens",
    }
    assert [bar.width for bar in times.bars] == ["25.00%", "75.00%"]


def test_names_lead_to_the_calls_that_share_them() -> None:
    fields: dict[str, Any] = {
        "model_name": "gpt-4o",
        "response_model": "gpt-4o-2024",
        "provider": "a&b",
        "stream": False,
        "reported_cost": 0.0041200,
        "finish_reason": ["odd"],
    }
    assert [(fact.label, fact.value, fact.url) for fact in facts.names("team/bot", fields)] == [
        ("Agent", "team/bot", "/studio/llm-logs?agent_id=team%2Fbot"),
        ("Model", "gpt-4o", "/studio/llm-logs?model=gpt-4o"),
        ("Answered by", "gpt-4o-2024", ""),
        ("Provider", "a&b", "/studio/llm-logs?provider=a%26b"),
        ("Finish reason", '["odd"]', ""),
        ("Streamed", "no", ""),
        ("Reported cost", "$0.00412", ""),
    ]


def test_tags_may_be_a_list_or_named() -> None:
    assert [fact.value for fact in facts.tags({"tags": ["a", "", "b"]})] == ["a", "b"]
    assert [(f.label, f.value) for f in facts.tags({"tags": {"team": "x"}})] == [("team", "x")]
    assert facts.tags({}) == ()


def test_what_is_shown_nowhere_else_is_a_further_field() -> None:
    fields = {"log_id": "1", "usage": {"a": 1}, "mine": 2, "tags": ["x"], "empty": None}
    assert [name for name, _ in facts.further_fields(fields)] == ["usage", "mine"]


@given(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text()))
)
def test_values_of_unexpected_types_are_shown_too(value: Any) -> None:
    keys = ("model_name", "provider", "finish_reason", "reported_cost", "latency_ms", "request")
    keys += ("tags", "session_id", "input_tokens", "output_tokens", "time_to_first_token_ms")
    fields = dict.fromkeys(keys, value)
    list(facts.names("bot", fields))
    list(facts.ids("id", fields))
    facts.parameters(fields)
    facts.tags(fields)
    usage.tokens(fields)
    usage.times(fields)
