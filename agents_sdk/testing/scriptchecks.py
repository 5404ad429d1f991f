"""Mistakes in what a test scripts, told where the test makes them and not in a server's thread."""

import json
import reprlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Rule = tuple[str, Callable[[Any], bool]]
LONGEST_SECONDS = 86_400


def _are_seconds(value: object) -> bool:
    """The system's clocks wait for no longer ones."""
    return isinstance(value, int | float) and value <= LONGEST_SECONDS


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_header(value: object) -> bool:
    """HTTP has one line for it, in Latin-1."""
    if not isinstance(value, str) or "\r" in value or "\n" in value:
        return False
    return all(ord(character) < 256 for character in value)


def _are_headers(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    return all(_is_header(part) for item in value.items() for part in item)


def _are_mappings(value: object) -> bool:
    if not isinstance(value, Sequence):
        return False
    return all(isinstance(item, Mapping) for item in value)


def is_sequence_of(kind: type) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, Sequence) and all(isinstance(item, kind) for item in value)
    )


A_TEXT: Rule = ("a str", lambda value: isinstance(value, str))
MAYBE_A_TEXT: Rule = ("a str or None", lambda value: isinstance(value, str | None))
AN_INT: Rule = ("an int", lambda value: isinstance(value, int))
MAYBE_AN_INT: Rule = ("an int or None", lambda value: isinstance(value, int | None))
SECONDS: Rule = ("seconds, up to a day", _are_seconds)
A_MAPPING: Rule = ("a mapping", _is_mapping)
MAYBE_A_MAPPING: Rule = (
    "a mapping or None",
    lambda value: value is None or isinstance(value, Mapping),
)
MAPPINGS: Rule = ("a sequence of mappings", _are_mappings)
HEADERS: Rule = ("texts without line ends, in Latin-1", _are_headers)
A_JSON_TEXT: Rule = ("a JSON text, such as json.dumps(arguments)", A_TEXT[1])


def check_types(thing: object, rules: Mapping[str, Rule]) -> None:
    """Raises TypeError for the first field that is not as its rule says."""
    for name, (expected, is_right) in rules.items():
        if not is_right(getattr(thing, name)):
            raise TypeError(_said(thing, name, f"expected {expected}"))


def check_least(thing: object, least: Mapping[str, int]) -> None:
    """Raises ValueError for the first number that is below; None is no number."""
    for name, minimum in least.items():
        value = getattr(thing, name)
        if value is not None and value < minimum:
            raise ValueError(_said(thing, name, f"expected {minimum} or more"))


def check_json(thing: object, *names: str) -> None:
    """Raises TypeError for what the wire, which is JSON, has no form for."""
    for name in names:
        try:
            json.dumps(getattr(thing, name), default=_plain)
        except (TypeError, ValueError, RecursionError) as error:
            raise TypeError(_said(thing, name, f"this is not JSON: {error}")) from error


def _plain(value: object) -> object:
    """A mapping of another kind is sent as a dict."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no form in it")


def _said(thing: object, name: str, sentence: str) -> str:
    value = reprlib.repr(getattr(thing, name))
    return f"{type(thing).__name__}({name}={value}): {sentence}"
