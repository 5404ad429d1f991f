"""Every kind of damaged line is counted and kept aside; its neighbours are served."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmlogs import searchtext
from llmlogs.conf import LogSettings
from llmlogs.ingest import reader
from llmlogs.ingest.answers import answer_key_of_message
from llmlogs.ingest.layout import Layout, lay_out
from llmlogs.queries.assemble import assemble
from llmlogs.worker import Worker
from tests.factories import NOW, TickingClock, make_entry, make_line, write_lines
from tests.index_contents import contents, open_current


class Site:
    def __init__(self, folder: Path) -> None:
        self.settings = LogSettings(workspace=folder, retention_days=7)
        self.file = self.settings.logs_folder / "bot.jsonl"
        self.worker = Worker(self.settings, TickingClock())

    def index(self) -> list[str]:
        """Index once; the log ids now served, in their order."""
        self.worker.run_once()
        return sorted(log_id for _, log_id in contents(self.settings.index_folder))

    def rejected(self) -> list[tuple[int, int, str]]:
        connection = open_current(self.settings.index_folder)
        rows = connection.execute("SELECT offset, line_bytes, reason FROM rejected_line").fetchall()
        (count,) = connection.execute("SELECT rejected_lines FROM index_state").fetchone()
        connection.close()
        assert count == len(rows)
        return rows

    def repaired(self) -> int:
        connection = open_current(self.settings.index_folder)
        (count,) = connection.execute("SELECT repaired_lines FROM index_state").fetchone()
        connection.close()
        return int(count)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.worker.close()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"log_id": "cut off in the mid', "not JSON"),
        (b"[1, 2]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b'{"log_id": "\xff\xfe"}', "not UTF-8"),
        (b'{"a": ' * 100_000 + b"1" + b"}" * 100_000, "nested deeper than 500 levels"),
        (b"[" * 100_000, "nested deeper than 500 levels"),
    ],
    ids=["cut", "a list", "a string", "not UTF-8", "objects 100,000 deep", "lists 100,000 deep"],
)
def test_a_damaged_line_is_kept_aside_and_its_neighbours_are_served(
    site: Site, line: bytes, reason: str
) -> None:
    write_lines(site.file, make_line(1), line + b"\n", make_line(2))
    assert site.index() == ["log-1", "log-2"]
    (rejected,) = site.rejected()
    assert rejected[:2] == (len(make_line(1)), len(line))
    assert rejected[2] in (reason, "not JSON")


@pytest.mark.parametrize(
    "line",
    [
        make_line(7, latency_ms=float("nan")),
        make_line(7, input_tokens="many", latency_ms=[], model_name=3, messages=17, tools={}),
        b'{"log_id": "log-7", "completion": "\\ud800", "timestamp": 1e400}\n',
        b'{"log_id": "log-7"}\n',
    ],
    ids=["NaN", "wrong types", "lone surrogate", "nothing but an id"],
)
def test_an_odd_line_is_served_and_its_neighbours_too(site: Site, line: bytes) -> None:
    write_lines(site.file, make_line(1), line, make_line(2))
    assert site.index() == ["log-1", "log-2", "log-7"]
    assert site.rejected() == []
    assert site.repaired() == (0 if line == b'{"log_id": "log-7"}\n' else 1)


def test_a_byte_order_mark_hides_no_line(site: Site) -> None:
    """As PowerShell and some editors begin a file."""
    write_lines(site.file, b"\xef\xbb\xbf" + make_line(1), make_line(2))
    assert site.index() == ["log-1", "log-2"]
    assert site.rejected() == []
    assert contents(site.settings.index_folder)["bot", "log-1"] == make_entry(1)


def test_a_line_of_100_mb_is_passed_over_and_its_neighbours_are_served(site: Site) -> None:
    write_lines(site.file, make_line(1), b'{"a": "')
    with site.file.open("ab") as stream:
        for _ in range(100):
            stream.write(b"x" * 1_000_000)
    write_lines(site.file, b'"}\n', make_line(2))
    assert site.index() == ["log-1", "log-2"]
    (rejected,) = site.rejected()
    assert rejected == (len(make_line(1)), 100_000_009, "longer than 64 MiB")


def test_a_line_of_20_mb_is_an_entry_like_any_other(site: Site) -> None:
    text = "weather " * 2_500_000
    write_lines(site.file, make_line(1), make_line(2, completion=text), make_line(3))
    assert site.index() == ["log-1", "log-2", "log-3"]
    assert contents(site.settings.index_folder)["bot", "log-2"]["completion"] == text


def test_a_half_written_line_is_served_once_it_is_whole(site: Site) -> None:
    line = make_line(2)
    write_lines(site.file, make_line(1), line[:50])
    assert site.index() == ["log-1"]
    write_lines(site.file, line[50:])
    assert site.index() == ["log-1", "log-2"]
    assert site.rejected() == []


def test_a_half_written_long_line_is_served_once_it_is_whole(site: Site) -> None:
    line = make_line(2, completion="y" * (3 * reader.READ_BYTES))
    write_lines(site.file, make_line(1), line[: 2 * reader.READ_BYTES])
    assert site.index() == ["log-1"]
    write_lines(site.file, line[2 * reader.READ_BYTES :], make_line(3))
    assert site.index() == ["log-1", "log-2", "log-3"]


def test_a_rotated_files_last_line_is_served_without_its_newline(site: Site) -> None:
    rotated = site.file.with_name("bot_20251208_120000.jsonl")
    write_lines(rotated, make_line(1), make_line(2).rstrip(b"\n"))
    assert site.index() == ["log-1", "log-2"]


def test_an_entry_without_a_usable_id_is_known_by_its_bytes(site: Site) -> None:
    line = json.dumps(make_entry(log_id=None)).encode() + b"\n"
    write_lines(site.file, line, line, make_line(2))
    ids = site.index()
    assert len(ids) == 2
    assert "log-2" in ids


def test_entries_of_neighbouring_agent_names_never_mix(site: Site) -> None:
    folder = site.settings.logs_folder
    write_lines(folder / "bot.jsonl", make_line(1))
    write_lines(folder / "bot_2.jsonl", make_line(1, agent_id="bot_2"))
    write_lines(folder / "bot_20251208_120000.jsonl", make_line(2))
    write_lines(folder / "bot_2_20251208_120000.jsonl", make_line(2, agent_id="bot_2"))
    site.index()
    assert sorted(contents(site.settings.index_folder)) == [
        ("bot", "log-1"),
        ("bot", "log-2"),
        ("bot_2", "log-1"),
        ("bot_2", "log-2"),
    ]


def test_an_agent_id_that_could_not_own_the_file_gives_way_to_the_files(site: Site) -> None:
    write_lines(site.file, make_line(1, agent_id="../../etc/passwd"), make_line(2, agent_id=None))
    site.index()
    assert sorted(contents(site.settings.index_folder)) == [("bot", "log-1"), ("bot", "log-2")]


def test_symlinks_and_folders_are_not_log_files(site: Site, tmp_path: Path) -> None:
    outside = tmp_path / "outside.jsonl"
    write_lines(outside, make_line(9))
    write_lines(site.file, make_line(1))
    (site.settings.logs_folder / "link.jsonl").symlink_to(outside)
    (site.settings.logs_folder / "folder.jsonl").mkdir()
    assert site.index() == ["log-1"]


def test_entries_older_than_the_retention_are_left_out(site: Site) -> None:
    day = 86_400
    write_lines(
        site.file,
        make_line(1, timestamp=NOW - 8 * day),
        make_line(2, timestamp=None),
        make_line(3, timestamp=NOW - 6 * day),
        make_line(4, timestamp="yesterday"),
        make_line(5, timestamp=NOW + 2 * day),
    )
    assert site.index() == ["log-3", "log-4", "log-5"]


def test_a_line_that_breaks_the_indexer_is_found_by_halving(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from llmlogs.ingest import entry_rows

    lay_out = entry_rows.lay_out

    def break_at_5(entry: dict[str, object], *others: Any) -> object:
        if entry["log_id"] == "log-5":
            raise ZeroDivisionError("synthetic")
        return lay_out(entry, *others)

    monkeypatch.setattr(entry_rows, "lay_out", break_at_5)
    write_lines(site.file, *(make_line(number) for number in range(1, 9)))
    assert site.index() == [f"log-{number}" for number in (1, 2, 3, 4, 6, 7, 8)]
    ((_, _, reason),) = site.rejected()
    assert reason == "could not be indexed: ZeroDivisionError: synthetic"


def test_a_file_whose_name_is_not_utf8_is_served_like_its_neighbours(site: Site) -> None:
    odd = site.settings.logs_folder / os.fsdecode(b"bad\xff.jsonl")
    write_lines(odd, make_line(1, agent_id=None))
    write_lines(site.file, make_line(2))
    assert site.index() == ["log-1", "log-2"]
    odd.rename(odd.with_name(os.fsdecode(b"bad\xff_20251208_120000.jsonl")))
    write_lines(site.file, make_line(3))
    assert site.index() == ["log-1", "log-2", "log-3"]
    assert ("bad\ufffd", "log-1") in contents(site.settings.index_folder)


def test_an_error_of_an_unexpected_type_counts_as_one(site: Site) -> None:
    write_lines(site.file, make_line(1, error=["boom"]), make_line(2, error=[]))
    site.index()
    connection = open_current(site.settings.index_folder)
    flags = [row[0] for row in connection.execute("SELECT has_error FROM entry ORDER BY id")]
    connection.close()
    assert flags == [1, 0]


def test_an_answer_repeated_in_two_forms_at_once_becomes_neither_for_the_other(site: Site) -> None:
    """Both prompts of one batch say the text of an answer that the index has already."""
    text = "The answer that comes again"
    marked = [{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}]
    write_lines(site.file, make_line(1, messages=[], completion=text))
    site.index()
    prompts = {
        f"log-{number}": [
            {"role": "user", "content": "q"},
            {"role": "assistant", "content": content},
        ]
        for number, content in enumerate((marked, text, [{"type": "text", "text": text}]), 2)
    }
    lines = [make_line(number, messages=prompts[f"log-{number}"]) for number in (2, 3, 4)]
    write_lines(site.file, *lines)
    site.index()
    write_lines(site.file, make_line(5, messages=prompts["log-4"], completion=text))
    site.index()
    served = contents(site.settings.index_folder)
    found = {log_id: entry["messages"] for (_, log_id), entry in served.items()}
    assert {log_id: found[log_id] for log_id in prompts} == prompts
    assert found["log-5"] == prompts["log-4"]


ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ("role", "content", "parts", "type", "text", "tool_calls", "function", "name")
                + ("id", "arguments", "input", "cache_control", "toolUse", "functionCall", "output")
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


MESSAGES = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["assistant", "system", "user", "model", ["user"], {}, None, 1])},
        optional={"content": ODD, "parts": ODD, "tool_calls": ODD, "name": ODD, "type": ODD},
    ),
    max_size=3,
)


@settings(max_examples=300)
@given(messages=MESSAGES | ODD, tools=ODD, completion=ODD, tool_calls=ODD)
def test_a_value_of_any_type_is_kept_and_rejects_no_line(
    messages: Any, tools: Any, completion: Any, tool_calls: Any
) -> None:
    entry = make_entry(
        1, messages=messages, tools=tools, completion=completion, tool_calls=tool_calls
    )
    layout = lay_out(entry)
    stored = assemble(
        layout.body,
        messages=all_messages(layout) if layout.is_prompt_taken else None,
        tools=layout.tools.json if layout.tools else None,
        markers=layout.markers,
    )
    assert json.loads(stored) == entry
    for message in all_messages(layout):
        answer_key_of_message(json.loads(message))
        searchtext.message_text(json.loads(message))
    searchtext.tools_text(tools)


def all_messages(layout: Layout) -> list[bytes]:
    contents = [*([layout.system] if layout.system else []), *layout.prompt]
    return [content.json for content in contents]


def test_a_file_under_the_name_of_another_agent_is_that_agents(site: Site) -> None:
    line = make_line(1, agent_id=None)
    write_lines(site.file, line)
    site.index()
    site.file.rename(site.file.with_name("other.jsonl"))
    site.index()
    assert list(contents(site.settings.index_folder)) == [("other", "log-1")]
    site.file.with_name("other.jsonl").rename(site.file.with_name("other_20251208_120000.jsonl"))
    site.index()
    assert list(contents(site.settings.index_folder)) == [("other", "log-1")]
