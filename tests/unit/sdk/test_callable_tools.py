"""Everything that can be called is a tool by itself: partials, methods, objects, async or not."""

import functools
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NotRequired, Optional, TypedDict

import pytest

from agents_sdk.orchestrator.tools import Outcome, as_tools, described, run

TEXT, INTEGER = {"type": "string"}, {"type": "integer"}
Ahead = "TypeThatIsNotThere"


def forecast(
    city: str,
    unit: Literal["C", "F"] = "C",
    days: Optional[int] = None,  # noqa: UP045 - as many people write it
) -> str:
    """The weather to come."""
    return f"{city} {unit} {days}"


class Search:
    """A search engine."""

    def __call__(self, query: str, limit: int = 3) -> str:
        """Search the web."""
        return f"{query} {limit}"

    def within(self, site: str) -> str:
        """Search one site."""
        return site


class Ask:
    """Asks somebody."""

    async def __call__(self, question: "str") -> str:
        return question


async def wait(minutes: float) -> str:
    """Wait a while."""
    return f"{minutes}"


def logged(func: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(func)
    def call(*arguments: Any, **named: Any) -> Any:
        return func(*arguments, **named)

    return call


def said_of(tool: Any) -> tuple[str, str, dict[str, Any], list[str]]:
    function = described(as_tools([tool])[0])["function"]
    parameters = function["parameters"]
    assert parameters["type"] == "object"
    return (
        function["name"],
        function["description"],
        parameters["properties"],
        parameters["required"],
    )


UNIT = {"type": "string", "enum": ["C", "F"]}


@pytest.mark.parametrize(
    ("tool", "said"),
    [
        (
            functools.partial(forecast, "Köln"),
            ("forecast", "The weather to come.", {"unit": UNIT, "days": INTEGER}, []),
        ),
        (
            functools.partial(forecast, unit="F"),
            ("forecast", "The weather to come.", {"city": TEXT, "days": INTEGER}, ["city"]),
        ),
        (Search(), ("Search", "Search the web.", {"query": TEXT, "limit": INTEGER}, ["query"])),
        (Search().within, ("within", "Search one site.", {"site": TEXT}, ["site"])),
        (Ask(), ("Ask", "Asks somebody.", {"question": TEXT}, ["question"])),
        (
            functools.partial(Search(), limit=1),
            ("Search", "Search the web.", {"query": TEXT}, ["query"]),
        ),
        (
            functools.partial(wait),
            ("wait", "Wait a while.", {"minutes": {"type": "number"}}, ["minutes"]),
        ),
        (
            logged(forecast),
            (
                "forecast",
                "The weather to come.",
                {"city": TEXT, "unit": UNIT, "days": INTEGER},
                ["city"],
            ),
        ),
    ],
)
def test_a_callable_is_described_by_what_was_written_down(tool: Any, said: Any) -> None:
    assert said_of(tool) == said


@pytest.mark.parametrize(
    ("tool", "arguments", "text"),
    [
        (functools.partial(forecast, "Köln"), '{"days": 2}', "Köln C 2"),
        (functools.partial(forecast, unit="F"), '{"city": "Bonn"}', "Bonn F None"),
        (Search(), '{"query": "rain"}', "rain 3"),
        (Search().within, '{"site": "a.org"}', "a.org"),
        (Ask(), '{"question": "Why?"}', "Why?"),
        (functools.partial(wait, minutes=1.5), "{}", "1.5"),
    ],
)
async def test_a_callable_is_called_with_the_arguments_of_the_model(
    tool: Any, arguments: str, text: str
) -> None:
    tools = as_tools([tool])
    assert await run(tools, tools[0].name, arguments) == Outcome("success", text)


async def test_what_a_partial_has_bound_is_not_the_models_to_choose() -> None:
    def read(path: str, user: str) -> str:
        return f"{user}: {path}"

    tools = as_tools([functools.partial(read, user="alice")])
    answer = await run(tools, "read", '{"path": "a.txt", "user": "bob"}')
    assert answer == Outcome("error", "Error: unexpected arguments: user")


def test_an_annotation_that_names_nothing_leaves_its_neighbours_alone() -> None:
    def tool(ahead: "TypeThatIsNotThere", count: "int", odd: [1]) -> None: ...  # type: ignore  # noqa: F821

    assert said_of(tool)[2] == {"ahead": TEXT, "count": INTEGER, "odd": TEXT}


def test_words_beside_an_annotation_describe_the_parameter() -> None:
    def tool(degrees: Annotated[int, "in Celsius"]) -> None: ...

    assert said_of(tool)[2] == {"degrees": {"type": "integer", "description": "in Celsius"}}


@dataclass
class Place:
    city: str
    zip_codes: list[int] = field(default_factory=list)


class Trip(TypedDict):
    start: Place
    note: NotRequired[str]


@dataclass
class Branch:
    name: str
    below: "list[Branch]"


PLACE = {
    "type": "object",
    "properties": {"city": TEXT, "zip_codes": {"type": "array", "items": INTEGER}},
    "required": ["city"],
}

PLACES = {"type": "array", "items": PLACE}
BY_NAME = {"type": "object", "additionalProperties": PLACE}


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        (Place, PLACE),
        (list[Place] | None, PLACES),
        (list[Place | None], PLACES),
        (list[Place | Branch], {"type": "array", "items": {}}),
        (tuple[Place, ...], PLACES),
        (Optional[Place], PLACE),  # noqa: UP045 - as many people write it
        (dict[str, Place], BY_NAME),
        (Mapping[str, Place | None] | None, BY_NAME),
        (dict[str, list[Place]], {"type": "object", "additionalProperties": PLACES}),
        (list[dict[str, Place]], {"type": "array", "items": BY_NAME}),
        (dict[str, int], {"type": "object", "additionalProperties": INTEGER}),
        (dict[str, Any], {"type": "object"}),
        (dict[str, int | str], {"type": "object"}),
        (dict, {"type": "object"}),
        (
            Trip,
            {"type": "object", "properties": {"start": PLACE, "note": TEXT}, "required": ["start"]},
        ),
        (
            Branch,
            {
                "type": "object",
                "properties": {
                    "name": TEXT,
                    "below": {"type": "array", "items": {"type": "object"}},
                },
                "required": ["name", "below"],
            },
        ),
    ],
)
def test_a_record_is_offered_with_its_fields(hint: Any, schema: dict[str, Any]) -> None:
    def tool(given: Any) -> None: ...

    tool.__annotations__["given"] = hint
    assert said_of(tool)[2] == {"given": schema}


