"""One filter, one meaning: what the index selects is what reading all entries selects."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmlogs import searchtext
from llmlogs.queries.analytics import models
from llmlogs.queries.entries import count_entries, list_entries
from llmlogs.queries.feed import FeedPosition, entries_after, last_sequence, matching_sequences
from llmlogs.queries.filters import LogFilter, provider_names
from tests.factories import NOW, make_entry
from tests.queried_workspace import RETENTION_DAYS, Workspace, found, opened_workspace

AGENTS = ("bot", "bot_2", "天气/助手")
MODELS = ("gpt-4o", "claude", None)
PROVIDERS = ("openai", "anthropic", "claude", "Gemini", None)
TEXTS = ("Wie ist das Wetter in KÖLN?", "今天天气怎么样", "100% of a_b*", 'say "hi"', "", "ß", "x")
QUERIES = ("köln", "天气", "气怎", "%", "_b", "*", '"hi"', "SS", "e", "wetter in", "nothing", "x")
ODD_ERRORS: tuple[Any, ...] = ({"code": 429}, ["x"], True, 503, [], {}, False, 0)
OFFSETS = (-1000.0, -1000.0, -500.0, -10.0, -RETENTION_DAYS * 86_400 + 1000)


@st.composite
def entries(draw: st.DrawFn, number: int) -> dict[str, Any]:
    texts = draw(st.lists(st.sampled_from(TEXTS), max_size=4))
    roles = ("system", "user", "assistant", "tool")
    messages = [{"role": roles[place], "content": text} for place, text in enumerate(texts)]
    return make_entry(
        number,
        agent_id=draw(st.sampled_from(AGENTS)),
        model_name=draw(st.sampled_from(MODELS)),
        provider=draw(st.sampled_from(PROVIDERS)),
        timestamp=NOW + draw(st.sampled_from(OFFSETS)),
        messages=messages[draw(st.sampled_from((0, 0, 1))) :],
        completion=draw(st.sampled_from(TEXTS)),
        error=draw(st.sampled_from((None, "", "KÖLN is closed", *ODD_ERRORS))),
        latency_ms=draw(st.sampled_from((None, 0, 120, 5000.5))),
        session_id=draw(st.sampled_from((None, "s1", "s2"))),
    )


filters = st.builds(
    LogFilter,
    agent_ids=st.sampled_from(((), (), ("bot",), ("bot", "天气/助手"), ("nobody",))),
    model=st.sampled_from((None, None, "gpt-4o", "unheard-of")),
    provider=st.sampled_from((None, None, "openai", "claude", "google")),
    since=st.sampled_from((None, None, NOW - 1000, NOW - 600)),
    until=st.sampled_from((None, None, NOW - 500, NOW - 20)),
    has_error=st.sampled_from((None, None, True, False)),
    search=st.sampled_from(("", *QUERIES)),
    min_latency_ms=st.sampled_from((None, None, 0, 120, 6000)),
    session_id=st.sampled_from((None, None, "s1")),
)
histories = st.integers(0, 12).flatmap(lambda count: st.tuples(*map(entries, range(count))))


def satisfies(entry: dict[str, Any], asked: LogFilter) -> bool:
    """The filter's meaning, said once more without an index."""
    timestamp, latency = entry["timestamp"], entry["latency_ms"]
    return (
        (not asked.agent_ids or entry["agent_id"] in asked.agent_ids)
        and asked.model in (None, entry["model_name"])
        and (asked.provider is None or entry["provider"] in provider_names(asked.provider))
        and (asked.since is None or timestamp >= asked.since)
        and (asked.until is None or timestamp <= asked.until)
        and (asked.has_error is None or asked.has_error == bool(entry["error"]))
        and (
            asked.min_latency_ms is None
            or (latency or -1) >= asked.min_latency_ms
            or latency == asked.min_latency_ms
        )
        and asked.session_id in (None, entry["session_id"])
        and contains(entry, asked.folded_search)
    )


