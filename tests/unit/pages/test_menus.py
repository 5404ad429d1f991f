"""Which names a menu shows, and where each of them leads."""

import pytest
from django.http import QueryDict

from llmlogs.models.index import MAX_NAME_CHARS
from llmlogs.pages import asked, menus
from llmlogs.queries.analytics import NamedCount

LIST = "/studio/llm-logs"


def counts(*names: str) -> tuple[NamedCount, ...]:
    """Names with ever fewer calls."""
    return tuple(
        NamedCount(
            name=name,
            calls=len(names) - place,
            errors=0,
            input_tokens=0,
            output_tokens=0,
            total_tokens=0,
            last_timestamp=0.0,
        )
        for place, name in enumerate(names)
    )


def found(query: str, field: str, find: str, *names: str) -> menus.Found:
    return menus.found(asked.read(QueryDict(query)), field, counts(*names), find)


def shown(query: str, field: str, find: str, *names: str) -> list[str]:
    return [choice.name for choice in found(query, field, find, *names).choices]


def test_the_name_that_is_typed_comes_first_then_those_in_force() -> None:
    names = ("gpt-4o-mini", "gpt-4o-audio", "gpt-4o", "claude")
    assert shown("model=gpt-4o-audio", "model", "gpt-4o", *names) == [
        "gpt-4o",
        "gpt-4o-audio",
        "gpt-4o-mini",
    ]
    assert shown("model=claude", "model", "", *names) == ["claude", *names[:3]]


@pytest.mark.parametrize("find", ["KÖLN", "ko\u0308ln", " köln "])
def test_a_name_is_found_whatever_its_case_and_spelling(find: str) -> None:
    assert shown("", "agent", find, "Köln/bot", "bonn/bot") == ["Köln/bot"]


def test_every_name_is_counted_and_the_first_are_shown() -> None:
    names = [f"agent-{number}" for number in range(3_000)]
    everything = found("", "agent", "", *names)
    assert len(everything.choices) == 200
    assert everything.told == "200 of 3,000 names; a part of its name finds any other."
    assert found("", "agent", "2777", *names).told == "1 name"
    assert (
        found("", "agent", "x", *names).told
        == "No name that contains this under the other filters."
    )
    assert found("", "agent", "").told == "No name under the other filters."


def test_a_provider_is_found_and_chosen_by_any_of_its_names() -> None:
    (choice,) = found("provider=gemini&last=1h", "provider", "gem", "google", "openai").choices
    assert (choice.name, choice.others, choice.is_chosen) == ("google", "gemini", True)
    assert choice.url == f"{LIST}?last=1h"


def test_agents_add_up_and_models_take_each_other_s_place() -> None:
    given = "agent_id=a&model=m&search=x"
    assert [choice.url for choice in found(given, "agent", "", "a", "b").choices] == [
        f"{LIST}?model=m&search=x",
        f"{LIST}?agent_id=a&agent_id=b&model=m&search=x",
    ]
    assert [choice.url for choice in found(given, "model", "", "m", "n").choices] == [
        f"{LIST}?agent_id=a&search=x",
        f"{LIST}?agent_id=a&model=n&search=x",
    ]


def test_a_name_that_is_shown_cut_is_chosen_by_its_whole() -> None:
    (choice,) = found(f"model={'m' * 3_000}", "model", "", "m" * MAX_NAME_CHARS).choices
    assert choice.is_chosen


def test_a_menu_says_how_many_of_its_names_are_in_force() -> None:
    told = menus.menus(asked.read(QueryDict("agent_id=a&agent_id=b&provider=openai")))
    assert [(menu.field, menu.parameter, menu.chosen) for menu in told] == [
        ("agent", "agent_id", 2),
        ("model", "model", 0),
        ("provider", "provider", 1),
    ]


def test_a_name_is_shown_with_its_unseen_signs_and_chosen_as_it_is() -> None:
    (choice,) = found("", "model", "", "gpt\u202e4").choices
    assert (choice.name, choice.shown) == ("gpt\u202e4", "gpt\\u202e4")
    assert choice.url == f"{LIST}?model=gpt%E2%80%AE4"
