"""Calls are linked by their answers, whatever agents do to their prompts in between."""

from typing import Any

import pytest

from agents_sdk.normalise import openai_responses
from llmlogs.queries.conversations import Turn, turns
from llmlogs.queries.entries import find_entry
from tests.factories import NOW
from tests.queried_workspace import Workspace

Message = dict[str, Any]


def system(content: str = "You help.") -> Message:
    return {"role": "system", "content": content}


def user(content: str) -> Message:
    return {"role": "user", "content": content}


def said(content: str) -> Message:
    return {"role": "assistant", "content": content}


def turn(log_id: str) -> Turn:
    (entry,) = find_entry(log_id, now=NOW)
    return turns([entry.sequence], now=NOW)[entry.sequence]


def before(log_id: str) -> str | None:
    previous = turn(log_id).previous
    return previous and previous.log_id


def after(log_id: str) -> str | None:
    following = turn(log_id).next
    return following and following.log_id


class Conversation:
    """Adds calls to a workspace, each with its prompt and its answer."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def call(self, prompt: list[Message], answer: str = "", **overrides: Any) -> str:
        return self._workspace.add_entry(messages=prompt, completion=answer, **overrides)


@pytest.fixture
def talk(workspace: Workspace) -> Conversation:
    return Conversation(workspace)


def test_a_loop_is_linked_turn_by_turn_and_says_what_is_new(talk: Conversation) -> None:
    prompt = [system(), user("Question")]
    log_ids = []
    for number in range(4):
        log_ids.append(talk.call(prompt, f"Answer {number}"))
        prompt = [*prompt, said(f"Answer {number}"), user(f"Go on {number}")]
    assert [before(log_id) for log_id in log_ids] == [None, *log_ids[:-1]]
    assert [after(log_id) for log_id in log_ids] == [*log_ids[1:], None]
    assert [turn(log_id).new_from for log_id in log_ids] == [0, 3, 5, 7]
    assert [turn(log_id).message_count for log_id in log_ids] == [2, 4, 6, 8]


def test_a_loop_of_tool_calls_is_linked_by_their_ids(talk: Conversation) -> None:
    call = {"id": "call_1", "name": "look", "arguments": '{"at": "sky"}'}
    first = talk.call([user("Look!")], "", tool_calls=[call])
    asked = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    history = [
        user("Look!"),
        {"role": "assistant", "content": None, "tool_calls": [asked]},
        {"role": "tool", "tool_call_id": "call_1", "content": "blue"},
    ]
    second = talk.call(history, "It is blue.")
    assert before(second) == first
    assert turn(second).new_from == 2


def test_a_tool_that_the_provider_ran_itself_breaks_no_link(talk: Conversation) -> None:
    searched = {"id": "ws_1", "name": "web_search", "arguments": "{}", "executed_by": "provider"}
    first = talk.call([user("Rain?")], "It rains.", tool_calls=[searched])
    asked = {"id": "call_1", "name": "look", "arguments": "{}"}
    history = [user("Rain?"), {**said(""), "tool_calls": [searched]}, said("It rains.")]
    second = talk.call([*history, user("And now?")], tool_calls=[searched, asked])
    answered = [*history, user("And now?"), {**said(""), "tool_calls": [asked]}]
    third = talk.call([*answered, {"role": "tool", "tool_call_id": "call_1", "content": "no"}])
    assert (before(second), before(third)) == (first, second)


def test_two_calls_in_one_answer_of_the_responses_are_linked(talk: Conversation) -> None:
    calls = [{"id": id, "name": "look", "arguments": "{}"} for id in ("call_1", "call_2")]
    first = talk.call([user("Look!")], "Let me see.", tool_calls=calls)
    items: list[Message] = [
        {"role": "user", "content": "Look!"},
        {"type": "reasoning", "summary": []},
        {"type": "message", "role": "assistant", "content": [{"text": "Let me see."}]},
        *({"type": "function_call", "call_id": call["id"], "name": "look"} for call in calls),
        *({"type": "function_call_output", "call_id": call["id"], "output": ""} for call in calls),
    ]
    second = talk.call(openai_responses.prompt_of({"input": items}).messages, "It is blue.")
    assert before(second) == first
    assert turn(second).new_from == 2


def test_a_clock_in_the_system_prompt_breaks_no_link(talk: Conversation) -> None:
    first = talk.call([system("It is 12:00."), user("Hi")], "Hello")
    second = talk.call([system("It is 12:01."), user("Hi"), said("Hello"), user("Bye")], "Bye")
    assert before(second) == first
    assert after(first) == second
    assert turn(second).new_from == 3


def test_a_moving_cache_marker_breaks_no_link(talk: Conversation) -> None:
    def marked(text: str, **marker: Any) -> list[dict[str, Any]]:
        return [{"type": "text", "text": text, **marker}]

    cached = {"cache_control": {"type": "ephemeral"}}
    first = talk.call([{"role": "user", "content": marked("Hi", **cached)}], "Hello")
    history = [
        {"role": "user", "content": marked("Hi")},
        {"role": "assistant", "content": marked("Hello")},
        {"role": "user", "content": marked("Bye", **cached)},
    ]
    second = talk.call(history, "Bye")
    assert before(second) == first
    assert turn(second).new_from == 2


def test_a_sliding_window_breaks_no_link(talk: Conversation) -> None:
    history = [user("Question")]
    log_ids = []
    for number in range(6):
        log_ids.append(talk.call([system(), *history[-3:]], f"Answer {number}"))
        history += [said(f"Answer {number}"), user(f"Go on {number}")]
    assert [before(log_id) for log_id in log_ids] == [None, *log_ids[:-1]]
    assert [after(log_id) for log_id in log_ids] == [*log_ids[1:], None]
    assert turn(log_ids[5]).new_from == 3


def test_after_a_compaction_the_last_answer_that_is_still_there_links(
    talk: Conversation,
) -> None:
    talk.call([user("Question")], "Long answer")
    second = talk.call([user("Question"), said("Long answer"), user("More")], "Second answer")
    compacted = talk.call(
        [user("Summary of it all"), said("Second answer"), user("On")], "Third answer"
    )
    lost = talk.call([user("Summary of everything"), user("And now?")], "Fourth answer")
    assert before(compacted) == second
    assert turn(compacted).new_from == 2
    assert before(lost) is None
    assert turn(lost).new_from == 0


def test_identical_reruns_are_linked_each_to_its_own_run(talk: Conversation) -> None:
    follow_up = [user("Question"), said("Answer"), user("More")]
    runs = [
        (talk.call([user("Question")], "Answer"), talk.call(follow_up, "Second")) for _ in range(3)
    ]
    for first, second in runs:
        assert before(first) is None
        assert before(second) == first
        assert after(first) == second
        assert after(second) is None


def test_parallel_samples_are_told_apart_by_their_answers(talk: Conversation) -> None:
    samples = [talk.call([user("Question")], f"Sample {number}") for number in range(3)]
    chosen = talk.call([user("Question"), said("Sample 1"), user("More")], "Done")
    assert before(chosen) == samples[1]
    assert [after(sample) for sample in samples] == [None, chosen, None]


def test_a_branch_is_linked_from_both_of_its_calls(talk: Conversation) -> None:
    first = talk.call([user("Question")], "Answer")
    branches = [
        talk.call([user("Question"), said("Answer"), user(f"Branch {number}")], f"End {number}")
        for number in range(2)
    ]
    assert [before(branch) for branch in branches] == [first, first]
    assert after(first) == branches[0]


def test_a_common_prefix_alone_links_nothing(talk: Conversation) -> None:
    talk.call([system(), user("Question")], "Answer")
    other = talk.call([system(), user("Question"), user("More")], "Other answer")
    assert before(other) is None


def test_of_equal_answers_the_one_to_this_prompt_is_preferred(talk: Conversation) -> None:
    right = talk.call([user("First question")], "OK")
    talk.call([user("Other question")], "OK")
    second = talk.call([user("First question"), said("OK"), user("More")], "Done")
    assert before(second) == right


def test_calls_of_another_agent_or_session_are_never_linked(talk: Conversation) -> None:
    follow_up = [user("Question"), said("Answer"), user("More")]
    talk.call([user("Question")], "Answer", agent_id="other", session_id="a")
    assert before(talk.call(follow_up, "x", session_id="a")) is None
    first = talk.call([user("Question")], "Answer", session_id="a")
    assert before(talk.call(follow_up, "y", session_id="b")) is None
    assert before(talk.call(follow_up, "z", session_id="a")) == first
    assert before(talk.call(follow_up, "w")) == first


def test_a_later_call_is_no_previous_one(talk: Conversation) -> None:
    second = talk.call([user("Question"), said("Answer"), user("More")], "x", timestamp=NOW - 90)
    talk.call([user("Question")], "Answer", timestamp=NOW - 80)
    assert before(second) is None


def test_a_call_too_old_to_show_is_not_named(talk: Conversation) -> None:
    talk.call([user("Question")], "Answer", timestamp=NOW - 6 * 86_400)
    second = talk.call([user("Question"), said("Answer"), user("More")], "x", timestamp=NOW)
    (entry,) = find_entry(second, now=NOW)
    later = turns([entry.sequence], now=NOW + 2 * 86_400)[entry.sequence]
    assert later.previous is None


@pytest.mark.parametrize("between", [0, 14, 15, 16, 17, 100, 400])
def test_an_answer_is_found_however_far_up_it_stands(talk: Conversation, between: int) -> None:
    first = talk.call([user("Question")], "Answer")
    news = [user(f"News {number}") for number in range(between)]
    second = talk.call([system(), user("Question"), said("Answer"), *news], "Done")
    assert before(second) == first
    assert turn(second).new_from == 3


def test_an_empty_answer_links_nothing(talk: Conversation) -> None:
    talk.call([user("Question")], "", error="timeout")
    assert before(talk.call([user("Question"), said(""), user("More")], "x")) is None


def test_an_entry_without_a_list_of_messages_has_a_turn_of_its_own(talk: Conversation) -> None:
    log_id = talk.call("just text", "Answer")  # type: ignore[arg-type]
    assert turn(log_id) == Turn(
        sequence=turn(log_id).sequence, previous=None, next=None, new_from=0, message_count=0
    )


def test_turns_that_are_not_there_are_left_out(talk: Conversation) -> None:
    assert turns([4711], now=NOW) == {}
