"""A line whose beginning is known says what it says when it is read as a whole."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents_sdk import codec
from llmlogs.ingest import prompt_starts
from llmlogs.ingest.prompt_starts import PromptStarts, Reading, Start

FILE = 1
MESSAGES = (
    '{"role":"system","content":"Be brief."}',
    '{"role": "user", "content": "Köln?"}',
    '{"role":"assistant","tool_calls":[{"id":"1"}],"content":null}',
    '"], \\"tools\\": ["',
    "1",
    "12345678901234567890",
    "NaN",
    "[]",
)
ODD = (
    '1], "messages": [2',
    '1], "x": [2',
    '{"messages": [1], "tools": [2], "completion": ""}',
    '{"k": [1',
    '1]}, "tools": [3]',
    '2], "tools": [3], "completion": 4, "messages": [5',
    '"',
    "\\",
    "2 3",
    "",
)
TEMPLATES = (
    '{"log_id": "1", "messages": [%s], "tools": [%s], "completion": ""}',
    '{"messages" : [ %s ] , "tools" : [ %s ] , "completion": ""}',
    '{"tools": [1], "completion": "", "messages": [%s], "tools": [%s], "completion": ""}',
    '{"a": {"messages": [%s], "tools": [%s], "completion": ""}, "messages": [7], "tools": []}',
    '{"a\\"messages": [%s], "tools": [%s], "completion": ""}',
    '{"messages": [%s], "completion": "", "tools": [%s]}',
    '{"messages": [%s], "tools": null, "x": [%s], "completion": ""}',
)


class Reader:
    """Reads the lines of a file one after the other, and keeps what they begin with."""

    def __init__(self) -> None:
        self.starts = PromptStarts()
        self.prompts: list[list[Any]] = []
        self.tools: list[Any] = []
        self.last = Reading({}, is_repaired=False)

    def read(self, line: bytes) -> tuple[dict[str, Any], bool]:
        reading = self.last = self.starts.read(line, FILE)
        entry = dict(reading.entry)
        if reading.start is not None:
            entry["messages"] = self.prompts[reading.start.node_ref] + entry["messages"]
        if reading.tools_ref is not None:
            entry["tools"] = self.tools[reading.tools_ref]
        if reading.prompt_bytes is not None:
            self.prompts.append(entry["messages"])
            self.tools.append(entry["tools"])
            ref = len(self.prompts) - 1
            start = Start(None, ref, len(entry["messages"]), "")
            self.starts.remember(reading, FILE, start, ref)
        return entry, reading.is_repaired


def as_a_whole(line: bytes) -> tuple[dict[str, Any], bool] | str:
    try:
        decoded = codec.decode_line(line)
    except codec.LineError as error:
        return error.reason
    return decoded.entry, decoded.is_repaired


HISTORIES = st.lists(st.sampled_from(MESSAGES) | st.sampled_from(ODD), max_size=4)
LINES = st.tuples(
    st.sampled_from(TEMPLATES) | st.just(TEMPLATES[0]),
    st.integers(0, 8),
    HISTORIES,
    st.sampled_from(("", "1", "2", "[]", *ODD)),
    st.sampled_from((", ", ",", "")),
)


@settings(max_examples=600, deadline=None)
@given(history=HISTORIES, lines=st.lists(LINES, min_size=2, max_size=6))
def test_a_line_says_the_same_behind_whatever_stood_before_it(
    history: list[str], lines: list[tuple[str, int, list[str], str, str]]
) -> None:
    reader = Reader()
    for template, kept, new, tools, comma in lines:
        history = history[:kept] + new
        line = (template % (comma.join(history), tools)).encode()
        try:
            found: object = reader.read(line)
        except codec.LineError as error:
            found = error.reason
        assert found == as_a_whole(line)


def line_of(*messages: str, tools: str = '{"name":"look"}') -> bytes:
    return (TEMPLATES[0] % (",".join(messages), tools)).encode()


def test_a_prompt_that_goes_on_is_read_from_where_it_goes_on() -> None:
    reader = Reader()
    reader.read(line_of(*MESSAGES[:2]))
    assert reader.last.start is None
    reader.read(line_of(*MESSAGES[:4]))
    assert [len(reader.last.entry[key]) for key in ("messages", "tools")] == [2, 0]
    reader.read(line_of(*MESSAGES[:4], tools="7"))
    assert (reader.last.entry["messages"], reader.last.entry["tools"]) == ([], [7])


def test_a_number_that_goes_on_is_no_known_message() -> None:
    reader = Reader()
    reader.read(line_of("1"))
    assert reader.read(line_of("12"))[0]["messages"] == [12]


def test_what_had_to_be_repaired_is_repaired_and_counted_in_every_line() -> None:
    reader = Reader()
    line = line_of('"\\ud800"')
    assert [reader.read(line)[1] for _ in range(2)] == [True, True]


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt_starts, "MAX_TOTAL_BYTES", 1_000)
    reader = Reader()
    for number in range(200):
        reader.read(line_of(json.dumps(f"{number} " + "x" * (number % 40))))
        assert reader.starts.kept_bytes <= 1_000
