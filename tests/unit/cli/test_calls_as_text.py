"""Any entry has a row and a page, in every provider's form and whatever its values are."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_sdk.cli.call import call_text
from agents_sdk.cli.content import content_lines
from agents_sdk.cli.output import Paint
from agents_sdk.cli.rows import row
from agents_sdk.cli.safetext import width
from agents_sdk.cli.totals import names_lines, totals_lines
from agents_sdk.entry import KEYS, OPTIONAL_KEYS
from tests.factories import make_entry

PLAIN = Paint(is_on=False)
ARGUMENTS = ["    {", '      "city": "Köln"', "    }"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def page(**overrides: Any) -> list[str]:
    return list(call_text(make_entry(**overrides), PLAIN))


@pytest.mark.parametrize(
    "part",
    [
        {"type": "function", "id": "c1", "function": {"name": "w", "arguments": '{"city":"Köln"}'}},
        {"type": "tool_use", "id": "c1", "name": "w", "input": {"city": "Köln"}},
        {"toolUse": {"toolUseId": "c1", "name": "w", "input": {"city": "Köln"}}},
        {"functionCall": {"id": "c1", "name": "w", "args": {"city": "Köln"}}},
        {"type": "function_call", "call_id": "c1", "name": "w", "arguments": '{"city":"Köln"}'},
    ],
    ids=["openai", "anthropic", "bedrock", "gemini", "responses"],
)
def test_the_call_of_a_tool_has_its_name_and_set_out_arguments(part: dict[str, Any]) -> None:
    lines = page(messages=[{"role": "assistant", "content": [part]}], completion="")
    assert lines[-4:] == ["  → w  c1", *ARGUMENTS]


def test_a_tool_that_the_provider_ran_has_its_result_below_it() -> None:
    call = {"id": "c1", "name": "w", "arguments": '{"city":"Köln"}', "executed_by": "provider"}
    lines = page(tool_calls=[{**call, "result": [{"type": "text", "text": "Rain"}]}], completion="")
    assert lines[-6:] == ["  → w  c1  (run by the provider)", *ARGUMENTS, "  ← w", "    Rain"]


@pytest.mark.parametrize(
    "part",
    [
        {"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "Rain"}]},
        {"toolResult": {"toolUseId": "c1", "content": [{"text": "Rain"}]}},
        {"type": "function_call_output", "call_id": "c1", "output": "Rain"},
    ],
    ids=["anthropic", "bedrock", "responses"],
)
def test_the_result_of_a_tool_is_readable(part: dict[str, Any]) -> None:
    assert list(content_lines([part])) == ["← c1", "  Rain"]


def test_a_page_has_roles_numbers_answer_and_error_in_this_order() -> None:
    lines = page(
        messages=[{"role": "system", "content": "Be brief."},
                  {"role": "user", "content": "Hi\nyou"}],
        tools=[{"type": "function", "function": {"name": "weather"}}],
        completion="Hello.", reasoning="A greeting.", error="cut off", error_type="Cut",
        input_tokens=1234, output_tokens=56, cache_read_tokens=1000, reasoning_tokens=7,
        latency_ms=1500, time_to_first_token_ms=120, finish_reason="length", session_id="s-1",
        response_model="gpt-4o-2024-08-06", reported_cost=0.0125,
    )  # fmt: skip
    text = "\n".join(lines)
    assert "tokens    1,234 in (1,000 from cache), 56 out (7 reasoning)" in lines
    assert "took      1.50 s, 120 ms to the first token" in lines
    assert "model     gpt-4o  openai  answered by gpt-4o-2024-08-06" in lines
    assert "session   s-1" in lines
    assert "tools     weather" in lines
    assert "cost      $0.012500, as the provider says" in lines
    order = [
        "── system ──\n  Be brief.",
        "── user ──\n  Hi\n  you",
        "── reasoning ──\n  A greeting.",
        "── answer ──\n  Hello.",
        "── error (Cut) ──\n  cut off",
    ]
    assert sorted(order, key=text.index) == order


def test_unknown_is_a_dash_and_zero_a_zero() -> None:
    assert "tokens    – in, 0 out" in page(input_tokens=None, output_tokens=0)
    assert "tokens    – in all" in page(input_tokens=None, output_tokens=None, total_tokens=None)


def test_the_data_of_a_file_is_named_by_its_size() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 5000}}
    text = "\n".join(page(messages=[{"role": "user", "content": [image]}]))
    assert "[5,022 characters of data]" in text
    assert len(text) < 1000


def test_an_escape_sequence_in_a_prompt_never_comes_out() -> None:
    attack = "\x1b]0;owned\x07\x1b[2J\x9b31m\r"
    entry = dict.fromkeys((*KEYS, *OPTIONAL_KEYS), attack) | {
        "messages": [{"role": attack, "name": attack, "content": attack}, attack, {attack: attack}],
        "tool_calls": [{"id": attack, "name": attack, "arguments": attack}],
        "tools": [{"name": attack}],
        "preview": attack,
    }
    shown = [*call_text(entry, PLAIN), row(entry, 120, PLAIN), row(entry, 60, PLAIN)]
    shown += names_lines("agent", [{"name": attack, "calls": attack}], PLAIN)
    assert all(line.isprintable() for line in shown)


@given(st.dictionaries(st.sampled_from([*KEYS, *OPTIONAL_KEYS, "preview"]), JSON))
def test_any_entry_has_a_row_and_a_page(entry: dict[str, Any]) -> None:
    assert list(call_text(entry, PLAIN))
    for columns in (40, 80, 100, 200):
        assert width(row(entry, columns, PLAIN)) <= columns


@given(st.dictionaries(st.text(max_size=20), JSON))
def test_any_answer_has_a_table(body: dict[str, Any]) -> None:
    assert list(totals_lines(body, PLAIN))
    assert len(list(names_lines("agent", [body], PLAIN))) == 2


def test_colours_are_ours_alone() -> None:
    line = row(make_entry(error="\x1b[35mpink"), 120, Paint(is_on=True))
    assert "\x1b[31m✗ \\x1b[35mpink\x1b[0m" in line
