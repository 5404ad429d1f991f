"""Stored parts become the entry again, value by value: the other end of `llmlogs.ingest.layout`.

In: the body of an entry, the JSON of its messages and tools, its cache markers. Out: one JSON
object with the same values, keys in the stored order, numbers and escapes spelled as `codec` does.
Messages are joined as they are stored; only those that had cache markers are parsed, and there
`cache_control` comes last among the keys beside it. Pure.
"""

import json
from collections.abc import Sequence
from itertools import islice
from typing import Any

from agents_sdk import codec

_WHITE_SPACE = " \t\r\n"


def assemble(
    body: bytes,
    *,
    messages: Sequence[bytes] | None,
    tools: bytes | None,
    markers: bytes | None = None,
) -> bytes:
    """The whole entry. `messages` and `tools` are None where the body has its own value."""
    if messages is not None and markers is not None:
        messages = with_markers(messages, markers)
    taken: list[tuple[int, int, list[bytes]]] = []
    if messages is not None:
        commas = (piece for message in messages for piece in (b",", message))
        taken.append((*_place_of_null(body, "messages"), [b"[", *islice(commas, 1, None), b"]"]))
    if tools is not None:
        taken.append((*_place_of_null(body, "tools"), [tools]))
    pieces: list[bytes] = []
    last = 0
    for start, end, content in sorted(taken):
        pieces += [body[last:start], *content]
        last = end
    # Joined once: each further copy of 5 MB would take a millisecond.
    return b"".join([*pieces, body[last:]])


def with_markers(messages: Sequence[bytes], markers: bytes, *, first_index: int = 0) -> list[bytes]:
    """Messages with their cache markers; `first_index` is the place of the first in the prompt."""
    restored = list(messages)
    by_message: dict[int, list[tuple[list[Any], Any]]] = {}
    for index, path, value in codec.loads(markers):
        by_message.setdefault(index - first_index, []).append((path, value))
    for place, found in by_message.items():
        if 0 <= place < len(restored):
            message = codec.loads(restored[place])
            for path, value in found:
                _put_back(message, path, value)
            restored[place] = codec.dumps(message)
    return restored


def _put_back(message: Any, path: list[Any], value: Any) -> None:
    for step in path[:-1]:
        message = message[step]
    if isinstance(message, list):
        message.insert(path[-1], value)
    else:
        message[path[-1]] = value


def _place_of_null(body: bytes, key: str) -> tuple[int, int]:
    """Where the null stands in the `"key":null` at the top level of the body."""
    placeholder = b'"%s":null' % key.encode()
    # A quote inside a string is escaped, so a find is a key; if there is one only, it is the one.
    if body.count(placeholder) == 1:
        end = body.index(placeholder) + len(placeholder)
        return end - len(b"null"), end
    text = body.decode()
    start, end = _top_level_value(text, key)
    return len(text[:start].encode()), len(text[:end].encode())


def _top_level_value(text: str, key: str) -> tuple[int, int]:
    """Where the value of a key of a JSON object begins and ends. Raises KeyError."""
    decoder = json.JSONDecoder()
    place = _skip(text, text.index("{") + 1)
    while text[place] != "}":
        name, place = decoder.raw_decode(text, place)
        start = _skip(text, _skip(text, place) + 1)
        _, end = decoder.raw_decode(text, start)
        if name == key:
            return start, end
        place = _skip(text, end)
        if text[place] == ",":
            place = _skip(text, place + 1)
    raise KeyError(key)


def _skip(text: str, place: int) -> int:
    while text[place] in _WHITE_SPACE:
        place += 1
    return place
