"""Tools from functions, dicts and tools of any make; configs and contexts."""

import re
from collections.abc import Sequence
from enum import Enum, IntEnum
from typing import Any, Literal

import pytest

from agents_sdk import AgentConfig, AgentRunner, AgentTool, Event, EventContext
from agents_sdk.orchestrator.situation import as_context, text_of
from agents_sdk.orchestrator.tools import Outcome, as_tools, described, run
from agents_sdk.runner.config import AgentTrigger

INTEGER = {"type": "integer"}


def add(a: int, b: float = 1.0, note: str | None = None, *rest: object) -> float:
    """Add two numbers."""
    return a + b


def test_a_function_describes_itself() -> None:
    assert described(AgentTool.from_function(add))["function"] == {
        "name": "add",
        "description": "Add two numbers.",
        "parameters": {
            "type": "object",
            "properties": {
                "a": {"type": "integer"},
                "b": {"type": "number"},
                "note": {"type": "string"},
            },
            "required": ["a"],
        },
    }


class Sky(Enum):
    RAIN = "rain"
    SUN = "sun"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        (list[str], {"type": "array", "items": {"type": "string"}}),
        (list[list[int]], {"type": "array", "items": {"type": "array", "items": INTEGER}}),
        (list, {"type": "array", "items": {}}),
        (list[Any], {"type": "array", "items": {}}),
        (list[str] | None, {"type": "array", "items": {"type": "string"}}),
        (list[str | int], {"type": "array", "items": {}}),
        (tuple[int, ...], {"type": "array", "items": INTEGER}),
        (tuple[int, int], {"type": "array", "items": INTEGER}),
        (tuple[int, str], {"type": "array", "items": {}}),
        (Sequence[int], {"type": "array", "items": INTEGER}),
        (set[int], {"type": "array", "items": INTEGER}),
        (dict[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
        (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
        (Literal[1, 2], {"type": "integer", "enum": [1, 2]}),
        (Literal["a", 2], {"enum": ["a", 2]}),
        (Sky, {"type": "string", "enum": ["rain", "sun"]}),
        (Level, {"type": "integer", "enum": [1, 2]}),
        (list[Sky], {"type": "array", "items": {"type": "string", "enum": ["rain", "sun"]}}),
        (object, {"type": "string"}),
    ],
)
def test_an_annotation_is_told_as_far_as_a_schema_can_say_it(
    hint: Any, schema: dict[str, Any]
) -> None:
    def tool(given: Any) -> None: ...

    tool.__annotations__["given"] = hint
    parameters = described(AgentTool.from_function(tool))["function"]["parameters"]
    assert parameters["properties"] == {"given": schema}


async def test_functions_dicts_and_tools_run_alike() -> None:
    async def wait(seconds: int) -> dict[str, int]:
        return {"seconds": seconds}

    given = [add, {"name": "wait", "func": wait}, AgentTool("add2", "", add)]
    tools = as_tools(given)
    assert await run(tools, "add", '{"a": 2}') == Outcome("success", "3.0")
    assert await run(tools, "wait", {"seconds": 4}) == Outcome("success", '{"seconds":4}')
    assert await run(tools, "add2", '{"a": 1, "b": 2}') == Outcome("success", "3")
    assert await run(tools, "add", "{}") == Outcome("error", "Error: missing arguments: a")


def test_a_tool_without_a_schema_is_offered_with_an_empty_one() -> None:
    function = described(AgentTool("now", "", lambda: "noon"))["function"]
    assert function["parameters"] == {"type": "object", "properties": {}}


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Event("a.b", {"text": "hello"}), "hello"),
        (Event("a.b", {"content": {"text": "nested"}}), "nested"),
        (Event("a.b", {"content": "plain"}), "plain"),
        (Event("a.b", {"text": "hidden"}, text_representation="shown"), "shown"),
        (Event("a.b", {"n": 1}), '{"n":1}'),
        (Event("a.b"), ""),
    ],
)
def test_the_text_of_an_event_is_found_where_agents_put_it(event: Event, text: str) -> None:
    assert text_of(event) == text


