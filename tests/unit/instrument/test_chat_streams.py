"""Chunks of chat completions, as OpenAI and the servers compatible with it send them."""

from typing import Any

import pytest

from agents_sdk.instrumentation.clientobjects import as_dict
from agents_sdk.instrumentation.responsebytes import chunk_of
from agents_sdk.normalise.failures import error_class_of_code
from agents_sdk.normalise.openai_chat import ChatFold, answer_of
from agents_sdk.normalise.shapes import tool_call

Json = dict[str, Any]


def folded(*deltas: Json) -> Any:
    """The answer that these deltas of the first choice make up."""
    return folded_chunks(*({"choices": [{"index": 0, "delta": delta}]} for delta in deltas))


def folded_chunks(*chunks: Json) -> Any:
    fold = ChatFold(as_dict)
    for chunk in chunks:
        fold.add(chunk_of(chunk))
    return fold.answer()


def piece(index: int | None, call_id: str | None, name: str | None, arguments: str = "") -> Json:
    function = {"name": name, "arguments": arguments}
    return {"tool_calls": [{"index": index, "id": call_id, "function": function}]}


def choice(index: int, finish_reason: str | None = None, **delta: Any) -> Json:
    return {"choices": [{"index": index, "delta": delta, "finish_reason": finish_reason}]}


CALL_A, CALL_B = tool_call("a", "weather", '{"at": 1}'), tool_call("b", "time", '{"at": 2}')


def test_further_choices_are_parts_of_the_content_and_of_nothing_else() -> None:
    answer = folded_chunks(
        choice(1, reasoning_content="Other thoughts."),
        choice(0, reasoning_content="Thoughts."),
        choice(1, **piece(0, "b", "time", '{"at": ')),
        choice(0, **piece(0, "a", "weather", '{"at": ')),
        choice(1, content="Wait."),
        choice(0, **piece(0, None, None, "1}")),
        choice(1, **piece(0, None, None, "2}")),
        choice(1, "tool_calls"),
        choice(0, "stop"),
    )
    assert (answer.reasoning, answer.tool_calls) == ("Thoughts.", [CALL_A])
    assert answer.finish_reason == "stop"
    other = [
        {"type": "reasoning", "text": "Other thoughts."},
        {"type": "text", "text": "Wait."},
        {"type": "tool_call", **CALL_B},
    ]
    assert answer.content == [{"type": "text", "text": ""}, *other]


def test_further_choices_of_a_whole_answer_read_the_same() -> None:
    function = {"name": "time", "arguments": '{"at": 2}'}
    other = {
        "content": "Wait.",
        "reasoning_content": "Other thoughts.",
        "tool_calls": [{"id": "b", "function": function}],
    }
    answer = answer_of({"choices": [{"message": {"content": "Rain"}}, {"message": other}]})
    assert answer.tool_calls == []
    assert answer.content == [
        {"type": "text", "text": "Rain"},
        {"type": "reasoning", "text": "Other thoughts."},
        {"type": "text", "text": "Wait."},
        {"type": "tool_call", **CALL_B},
    ]


def test_two_ids_under_one_index_are_two_calls() -> None:
    answer = folded(
        piece(0, "a", "weather"),
        piece(0, None, None, '{"at": 1}'),
        piece(0, "b", "time", '{"at":'),
        piece(0, None, None, " 2}"),
    )
    assert answer.tool_calls == [CALL_A, CALL_B]


@pytest.mark.parametrize("name", [None, "", "weather"])
def test_an_id_that_is_said_again_begins_no_call(name: str | None) -> None:
    answer = folded(piece(0, "a", "weather", '{"at"'), piece(0, "a", name, ": 1}"))
    assert answer.tool_calls == [CALL_A]


def test_another_id_without_a_name_begins_no_call() -> None:
    """Older servers make one up for every piece."""
    answer = folded(piece(0, "a", "weather", '{"at"'), piece(0, "x", None, ": 1}"))
    assert answer.tool_calls == [CALL_A]


def test_a_call_in_the_older_form_comes_in_pieces_too() -> None:
    answer = folded(
        {"function_call": {"name": "weather", "arguments": ""}},
        {"function_call": {"arguments": '{"at"'}},
        {"function_call": {"arguments": ": 1}"}},
    )
    assert answer.tool_calls == [tool_call(None, "weather", '{"at": 1}')]


def test_a_call_in_both_forms_is_one() -> None:
    older = {"function_call": {"name": "weather", "arguments": '{"at": 1}'}}
    answer = folded({**older, **piece(0, "a", "weather", '{"at": 1}')})
    assert answer.tool_calls == [CALL_A]


def test_the_words_of_a_sound_are_its_text() -> None:
    answer = folded(
        {"audio": {"id": "audio_1", "transcript": "It "}},
        {"audio": {"data": "AAAA"}},
        {"audio": {"transcript": "rains."}},
        {"audio": {"expires_at": 1}},
    )
    assert answer.content == "It rains."


ERRORS: list[tuple[Json, str, str | None, str]] = [
    ({"error": {"message": "No provider", "code": 429}}, "No provider", "429", "rate_limit"),
    (
        {"error": {"message": "No key", "type": "authentication_error", "code": None}},
        *("No key", "authentication_error", "auth"),
    ),
    ({"error": "out of memory"}, "out of memory", None, "unknown"),
    (
        {"object": "error", "message": "Too long", "type": "BadRequestError"},
        *("Too long", "BadRequestError", "invalid_request"),
    ),
    (
        {"base_resp": {"status_code": 1002, "status_msg": "rate limit"}},
        *("rate limit", "1002", "rate_limit"),
    ),
    ({"base_resp": {"status_code": 4711, "status_msg": ""}}, "4711", "4711", "unknown"),
]


@pytest.mark.parametrize(("said", "text", "code", "kind"), ERRORS)
def test_an_error_among_the_data_is_an_error(
    said: Json, text: str, code: str | None, kind: str
) -> None:
    half = choice(0, content="It ra")
    for answer in (answer_of({**said, "choices": None}), folded_chunks(half, {**said})):
        assert (answer.error, answer.error_type) == (text, code)
        assert error_class_of_code(answer.error_type) == kind
    assert answer.content == "It ra"


@pytest.mark.parametrize("odd", [0, None, "0", {}, {"status_code": 0}, {"status_code": True}, [1]])
def test_a_status_that_is_well_or_makes_no_sense_is_no_error(odd: Any) -> None:
    for said in ({"base_resp": odd}, {"base_resp": {"status_code": odd}}):
        assert answer_of(said).error is None
        assert folded_chunks(said).error is None
