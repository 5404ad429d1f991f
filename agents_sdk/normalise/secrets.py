"""Takes the keys to other systems out of what is recorded of a request: everybody who may read the
log reads it, and nobody needs them there.

Parameters may carry some, and tools: headers of a call, the token of an MCP server, a key in
`extra_body` or in an address. What was said to the model is never touched, and that is what a JSON
schema is: what it calls `password` is the name of a parameter.
"""

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from agents_sdk.jsonforms import to_json_value
from agents_sdk.normalise import secretnames as names
from agents_sdk.normalise.deepvalues import TooDeep, changed_copy, later
from agents_sdk.normalise.schemas import WORDS, is_schema, may_be_schema
from agents_sdk.normalise.secretnames import KINDS, is_secret_in_query
from agents_sdk.normalise.secreturls import REMOVED, address_without_keys

__all__ = ["REMOVED", "without_secrets"]

MAX_DEPTH = 30
"""Of what is looked through as it is; the rare value that is deeper is copied first."""
_LEAVES = frozenset((int, float, bool, type(None), bytes, bytearray))
_MAYBE_EMPTY = frozenset((str, bytes, bytearray, list, tuple, dict))
_NUMBERS = frozenset((int, float))
_CAPITALISED = ("Name", "Key", "NAME", "KEY")

Fields = dict[Any, Any]


def without_secrets(value: Any) -> Any:
    """Parameters or tools as they may be recorded; the same object if nothing is removed."""
    try:
        return _cleaned(value, MAX_DEPTH)
    except TooDeep:
        return changed_copy(_cleaned, value, MAX_DEPTH)


def _cleaned(value: Any, room: int) -> Any:
    kind = type(value)
    if kind is str:
        return address_without_keys(value) if "://" in value else value
    if kind is dict:
        return _cleaned_fields(value, room)
    if kind is list or kind is tuple:
        return _cleaned_list(value, room)
    return value if kind in _LEAVES else _cleaned_odd(value, room)


def _cleaned_odd(value: Any, room: int) -> Any:
    """An object is looked at in the form in which it would be written."""
    if room < 0:
        raise TooDeep
    form = to_json_value(value)
    new = _cleaned(form, room - 1)
    return value if new is form else new


def _cleaned_list(values: Sequence[Any], room: int) -> Sequence[Any]:
    if room < 0:
        return later(_cleaned_list, values)
    changes = {}
    for place, value in enumerate(values):
        if type(value) is dict:  # nearly always, and this is on the path of every call
            new: Any = _cleaned_fields(value, room - 1)
        else:
            new = _cleaned(value, room - 1)
        if new is not value:
            changes[place] = new
    return [changes.get(place, one) for place, one in enumerate(values)] if changes else values


def _cleaned_fields(fields: Fields, room: int) -> Fields:
    if room < 0:
        return later(_cleaned_fields, fields)
    changes = {}
    for key, value in fields.items():
        kind = KINDS[key]
        if kind:
            new = _RULES[kind](value, fields, room - 1)
        elif type(value) in _LEAVES or (type(value) is str and "://" not in value):
            continue
        else:
            new = _cleaned(value, room - 1)
        if new is not value:
            changes[key] = new
    return {**fields, **changes} if changes else fields


def _cleaned_schema(schema: Fields, room: int) -> Fields:
    """What stands under a word of schemas is said to the model; other names are as anywhere."""
    if room < 0:
        return later(_cleaned_schema, schema)
    changes = {}
    for key, value in schema.items():
        if key not in WORDS:
            kind = KINDS[key]
        elif type(value) is str:
            continue
        else:
            kind = WORDS[key]
            if kind is names.SAID:
                continue
        new = _RULES[kind](value, schema, room - 1)
        if new is not value:
            changes[key] = new
    return {**schema, **changes} if changes else schema


def _plain(value: Any, _: Fields, room: int) -> Any:
    return _cleaned(value, room)


def _said(value: Any, _: Fields, __: int) -> Any:
    return value


def _text(value: Any, _: Fields, room: int) -> Any:
    """An address that is all of what is said is said all the same."""
    return value if type(value) is str else _cleaned(value, room)


def _secret(value: Any, *_: Any) -> Any:
    """Whether there is one is no secret."""
    kind = type(value)
    if value is None or kind is bool or (kind in _MAYBE_EMPTY and not value):
        return value
    return value if kind is str and value == REMOVED else REMOVED