def test_an_event_a_text_and_a_mapping_become_a_context() -> None:
    event = Event("a.b", source_id="human", thread_name="general")
    assert as_context(event) == EventContext(event, {}, "general")
    assert as_context("Hi").text == "Hi"
    assert as_context({"event_name": "a.b", "payload": {"text": "Yo"}}).text == "Yo"


def test_a_destination_is_a_target_by_another_name() -> None:
    event = Event("a.b", destination_id="agent:bob")
    assert event.target_agent_id == event.destination_id == "agent:bob"
    assert Event("a.b", target_agent_id="bob").destination_id == "bob"


def test_a_config_keeps_parameters_of_the_model_apart_and_hides_its_key() -> None:
    config = AgentConfig("Be brief.", "gpt-4o", api_key="s3cret", temperature=0, mood="calm")
    assert (config.parameters, config.further) == ({"temperature": 0}, {"mood": "calm"})
    assert "s3cret" not in repr(config)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [(None, 0), (2, 2), ("0.5", 0.5), ("soon", 0), ("random(1.2.3, 4)", 0), ([1], 0), (-1, 0)],
)
def test_a_reaction_delay_is_a_number_of_seconds(given: Any, seconds: float) -> None:
    assert AgentConfig("", "m", reaction_delay=given).reaction_delay_seconds() == seconds


def test_a_random_reaction_delay_lies_between_its_bounds() -> None:
    delay = AgentConfig("", "m", reaction_delay="random(1, 2)").reaction_delay_seconds()
    assert 1 <= delay <= 2


def test_what_a_config_cannot_read_is_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    AgentConfig("", "m", reaction_delay="soon", temprature=1, mood="calm")
    assert caplog.messages == [
        "reaction_delay is 'soon', no seconds and no 'random(1, 5)'; the agent reacts at once",
        "AgentConfig knows no 'temprature'; did you mean 'temperature'?",
    ]


def test_triggers_are_names_of_events_with_or_without_an_instruction() -> None:
    given = ["a.b", {"event": "c.d", "instruction": "Answer."}, AgentTrigger("e.f", "Greet.")]
    assert AgentConfig("", "m", triggers=given).triggers == [
        AgentTrigger("a.b"),
        AgentTrigger("c.d", "Answer."),
        AgentTrigger("e.f", "Greet."),
    ]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"triggers": "a.b"}, "triggers is 'a.b'; give a list"),
        ({"triggers": [{"evnt": "a.b"}]}, "a trigger is {'evnt': 'a.b'}; give it an 'event'"),
        ({"triggers": [7]}, "a trigger is 7; give it an 'event'"),
        ({"max_iterations": "many"}, "max_iterations is 'many'; give a whole number"),
        ({"max_iterations": None}, "max_iterations is None; give a whole number"),
    ],
)
def test_a_config_that_could_not_work_is_refused_in_a_sentence(
    wrong: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        AgentConfig("", "m", **wrong)


def test_a_number_in_quotes_is_a_number_of_iterations() -> None:
    assert AgentConfig("", "m", max_iterations="5").max_iterations == 5  # type: ignore[arg-type]


def test_a_config_without_a_model_or_with_a_bad_address_says_what_to_give() -> None:
    with pytest.raises(ValueError, match="model_name is ''; give the name of a model"):
        AgentConfig("", "")
    with pytest.raises(ValueError, match="api_base is 'host'; give an address such as"):
        AgentConfig("", "m", api_base="host")


def test_two_tools_of_one_name_are_refused_in_a_sentence() -> None:
    problem = "two tools are named 'add'; a model knows tools by their names, so rename one"
    with pytest.raises(ValueError, match=problem):
        as_tools([add, AgentTool("add", "Another one.", add)])
    declared = {"name": "add", "description": "Add.", "implementation": "statistics.fmean"}
    with pytest.raises(ValueError, match=problem):
        AgentRunner("bot", agent_config=AgentConfig("x", "gpt-4o", tools=[declared]), tools=[add])
