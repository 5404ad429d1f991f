"""Attempts at the same question, and the calls of a session in the order of time."""

from typing import Any

import pytest

from llmlogs.queries import ties as statements
from llmlogs.queries.entries import find_entry
from llmlogs.queries.reading import fetch
from llmlogs.queries.ties import AGAIN_SECONDS, EARLIER_ATTEMPT, NEXT_ATTEMPT, Ties, ties
from tests.factories import NOW
from tests.queried_workspace import Workspace

ASKED = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "How warm?"}]


def tied(log_id: str) -> Ties:
    (entry,) = find_entry(log_id, now=NOW)
    return ties(entry.sequence, now=NOW)


def attempts(log_id: str) -> tuple[str | None, str | None]:
    found = tied(log_id)
    refs = (found.earlier_attempt, found.next_attempt)
    return refs[0] and refs[0].log_id, refs[1] and refs[1].log_id


def around(log_id: str) -> tuple[str | None, str | None]:
    found = tied(log_id)
    refs = (found.previous_in_session, found.next_in_session)
    return refs[0] and refs[0].log_id, refs[1] and refs[1].log_id


def ask(workspace: Workspace, log_id: str, at: float, **facts: Any) -> None:
    """A call that ended `at` seconds after NOW - 1,000 and took a second."""
    given = {"messages": ASKED, "latency_ms": 1_000, **facts}
    workspace.add_entry(log_id=log_id, timestamp=NOW - 1_000 + at, **given)


def test_each_attempt_leads_to_the_one_before_and_after(workspace: Workspace) -> None:
    ask(workspace, "a", 0, error="Overloaded")
    ask(workspace, "b", 3, error={"code": 529})
    ask(workspace, "c", 9)
    assert [attempts(log_id) for log_id in "abc"] == [(None, "b"), ("a", "c"), ("b", None)]


@pytest.mark.parametrize(
    "facts",
    [
        {"messages": [*ASKED, {"role": "user", "content": "Well?"}]},
        {"messages": [{"role": "system", "content": "Be long."}, ASKED[1]]},
        {"agent_id": "another"},
        {"session_id": "another"},
        {"latency_ms": 9_500},
    ],
    ids=["another question", "another system", "another agent", "another session", "side by side"],
)
def test_another_call_is_no_attempt(workspace: Workspace, facts: dict[str, Any]) -> None:
    ask(workspace, "a", 0, error="Overloaded")
    ask(workspace, "b", 9, **facts)
    assert attempts("a") == attempts("b") == (None, None)


def test_long_after_it_is_another_question(workspace: Workspace) -> None:
    ask(workspace, "a", 0, error="Overloaded")
    ask(workspace, "b", AGAIN_SECONDS + 2)
    assert attempts("a") == attempts("b") == (None, None)


def test_a_slow_attempt_counts_from_its_beginning(workspace: Workspace) -> None:
    ask(workspace, "a", 0, error="Overloaded")
    ask(workspace, "b", 700, latency_ms=690_000)
    assert (attempts("a"), attempts("b")) == ((None, "b"), ("a", None))


def test_what_was_answered_is_asked_anew_and_not_again(workspace: Workspace) -> None:
    ask(workspace, "a", 0, error="Overloaded")
    ask(workspace, "b", 3)
    ask(workspace, "c", 6)
    assert [attempts(log_id) for log_id in "abc"] == [(None, "b"), ("a", None), (None, None)]


def test_the_model_may_be_another(workspace: Workspace) -> None:
    ask(workspace, "a", 0, error="Overloaded", model_name="large")
    ask(workspace, "b", 3, model_name="small")
    assert attempts("a") == (None, "b")


def test_calls_of_a_session_follow_in_time_whatever_their_agent(workspace: Workspace) -> None:
    workspace.add_entry(log_id="second", session_id="s", agent_id="one", timestamp=NOW - 500)
    workspace.add_entry(log_id="third", session_id="s", agent_id="two", timestamp=NOW - 500)
    workspace.add_entry(log_id="first", session_id="s", agent_id="two", timestamp=NOW - 600)
    workspace.add_entry(log_id="other", session_id="t", timestamp=NOW - 550)
    workspace.add_entry(log_id="none", timestamp=NOW - 550)
    assert around("first") == (None, "second")
    assert around("second") == ("first", "third")
    assert around("third") == ("second", None)
    assert around("other") == around("none") == (None, None)


def test_nothing_older_than_the_retention_is_named(workspace: Workspace) -> None:
    old = NOW - 7 * 86_400
    workspace.add_entry(
        log_id="a", session_id="s", timestamp=old + 3_600, error="x", messages=ASKED
    )
    workspace.add_entry(log_id="b", session_id="s", timestamp=old + 3_630, messages=ASKED)
    (entry,) = find_entry("b", now=NOW)
    assert ties(entry.sequence, now=NOW + 3_601) == Ties()


@pytest.mark.parametrize(
    "name", ["NEXT_ATTEMPT", "EARLIER_ATTEMPT", "PREVIOUS_IN_SESSION", "NEXT_IN_SESSION"]
)
def test_a_tie_is_one_look_up_in_an_index(workspace: Workspace, name: str) -> None:
    ask(workspace, "a", 0, session_id="s")
    statement = getattr(statements, name)
    rows = fetch(f"EXPLAIN QUERY PLAN {statement}", (0,) * statement.count("%s"))
    (plan,) = [row[-1] for row in rows]
    index = "entry_node" if statement in (NEXT_ATTEMPT, EARLIER_ATTEMPT) else "entry_session"
    assert plan.startswith(f"SEARCH entry USING INDEX {index} (") or plan.startswith(
        f"SEARCH entry USING COVERING INDEX {index} ("
    )
    assert "timestamp" in plan, "the time bounds what is looked at"


def test_an_entry_that_is_not_there_has_none(workspace: Workspace) -> None:
    ask(workspace, "a", 0)
    assert ties(99) == Ties()