def _each(value: Any, *_: Any) -> Any:
    """Headers: their names stay."""
    held = value if type(value) in _MAYBE_EMPTY else to_json_value(value)
    if type(held) is not dict:
        return _secret(value)
    new = _with_secrets(held, held)
    return value if new is held else new


def _environment(value: Any, _: Fields, room: int) -> Any:
    """`env` may be a word as well, such as the name of a stage."""
    is_word = type(value) is str or type(value) in _LEAVES
    return _cleaned(value, room) if is_word else _each(value)


def _place(value: Any, _: Fields, room: int) -> Any:
    """Where a tool runs, which says of what type it is; else an environment."""
    is_place = type(value) is dict and type(value.get("type")) is str
    return _cleaned(value, room) if is_place else _environment(value, {}, room)


def _tokens(value: Any, _: Fields, room: int) -> Any:
    """Those of the model are numbers, or the number of them."""
    kind = type(value)
    if (kind is list or kind is tuple) and str in map(type, value):
        return _secret(value)
    if kind is not dict:
        return _cleaned(value, room)
    texts = [key for key, item in value.items() if type(item) is str]
    return _cleaned_fields(_with_secrets(value, texts), room)


def _query(value: Any, _: Fields, room: int) -> Any:
    new = _cleaned(value, room)
    return _with_secrets(new, filter(is_secret_in_query, new)) if type(new) is dict else new


def _with_secrets(fields: Fields, keys: Iterable[Any]) -> Fields:
    changes = {key: _secret(fields[key]) for key in keys}
    is_changed = any(new is not fields[key] for key, new in changes.items())
    return {**fields, **changes} if is_changed else fields


def _value(value: Any, fields: Fields, room: int) -> Any:
    """Of a pair that is written as a dict: `{"name": "API_KEY", "value": …}`."""
    name = fields.get("name", fields.get("key"))
    if name is None:
        name = next((fields[key] for key in _CAPITALISED if key in fields), None)
    is_secret = type(name) is str and KINDS[name] is names.SECRET
    return _secret(value) if is_secret else _cleaned(value, room)


def _biases(value: Any, _: Fields, room: int) -> Any:
    """Hundreds of numbers by the ids of tokens, which need not be looked at one by one."""
    is_usual = type(value) is dict and _NUMBERS.issuperset(map(type, value.values()))
    return value if is_usual else _cleaned(value, room)


def _prompt(value: Any, _: Fields, room: int) -> Any:
    """The variables of a prompt that the provider stores are said to the model."""
    if type(value) is not dict:
        return _cleaned(value, room)
    rest = {key: item for key, item in value.items() if key != "variables"}
    new = _cleaned(rest, room)
    return value if new is rest else {**value, **new}


def _schema(value: Any, _: Fields, room: int) -> Any:
    if type(value) is dict and is_schema(value):
        return _cleaned_schema(value, room)
    return _schemas(value, room) if type(value) is list else _cleaned(value, room)


def _schemas(values: list[Any], room: int) -> list[Any]:
    if room < 0:
        return later(_schemas, values)
    new = [_schema(value, {}, room - 1) for value in values]
    return values if all(map(operator.is_, new, values)) else new


def _schemas_by_name(value: Any, _: Fields, room: int) -> Any:
    if type(value) is not dict:
        return _cleaned(value, room)
    changes = {}
    for key, item in value.items():
        if type(item) is dict and may_be_schema(item):
            new: Any = _cleaned_schema(item, room - 1)
        else:
            new = _RULES[KINDS[key]](item, value, room - 1)
        if new is not item:
            changes[key] = new
    return {**value, **changes} if changes else value


_RULES: dict[str, Callable[[Any, Fields, int], Any]] = {
    names.PLAIN: _plain,
    names.SECRET: _secret,
    names.HEADERS: _each,
    names.ENVIRONMENT: _environment,
    names.PLACE: _place,
    names.TOKENS: _tokens,
    names.QUERY: _query,
    names.VALUE: _value,
    names.SCHEMA: _schema,
    names.SCHEMAS_BY_NAME: _schemas_by_name,
    names.SAID: _said,
    names.TEXT: _text,
    names.PROMPT: _prompt,
    names.BIASES: _biases,
}
