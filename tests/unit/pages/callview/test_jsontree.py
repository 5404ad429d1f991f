"""Raw JSON, opened step by step."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from llmlogs.pages.callview.jsontree import (
    LINE_CHARS,
    MAX_KEY_CHARS,
    PAGE_MEMBERS,
    TEXT_CHARS,
    level,
    stretch,
)
from llmlogs.pages.callview.pointers import child, steps


def test_members_say_what_they_are() -> None:
    value: dict[str, Any] = {
        "a/b": {"x": 1, "y": 2},
        "list": [1, 2, 3],
        "text": "words",
        "yes": True,
        "none": None,
        "n": 1.5,
    }
    assert [
        (m.key, m.path, m.kind, m.text or m.keys, m.count) for m in level(value, "/at").members
    ] == [
        ('"a/b"', "/at/a~1b", "object", ('"x"', '"y"'), 2),
        ('"list"', "/at/list", "list", (), 3),
        ('"text"', "/at/text", "string", "words", 0),
        ('"yes"', "/at/yes", "boolean", "true", 0),
        ('"none"', "/at/none", "null", "null", 0),
        ('"n"', "/at/n", "number", "1.5", 0),
    ]


def test_a_key_is_written_as_in_json_whatever_is_in_it() -> None:
    keys = ["", " ", 'say "hi"', "a\nb", "\u202eevil", "x" * 300]
    members = level(dict.fromkeys(keys, 1), "").members
    assert [json.loads(member.key) for member in members[:-1]] == keys[:-1]
    assert members[-1].key == '"' + "x" * MAX_KEY_CHARS + '…"'
    (holder,) = level({"all": dict.fromkeys(map(str, range(9)), 1)}, "").members
    assert (holder.keys[:2], holder.more_keys) == (('"0"', '"1"'), 3)


def test_many_members_come_in_pages() -> None:
    first = level(list(range(250)), "")
    assert (len(first.members), first.stop, first.total) == (PAGE_MEMBERS, 100, 250)
    last = level(list(range(250)), "", 200)
    assert [last.members[0].key, last.members[-1].key, last.stop] == ["200", "249", 250]


def test_a_long_text_is_cut_on_its_line_and_comes_in_stretches() -> None:
    (member,) = level({"text": "x" * 1000}, "").members
    assert (len(member.text), member.cut_chars) == (LINE_CHARS, 1000 - LINE_CHARS)
    found = stretch("x" * (TEXT_CHARS + 300), "/text", LINE_CHARS)
    assert (found.start, found.stop, found.total) == (LINE_CHARS, TEXT_CHARS + LINE_CHARS, 20_300)
    assert stretch("short", "", 99).text == ""


@given(st.lists(st.text(max_size=8), max_size=6))
def test_a_pointer_gives_its_steps_back(path: list[str]) -> None:
    pointer = ""
    for step in path:
        pointer = child(pointer, step)
    assert steps(pointer) == path
