"""Search finds exactly the entries whose readable text contains the query, by whatever plan."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmlogs import searchtext
from llmlogs.indexdb import fulltext
from llmlogs.queries.entries import count_entries
from llmlogs.queries.filters import LogFilter
from llmlogs.queries.search import plans, rare
from tests.factories import NOW, make_entry
from tests.queried_workspace import Workspace, found, opened_workspace

PLANS = ("rare", "recent", "marks")


@pytest.fixture(params=PLANS)
def plan(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    force(request.param, monkeypatch)
    yield request.param


def force(plan: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave one plan only: the others find the query unsuited."""
    if plan != "rare":
        monkeypatch.setattr(rare, "MAX_MESSAGES", -1)
    if plan == "marks":
        monkeypatch.setattr(plans, "MAX_LOOKED_AT", 0)


def take_every_text_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fulltext, "LONG_TEXT_CHARS", 1)
    monkeypatch.setattr(fulltext, "LONG_TEXT_REPEATS", 0)


def user(content: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": content}]


@pytest.mark.usefixtures("plan")
class TestBySubstring:
    @pytest.mark.parametrize(
        ("text", "query"),
        [
            ("Wetter in KÖLN", "köln"),
            ("Wetter in köln", "KÖLN"),
            ("Ko\u0308ln", "köln"),
            ("Straße", "STRASSE"),
            ("STRASSE", "straße"),
            ("İstanbul", "i\u0307stanbul"),
            ("İstanbul", "İSTANBUL"),
            ("今天天气怎么样", "天气"),
            ("今天天气怎么样", "样"),
            ("今天天气怎么样", "天天气怎"),
            ('say "hello" twice', '"hello"'),
            ("it's", "t's"),
            ("100% sure", "0%"),
            ("100% sure", "100% s"),
            ("snake_case", "e_c"),
            ("a*b", "*"),
            ("a\x00b", "a\x00b"),
            ("C:\\temp\\new", "\\temp\\"),
            ("x AND y OR NOT z", "AND y OR NOT"),
            ("NEAR(a b)", "near(a"),
            ("line\nbreak", "e\nb"),
            ("family 👩‍💻 here", "👩‍💻"),
            ("flag 🇩🇪", "🇩🇪"),
            ("\U0010ffff", "\U0010ffff"),
            ("end", "nd"),
            ("end", "d"),
            ("a", "a"),
            (" ", " "),
            ("word " * 100 + "end", "word " * 100 + "end"),
        ],
    )
    def test_it_finds(self, workspace: Workspace, text: str, query: str) -> None:
        log_id = workspace.add_entry(messages=user(text))
        workspace.add_entry(messages=[], completion="")
        assert found(search=query) == [log_id]
        assert count_entries(LogFilter(search=query), now=NOW) == 1

    @pytest.mark.parametrize(
        ("text", "query"),
        [
            ("snakeXcase", "e_c"),
            ("100 percent", "100%"),
            ("koln", "köln"),
            ("abc bcd", "abcd"),
            ("天 气", "天气"),
            ("ab", "abc"),
            ("a", "aa"),
            ("word " * 100, "word " * 101),
            ("", "\x1f"),
            ("a", "a\x1f"),
        ],
    )
    def test_it_does_not_find(self, workspace: Workspace, text: str, query: str) -> None:
        workspace.add_entry(messages=user(text), completion="")
        assert found(search=query) == []
        assert count_entries(LogFilter(search=query), now=NOW) == 0

    def test_it_reads_every_part_of_an_entry_that_a_person_reads(
        self, workspace: Workspace
    ) -> None:
        call = {"id": "c", "name": "lookup_sun", "arguments": '{"where": "mars"}'}
        function = {"name": "tool_moon", "description": "Describes venus.", "parameters": {}}
        log_id = workspace.add_entry(
            messages=[
                {"role": "system", "content": "pluto"},
                {"role": "user", "content": [{"type": "text", "text": "saturn"}]},
                {"role": "assistant", "content": None, "tool_calls": [{"function": call}]},
                {"role": "tool", "content": "jupiter"},
            ],
            tools=[{"type": "function", "function": function}],
            completion="uranus",
            tool_calls=[{**call, "arguments": '{"where": "neptune"}'}],
            error="comet",
        )
        workspace.add_entry(messages=user("earth"))
        words = "pluto saturn lookup_sun mars jupiter tool_moon venus uranus neptune comet"
        for word in words.split():
            assert found(search=word) == [log_id], word

    def test_a_hit_never_spans_two_parts(self, workspace: Workspace) -> None:
        parts = [{"type": "text", "text": "left"}, {"type": "text", "text": "right"}]
        workspace.add_entry(messages=[*user(parts), *user("up"), *user("down")], completion="end")
        for query in ("leftright", "tr", "left right", "updown", "pd", "downend"):
            assert found(search=query) == [], query

    def test_the_data_of_pictures_is_not_searched(self, workspace: Workspace) -> None:
        picture = "iVBORw0KGgo" + "needle" * 300
        url = f"data:image/png;base64,{picture}"
        parts = [
            {"type": "image_url", "image_url": {"url": url}},
            {"type": "text", "text": f"see {url} here"},
        ]
        log_id = workspace.add_entry(messages=user(parts))
        assert found(search="needle") == []
        assert found(search="here") == [log_id]

    def test_keys_of_json_are_not_searched(self, workspace: Workspace) -> None:
        workspace.add_entry(messages=[{"role": "user", "content": "hi", "odd_key": "odd_value"}])
        assert found(search="odd_key") == []
        assert found(search="role") == []

    def test_all_calls_behind_a_message_are_found_and_none_beside_it(
        self, workspace: Workspace
    ) -> None:
        start = user("start")
        answer = {"role": "assistant", "content": "the needle"}
        workspace.add_entry(messages=start, completion="")
        inside = [
            workspace.add_entry(messages=[*start, answer, *user(f"turn {turn}")], completion="")
            for turn in range(3)
        ]
        workspace.add_entry(messages=[*start, *user("turn 1")], completion="")
        assert found(search="needle") == inside[::-1]

    def test_the_leading_system_message_is_searched_for_each_of_its_calls(
        self, workspace: Workspace
    ) -> None:
        system = {"role": "system", "content": "needle"}
        inside = [workspace.add_entry(messages=[system, *user(str(turn))]) for turn in range(3)]
        workspace.add_entry(messages=user("1"))
        assert found(search="needle") == inside[::-1]

    def test_an_entry_is_found_as_soon_as_it_is_listed(self, workspace: Workspace) -> None:
        for _ in range(4):
            workspace.add_entry(messages=user("needle"))
            assert found(search="needle") == found()


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    texts=st.lists(
        st.text(st.sampled_from('aAbßİ天气\u0308\x00\x1f"%*😀\n '), max_size=8), max_size=6
    ),
    query=st.text(st.sampled_from('aAbßİ天气\u0308\x00"%*😀\n '), min_size=1, max_size=5),
    forced=st.sampled_from(PLANS),
    is_long=st.booleans(),
)
def test_any_text_is_found_by_any_of_its_substrings_and_by_nothing_else(
    index_access: None, texts: list[str], query: str, forced: str, is_long: bool
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch, opened_workspace() as workspace:
        force(forced, monkeypatch)
        if is_long:
            take_every_text_for_long(monkeypatch)
        workspace.add(
            *(
                make_entry(number, messages=user(text), completion="")
                for number, text in enumerate(texts)
            )
        )
        folded = searchtext.fold(query)
        expected = [
            f"log-{number}"
            for number, text in enumerate(texts)
            if folded in searchtext.message_text(user(text)[0])
        ]
        assert found(search=query) == expected[::-1]


@pytest.mark.parametrize(("named", "occurrences"), [(0, 50_000), (0, 0), (1, 50_000), (32, 50_000)])
def test_one_or_two_characters_are_found_by_each_of_three_ways(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, named: int, occurrences: int
) -> None:
    monkeypatch.setattr(fulltext, "MAX_NAMED_TERMS", named)
    monkeypatch.setattr(fulltext, "MAX_OCCURRENCES", occurrences)
    log_ids = [workspace.add_entry(messages=user(text)) for text in ("天气", "天地", "天", "a天")]
    for text in ("地", "气天"):
        workspace.add_entry(messages=user(text), completion="")
    assert found(search="天气") == log_ids[:1]
    assert set(found(search="天")) == {*log_ids, "log-6"}


def test_searching_threads_all_get_the_whole_answer(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    force("marks", monkeypatch)
    for turn in range(30):
        workspace.add_entry(messages=user(f"needle {turn % 3}"))
    counts: list[tuple[int, int]] = []

    def search(word: int) -> None:
        count = count_entries(LogFilter(search=f"needle {word}"), now=NOW)
        connections["index"].close()
        counts.append((word, count))

    threads = [threading.Thread(target=search, args=(number % 3,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [(word, 10) for word in (0, 1, 2) for _ in range(4)]


def test_marks_follow_the_index_when_it_is_replaced(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    force("marks", monkeypatch)
    log_ids = [workspace.add_entry(messages=user(f"needle {turn}")) for turn in range(3)]
    assert found(search="needle") == log_ids[::-1]
    workspace.rebuild()
    assert found(search="needle") == log_ids[::-1]
    log_ids.append(workspace.add_entry(messages=user("needle again")))
    assert found(search="needle") == log_ids[::-1]
