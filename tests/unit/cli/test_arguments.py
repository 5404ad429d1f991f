"""The options are the API's parameters, under its names."""

import argparse
from typing import Any

import pytest

from agents_sdk.cli.arguments import FILTERS, filters_of, parse_arguments
from agents_sdk.cli.feed import Event, events_of
from agents_sdk.cli.output import wants_colour
from llmlogs.forms import FILTER_PARAMETERS


def parsed(*arguments: str) -> argparse.Namespace:
    return parse_arguments(list(arguments), "logs")


def test_every_filter_of_the_api_is_an_option_of_every_command() -> None:
    assert list(FILTERS) == [parameter.name for parameter in FILTER_PARAMETERS]
    for command in ("tail", "list", "show", "stats"):
        assert filters_of(parsed(command)) == {}


def test_options_are_spelled_with_hyphens_or_as_the_api_spells_them() -> None:
    asked: dict[str, Any] = {"agent_id": ["a_b", "--c"], "min_latency_ms": "5", "session_id": "s_1"}
    for given in (
        ["--agent-id", "a_b", "--agent-id=--c", "--min-latency-ms", "5", "--session-id", "s_1"],
        ["--agent_id", "a_b", "--agent_id=--c", "--min_latency_ms", "5", "--session_id=s_1"],
    ):
        assert filters_of(parsed("list", *given)) == asked


@pytest.mark.parametrize(
    ("given", "asked"),
    [([], None), (["--has-error"], "true"), (["--has-error", "false"], "false")],
)
def test_a_failed_call_is_asked_for_with_or_without_a_word(given: list[str], asked: str) -> None:
    assert filters_of(parsed("list", *given)).get("has_error") == asked


def test_an_id_may_follow_the_question_for_failed_calls() -> None:
    options = parsed("show", "--has-error", "abc123")
    assert (options.log_id, options.has_error) == ("abc123", "true")


def test_what_follows_two_hyphens_is_taken_as_it_is() -> None:
    assert parsed("show", "--", "--a_b").log_id == "--a_b"


def test_how_to_answer_is_said_before_the_command_or_after_it() -> None:
    for given in (["--url", "http://a", "--text", "list"], ["list", "--url", "http://a", "--text"]):
        options = parsed(*given)
        assert (options.url, options.is_json, options.color) == ("http://a", False, "auto")
    assert parsed("--url", "http://a", "list", "--url", "http://b").url == "http://b"
    assert (parsed("list").url, parsed("list").is_json) == (None, None)


def test_a_limit_is_a_number_or_all() -> None:
    assert (parsed("list").limit, parsed("list", "--limit", "all").limit) == (50, None)
    assert parsed("tail", "-n", "0").limit == 0


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([], "logs: the following arguments are required: COMMAND; see logs --help"),
        (["--agent_id", "x", "list"], "logs: --agent-id stands before the command; filters go "),
        (["list", "--limit", "-1"], "logs list: argument --limit: "),
        (["list", "--since", "soon"], "logs list: argument --since: 'soon' is no time; expected "),
        (["show", "a", "b"], "logs: unrecognized arguments: b; see logs --help"),
        (["tail", "--json", "--text"], "logs tail: argument --text: not allowed with argument"),
        (["show", ""], "logs show: argument LOG_ID: '' is no id; expected one, or its beginning"),
        (["list", "--search", "\udcff"], "logs: the argument '\\udcff' is not UTF-8; see logs"),
    ],
)
def test_what_makes_no_sense_is_one_sentence_and_status_2(
    given: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parsed(*given)
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(sentence)
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("choice", "environment", "is_terminal", "is_coloured"),
    [
        ("auto", {"TERM": "xterm"}, True, True),
        ("auto", {"TERM": "xterm"}, False, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {}, True, False),
    ],
)
def test_who_gets_colours(
    choice: str, environment: dict[str, str], is_terminal: bool, is_coloured: bool
) -> None:
    assert wants_colour(choice, environment, is_terminal=is_terminal) is is_coloured


def test_the_events_of_a_stream() -> None:
    lines = [": ok", "retry: 2000", "id: g1-5", "", "event: gap", "data: {}", "", "data: a",
             "data: b", "id: g1-6", "", ": heartbeat", "id: g1-7", "", "data: cut off"]  # fmt: skip
    assert list(events_of(lines)) == [
        Event("g1-5", "", ""),
        Event(None, "gap", "{}"),
        Event("g1-6", "", "a\nb"),
        Event("g1-7", "", ""),
    ]
