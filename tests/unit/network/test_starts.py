"""What claims to be the start of a call: read, or refused with a sentence."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_sdk.announcement import MAX_PREVIEW_CHARS, call_started
from llmlogs.network.starts import NoCall, parse_call
from llmlogs.running import RunningCall

NOW = 1_764_000_000.0
CALL = {
    "log_id": "7d1f",
    "timestamp": NOW - 2,
    "model_name": "gpt-4o",
    "provider": "openai",
    "preview": "Umbrella?",
    "role": "user",
    "session_id": "s-1",
    "trace_id": "t-1",
    "stream": True,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def parse(**overrides: Any) -> RunningCall:
    return parse_call("bot", {**CALL, **overrides}, NOW)


def test_a_call_is_read_as_it_was_announced() -> None:
    assert parse() == RunningCall(
        agent_id="bot",
        log_id="7d1f",
        started_at=NOW - 2,
        model_name="gpt-4o",
        provider="openai",
        preview="Umbrella?",
        role="user",
        session_id="s-1",
        trace_id="t-1",
        is_stream=True,
    )


def test_a_log_id_is_all_that_is_needed_and_other_keys_are_passed_over() -> None:
    call = parse_call("bot", {"log_id": "1", "stream": None, "messages": ["…"]}, NOW)
    assert call == RunningCall(agent_id="bot", log_id="1", started_at=NOW)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (None, "'call' is missing or null; expected a JSON object."),
        ([], "'call' is a JSON array; expected a JSON object."),
        ({}, "'log_id' is missing or null; expected a non-empty string."),
        ({"log_id": ""}, "'log_id' is ''; expected a non-empty string."),
        ({"log_id": 7}, "'log_id' is a number; expected a non-empty string."),
        ({"log_id": "x" * 401}, "'log_id' has 401 characters; expected at most 400."),
        (
            {"log_id": "1", "timestamp": "now"},
            "'timestamp' is 'now'; expected a number of Unix seconds.",
        ),
        (
            {"log_id": "1", "timestamp": True},
            "'timestamp' is a boolean; expected a number of Unix seconds.",
        ),
        ({"log_id": "1", "preview": 3}, "'preview' is a number; expected a string, or null."),
        (
            {"log_id": "1", "model_name": "m" * 1_201},
            "'model_name' has 1,201 characters; expected at most 200.",
        ),
        ({"log_id": "1", "stream": "yes"}, "'stream' is 'yes'; expected true, false or null."),
    ],
)
def test_what_is_no_call_is_refused_with_a_sentence(call: Any, sentence: str) -> None:
    with pytest.raises(NoCall) as refusal:
        parse_call("bot", call, NOW)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("timestamp", [NOW - 3_600, NOW + 1, -1e300, 10**400, None])
def test_a_clock_that_is_not_ours_makes_a_call_begin_when_we_hear_of_it(timestamp: Any) -> None:
    assert parse(timestamp=timestamp).started_at == NOW


def test_a_long_preview_is_cut() -> None:
    assert parse(preview="é" * 5_000).preview == "é" * MAX_PREVIEW_CHARS


@given(st.dictionaries(st.sampled_from([*CALL, "other"]), JSON), JSON)
def test_any_json_gives_a_bounded_call_or_a_sentence(fields: dict[str, Any], other: Any) -> None:
    for call in (fields, {**CALL, **fields}, other):
        try:
            read = parse_call("bot", call, NOW)
        except NoCall as refusal:
            assert str(refusal).endswith(".")
            assert len(str(refusal)) < 400
        else:
            assert read.log_id
            assert NOW - 10 <= read.started_at <= NOW
            assert read.text_bytes <= 4 * (3 * 400 + 4 * 200)


@given(st.lists(st.dictionaries(st.sampled_from(["role", "content"]), JSON), max_size=3), st.text())
def test_whatever_the_sdk_announces_is_taken(messages: Any, model: str) -> None:
    announced = call_started(
        log_id="1",
        timestamp=NOW,
        model_name=model,
        provider=model,
        messages=messages,
        session_id=model,
        trace_id=model,
        is_stream=True,
    )
    assert parse_call("bot", announced, NOW).log_id == "1"