def contains(entry: dict[str, Any], query: str) -> bool:
    texts = [searchtext.message_text(message) for message in entry["messages"]]
    texts += [searchtext.tools_text(entry["tools"]), searchtext.answer_text(entry)]
    return not query or any(query in text for text in texts)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(history=histories, asked=st.lists(filters, min_size=1, max_size=8))
def test_every_filter_selects_what_reading_all_entries_selects(
    index_access: None, history: tuple[dict[str, Any], ...], asked: list[LogFilter]
) -> None:
    by_id = {entry["log_id"]: entry for entry in history}
    with opened_workspace() as workspace:
        workspace.add(*history)
        everything = list_entries(LogFilter(), limit=50, now=NOW).entries
        assert {entry.log_id for entry in everything} == set(by_id)
        places = [(entry.timestamp, entry.sequence) for entry in everything]
        assert places == sorted(places, reverse=True)
        sequences = [entry.sequence for entry in everything]
        start = FeedPosition(last_sequence().generation, 0)
        for one in asked:
            expected = [e.sequence for e in everything if satisfies(by_id[e.log_id], one)]
            listed = list_entries(one, limit=50, now=NOW).entries
            fed = entries_after(one, start, 50, now=NOW)
            assert [entry.sequence for entry in listed] == expected
            assert count_entries(one, now=NOW) == len(expected)
            assert [entry.sequence for entry in fed] == sorted(expected)
            assert matching_sequences(one, sequences, now=NOW) == set(expected)


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        ("claude", "anthropic"),
        ("anthropic", "claude"),
        ("gemini", "google"),
        ("google", "gemini"),
        ("grok", "xai"),
        ("xai", "grok"),
        ("bedrock", "aws"),
        ("aws", "bedrock"),
        ("openai", "openai"),
    ],
)
def test_a_provider_is_found_by_its_name_and_by_its_alias(
    workspace: Workspace, asked: str, stored: str
) -> None:
    log_id = workspace.add_entry(provider=stored)
    workspace.add_entry(provider="somebody else")
    assert found(provider=asked) == [log_id]


def test_a_provider_is_compared_exactly(workspace: Workspace) -> None:
    workspace.add_entry(provider="OpenAI")
    assert found(provider="openai") == []


def test_a_model_or_agent_is_not_found_by_a_part_of_its_name(workspace: Workspace) -> None:
    workspace.add_entry(agent_id="bot_2", model_name="gpt-4o-mini")
    assert found(agent_ids=("bot",)) == []
    assert found(model="gpt-4o") == []


def test_names_of_any_length_are_told_apart_by_their_end(workspace: Workspace) -> None:
    first = workspace.add_entry(model_name="m" * 3000 + "1")
    workspace.add_entry(model_name="m" * 3000 + "2")
    assert found(model="m" * 3000 + "1") == [first]


def test_what_is_older_than_the_retention_is_in_no_answer(workspace: Workspace) -> None:
    log_id = workspace.add_entry(timestamp=NOW - RETENTION_DAYS * 86_400 + 1000)
    assert found() == [log_id]
    later = NOW + 2000
    assert list_entries(LogFilter(), limit=5, now=later).entries == ()
    assert list_entries(LogFilter(search="question"), limit=5, now=later).entries == ()
    assert count_entries(LogFilter(since=0.0), now=later) == 0


def test_an_unknown_latency_is_not_a_latency_of_zero(workspace: Workspace) -> None:
    workspace.add_entry(latency_ms=None)
    zero = workspace.add_entry(latency_ms=0)
    assert found(min_latency_ms=0) == [zero]


def test_a_name_that_was_cut_to_be_shown_still_finds_its_calls(index_access: None) -> None:
    long_name = "m" * 3000
    with opened_workspace() as workspace:
        workspace.add(make_entry(1, model_name=long_name), make_entry(2, model_name="m"))
        (shown,) = [one.name for one in models(LogFilter(), now=NOW) if len(one.name) > 1]
        for name in (long_name, shown):
            found = list_entries(LogFilter(model=name), limit=5, now=NOW).entries
            assert [entry.log_id for entry in found] == ["log-1"]