async def test_a_function_that_asks_for_a_dataclass_gets_one() -> None:
    def plan(trip: Trip, stops: list[Place]) -> str:
        return f"{trip['start'].city} by {', '.join(stop.city for stop in stops)}"

    tools = as_tools([plan])
    given = {"trip": {"start": {"city": "Köln"}}, "stops": [{"city": "Bonn", "zip_codes": [5]}]}
    assert await run(tools, "plan", given) == Outcome("success", "Köln by Bonn")
    wrong = await run(tools, "plan", {"trip": {"start": {}}, "stops": []})
    assert (wrong.status, "'city'" in wrong.text) == ("error", True)


KOELN, BONN = {"city": "Köln"}, {"city": "Bonn"}


@pytest.mark.parametrize(
    ("hint", "given", "expected"),
    [
        (dict[str, Place], {"a": KOELN}, {"a": Place("Köln")}),
        (
            Mapping[str, Place | None] | None,
            {"a": KOELN, "b": None},
            {"a": Place("Köln"), "b": None},
        ),
        (dict[str, list[Place]], {"a": [KOELN]}, {"a": [Place("Köln")]}),
        (list[dict[str, Place]], [{"a": KOELN}], [{"a": Place("Köln")}]),
        (list[Place | None], [KOELN, None], [Place("Köln"), None]),
        (tuple[Place, ...], [KOELN, BONN], [Place("Köln"), Place("Bonn")]),
        (tuple[dict[str, str], Place], [KOELN, BONN], [KOELN, Place("Bonn")]),
        (list[Place | Branch], [KOELN], [KOELN]),
        (dict[str, Place | Branch], {"a": KOELN}, {"a": KOELN}),
        (Optional[Place], KOELN, Place("Köln")),  # noqa: UP045 - as many people write it
        (Optional[Place], None, None),  # noqa: UP045
        (dict[str, Place], "odd", "odd"),
        (dict[str, Place], [KOELN], [KOELN]),
        (dict[str, Any], {"a": KOELN}, {"a": KOELN}),
        (dict, {"a": KOELN}, {"a": KOELN}),
    ],
)
async def test_dataclasses_are_made_wherever_a_function_asks_for_them(
    hint: Any, given: Any, expected: Any
) -> None:
    got = []

    def tool(given: Any) -> None:
        got.append(given)

    tool.__annotations__["given"] = hint
    assert (await run(as_tools([tool]), "tool", {"given": given})).status == "success"
    assert got == [expected]


def by_position(a: int, /) -> int:
    return a


def one_by_one(count: int) -> Iterator[int]:
    yield from range(count)


async def one_by_one_async() -> AsyncIterator[int]:
    yield 1


@pytest.mark.parametrize(
    ("tool", "problem"),
    [
        (one_by_one, "tool 'one_by_one' yields its results one by one; a model is told one result"),
        (functools.partial(one_by_one_async), "tool 'one_by_one_async' yields its results"),
        (lambda x: x, "a lambda has no name by which a model could call it; use def, or AgentTool"),
        ("weather", "'weather' .str. is no tool; give a function, an AgentTool, or a dict"),
        (None, "None .NoneType. is no tool; give a function"),
        ({"name": "weather"}, "a dict needs a name and, as func, what to call"),
        ({"func": forecast}, "a dict needs a name and, as func, what to call"),
        (by_position, "tool 'by_position' takes 'a' by its position only; a model gives arguments"),
        (max, "tool 'max' does not say what its arguments are; give AgentTool"),
    ],
)
def test_what_cannot_be_a_tool_is_refused_in_a_sentence(tool: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        as_tools([tool])


@pytest.mark.parametrize("given", [forecast, "forecast", {"name": "a", "func": forecast}])
def test_a_single_tool_in_the_place_of_a_list_is_refused_in_a_sentence(given: Any) -> None:
    with pytest.raises(ValueError, match="tools is .* expected a list of tools"):
        as_tools(given)


def test_no_tools_may_be_none() -> None:
    assert as_tools(None) == []
