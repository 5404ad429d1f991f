"""The menus of a list page: one field each, whose names are found by a part of them and chosen.

Pure: in comes what was asked for, and the names of a field with their counts; out go the names that
are shown, each with the address of the list that it leads to.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from llmlogs import display, searchtext
from llmlogs.models.index import MAX_NAME_CHARS
from llmlogs.pages.asked import Asked
from llmlogs.pages.narrowing import without
from llmlogs.queries.analytics import NamedCount
from llmlogs.queries.filters import LogFilter, provider_names

CHOICES_SHOWN = 200
PARAMETERS = {"agent": "agent_id", "model": "model", "provider": "provider"}
"""The fields with a menu, and the parameter of each."""


@dataclass(frozen=True, slots=True)
class Menu:
    """One menu, closed. `chosen`: how many of its names are in force."""

    field: str
    parameter: str
    chosen: int
    url: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A name to filter by, and how many calls that would leave.

    `others`: further names of the same provider, which are found along with it.
    """

    name: str
    shown: str
    """The name as people can tell it from others."""
    others: str
    calls: str
    errors: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The names that contain a text, of `count` the first; `told` says so in words."""

    choices: tuple[Choice, ...]
    count: int
    told: str


def menus(question: Asked) -> Iterator[Menu]:
    for field, parameter in PARAMETERS.items():
        url = f"{reverse('choices')}?{question.query(field=field)}"
        yield Menu(field, parameter, len(_in_force(question.log_filter, field)), url)


def found(question: Asked, field: str, counts: Iterable[NamedCount], find: str) -> Found:
    """The names of a field that contain `find`, whatever its case: the one that is `find` first,
    then those in force, then those with most calls."""
    wanted = searchtext.fold(find.strip())
    matching = [
        (named.name != find, not _is_chosen(question.log_filter, field, named.name), named)
        for named in counts
        if any(wanted in searchtext.fold(name) for name in _names(field, named.name))
    ]
    matching.sort(key=lambda one: one[:2])
    shown = (_choice(question, field, named) for *_, named in matching[:CHOICES_SHOWN])
    return Found(tuple(shown), len(matching), _told(len(matching), wanted))


def freed(question: Asked, field: str) -> LogFilter:
    """The filter without its own condition on a field: what the names of it are counted under."""
    return replace(question.log_filter, **_only(field, ()))


def _told(count: int, wanted: str) -> str:
    if count == 0:
        containing = "that contains this " if wanted else ""
        return f"No name {containing}under the other filters."
    if count > CHOICES_SHOWN:
        return f"{CHOICES_SHOWN} of {count:,} names; a part of its name finds any other."
    return display.counted(count, "name")


def _choice(question: Asked, field: str, named: NamedCount) -> Choice:
    in_force = _in_force(question.log_filter, field)
    is_chosen = _is_chosen(question.log_filter, field, named.name)
    if field == "agent":
        others = tuple(name for name in in_force if name != named.name)
        names = others if is_chosen else (*in_force, named.name)
    else:
        names = () if is_chosen else (named.name,)
    return Choice(
        name=named.name,
        shown=display.visible(named.name),
        others=display.visible(", ".join(sorted(_names(field, named.name) - {named.name}))),
        calls=display.count(named.calls),
        errors=display.counted(named.errors, "error") if named.errors else "",
        url=without(question, **_only(field, names)),
        is_chosen=is_chosen,
    )


def _only(field: str, names: tuple[str, ...]) -> dict[str, Any]:
    """The condition that lets only these names of a field through; no names: everything."""
    return {"agent_ids": names} if field == "agent" else {field: names[0] if names else None}


def _in_force(log_filter: LogFilter, field: str) -> tuple[str, ...]:
    if field == "agent":
        return log_filter.agent_ids
    value = getattr(log_filter, field)
    return () if value is None else (value,)


def _is_chosen(log_filter: LogFilter, field: str, name: str) -> bool:
    names = _names(field, name)
    # A very long name is shown cut, and chosen by its whole as well.
    return any(value[:MAX_NAME_CHARS] in names for value in _in_force(log_filter, field))


def _names(field: str, name: str) -> frozenset[str]:
    return provider_names(name) if field == "provider" else frozenset({name})
