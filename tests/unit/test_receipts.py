"""Receipts come from anybody: what fits is taken, what does not is refused in a sentence."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_sdk.delivery import Deliveries
from agents_sdk.receipt import MAX_RECEIPT_REASONS, receipt_of
from llmlogs.receipts import MAX_COUNT, DeliveryReceipt, InvalidReceipt, read_receipt

NOW = 1_780_000_000.0
RECEIPT = {
    "agent_id": "team/bot",
    "instance": "0123456789abcdef",
    "spool": "fedcba9876543210",
    "started_at": NOW - 100,
    "reported_at": NOW,
    "lost_at": NOW - 40,
    "written": 10,
    "delivered": 7,
    "waiting": 3,
    "dropped": {"no room": 2},
}


def test_what_the_sdk_gives_is_taken_as_it_is() -> None:
    deliveries = Deliveries("team/bot", clock=lambda: NOW - 5)
    deliveries.count_written()
    deliveries.drop("no room", 4)
    given_receipt = receipt_of(deliveries, now=NOW, waiting=1, spool="abc")
    receipt = read_receipt(given_receipt)
    assert {name: getattr(receipt, name) for name in given_receipt} == given_receipt
    assert (receipt.dropped_entries, receipt.lost_at_by(NOW + 1000)) == (4, NOW + 995)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"agent_id": 5}, "'agent_id' is a number; expected the agent's id."),
        ({"agent_id": ".."}, "agent id '..' cannot be used: it must not be empty, '.' or '..'"),
        ({"instance": ""}, "'instance' is a text; expected 1 to 64 letters, digits, '-' or '_'."),
        ({"instance": "../../x"}, "'instance' is a text; expected 1 to 64 letters"),
        ({"instance": "x" * 65}, "'instance' is a text; expected 1 to 64 letters"),
        ({"spool": ["x"]}, "'spool' is a JSON array; expected 1 to 64 letters"),
        ({"started_at": None}, "'started_at' is missing or null; expected Unix seconds."),
        ({"reported_at": float("nan")}, "'reported_at' is a number; expected Unix seconds."),
        ({"reported_at": True}, "'reported_at' is a boolean; expected Unix seconds."),
        ({"lost_at": -1}, "'lost_at' is a number; expected Unix seconds."),
        ({"written": -1}, f"'written' is a number; expected a whole number from 0 to {MAX_COUNT}."),
        ({"delivered": 1.5}, "'delivered' is a number; expected a whole number"),
        ({"waiting": 2**60}, "'waiting' is a number; expected a whole number"),
        ({"waiting": True}, "'waiting' is a boolean; expected a whole number"),
        ({"dropped": []}, "'dropped' is a JSON array; expected an object of up to 1000 reasons"),
        ({"dropped": {"x": "1"}}, "A count in 'dropped' is a text; expected a whole number"),
        (
            {"dropped": {str(number): 1 for number in range(1001)}},
            "'dropped' is a JSON object; expected an object of up to 1000 reasons",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidReceipt) as caught:
        read_receipt({**RECEIPT, **change})
    assert str(caught.value).startswith(sentence)


def test_a_thing_that_is_no_object_is_refused() -> None:
    with pytest.raises(InvalidReceipt, match="The receipt is a JSON array"):
        read_receipt([RECEIPT])


def test_reasons_become_short_lines_and_the_rare_ones_are_counted_together() -> None:
    dropped = {"no\nroom\x1b[31m": 500, "no room [31m": 5, "": 3, "never": 0}
    dropped |= {f"reason {number}" + "x" * 1000: 1 for number in range(100)}
    receipt = read_receipt({**RECEIPT, "dropped": dropped})
    assert receipt.dropped["no room [31m"] == 505
    assert receipt.dropped["no reason was given"] == 3
    assert receipt.dropped_entries == 608
    assert "never" not in receipt.dropped
    assert len(receipt.dropped) <= MAX_RECEIPT_REASONS
    assert max(map(len, receipt.dropped)) <= 200


@pytest.mark.parametrize(
    ("change", "lost_at"),
    [
        ({}, NOW + 500 - 40),
        ({"dropped": {}}, None),
        ({"lost_at": None}, NOW + 500),
        ({"lost_at": NOW + 9999}, NOW + 500),
    ],
)
def test_the_time_of_a_loss_is_told_by_the_clock_that_received_it(
    change: dict[str, Any], lost_at: float | None
) -> None:
    assert read_receipt({**RECEIPT, **change}).lost_at_by(NOW + 500) == lost_at


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(JSON, st.dictionaries(st.sampled_from(sorted(RECEIPT)), JSON))
def test_nothing_else_happens_whatever_is_given(value: Any, changes: dict[str, Any]) -> None:
    for claimed in (value, {**RECEIPT, **changes}):
        try:
            assert isinstance(read_receipt(claimed), DeliveryReceipt)
        except InvalidReceipt as refusal:
            assert str(refusal)
