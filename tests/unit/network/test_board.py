"""The board of calls that have not ended: what it keeps, what it forgets, how much it holds."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from llmlogs import running as module
from llmlogs.running import (
    FORGOTTEN_AFTER_SECONDS,
    MAX_PER_AGENT,
    NO_END_AFTER_SECONDS,
    Board,
    RunningCall,
)

NOW = 1_764_000_000.0


def call(log_id: str = "1", agent_id: str = "bot", **more: Any) -> RunningCall:
    return RunningCall(agent_id=agent_id, log_id=log_id, **{"started_at": NOW, **more})


def board_with(*calls: RunningCall) -> Board:
    board = Board(lambda: NOW)
    for one in calls:
        board.add(one)
    return board


def ids(board: Board) -> list[str]:
    return [one.log_id for one in board.calls()]


def test_calls_are_there_until_they_end() -> None:
    board = board_with(call("1"), call("2"), call("1", "other"))
    board.end([("bot", "1"), ("bot", "unknown")])
    assert [one.key for one in board.calls()] == [("bot", "2"), ("other", "1")]
    board.end([("bot", "2"), ("other", "1")])
    assert board.is_empty


def test_a_call_that_is_announced_again_begins_anew() -> None:
    board = board_with(call("1", started_at=NOW - 9), call("2"), call("1"))
    assert board.calls() == (call("2"), call("1"))


def test_the_version_tells_of_every_change_and_of_nothing_else() -> None:
    board = board_with(call("1"))
    seen = [board.version]
    for change in (
        lambda: board.add(call("2")),
        lambda: board.desert("bot"),
        lambda: board.end([("bot", "1")]),
    ):
        change()
        assert board.version not in seen
        seen.append(board.version)
    board.end([("bot", "1")])
    board.desert("nobody")
    board.calls()
    assert board.version == seen[-1]


def test_after_ten_minutes_an_end_is_not_expected_any_more() -> None:
    assert not call().is_lost(NOW + NO_END_AFTER_SECONDS - 1)
    assert call().is_lost(NOW + NO_END_AFTER_SECONDS)


def test_calls_of_an_agent_that_left_are_lost_at_once() -> None:
    board = board_with(call("1"), call("2", "other"))
    board.desert("bot")
    board.add(call("3"))
    assert [one.is_lost(NOW) for one in board.calls()] == [True, False, False]


def test_an_hour_after_its_start_a_call_is_forgotten() -> None:
    times = {"now": NOW}
    board = Board(lambda: times["now"])
    board.add(call("1"))
    board.add(call("2", started_at=NOW + 5))
    times["now"] = NOW + FORGOTTEN_AFTER_SECONDS + 1
    assert ids(board) == ["2"]
    times["now"] += 5
    assert ids(board) == []
    assert board.is_empty


def test_an_agent_that_begins_too_much_loses_its_own_oldest() -> None:
    board = board_with(call("kept", "other"))
    for number in range(MAX_PER_AGENT + 3):
        board.add(call(str(number)))
    assert ids(board)[:2] == ["kept", "3"]
    assert len(ids(board)) == MAX_PER_AGENT + 1


def test_many_agents_together_have_a_limit_too(monkeypatch) -> None:
    monkeypatch.setattr(module, "MAX_CALLS", 5)
    board = board_with(*(call("1", f"agent-{number}") for number in range(8)))
    assert [one.agent_id for one in board.calls()] == [f"agent-{n}" for n in range(3, 8)]


def test_bytes_are_bounded_as_well(monkeypatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 1_000)
    board = board_with(*(call(str(number), preview="é" * 200) for number in range(4)))
    assert ids(board) == ["2", "3"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("123"), st.sampled_from("+-d"))))
def test_the_board_counts_right_whatever_comes_and_goes(steps: list[tuple[str, str, str]]) -> None:
    board = Board(lambda: NOW)
    open_calls = set()
    for agent_id, log_id, step in steps:
        if step == "+":
            board.add(call(log_id, agent_id, preview=log_id))
            open_calls.add((agent_id, log_id))
        elif step == "-":
            board.end([(agent_id, log_id)])
            open_calls.discard((agent_id, log_id))
        else:
            board.desert(agent_id)
    assert {one.key for one in board.calls()} == open_calls
    board.end(open_calls)
    assert (board._text_bytes, board._of_agent) == (0, {})
