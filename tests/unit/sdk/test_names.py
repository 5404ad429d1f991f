"""Which file belongs to which agent (contract: the names under `logs/llm`)."""

import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from agents_sdk.errors import InvalidAgentId
from agents_sdk.files.names import (
    LogFileName,
    active_name,
    agent_of,
    check_agent_id,
    owner,
    parse_name,
    rotated_name,
    stem_of,
)

NOON = int(datetime(2025, 12, 8, 12, tzinfo=UTC).timestamp())
LONG = "ü" * 120

agent_ids = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffd")
    | st.sampled_from("/\\%*?[]_~.0125"),
    min_size=1,
    max_size=200,
).filter(lambda agent_id: agent_id not in (".", ".."))
awkward_ids = st.lists(
    st.sampled_from(
        ["bot", "_20251208_120000", "_2", "%5F", "%", "/", "~0123456789abcdef", "é" * 80]
    )
    | st.from_regex(r"_[0-9]{8}_[0-9]{6}", fullmatch=True),
    min_size=1,
    max_size=4,
).map("".join)
valid_ids = (agent_ids | awkward_ids).filter(lambda agent_id: len(agent_id) <= 200)
file_names = (st.text(max_size=60) | awkward_ids).map(lambda stem: stem + ".jsonl")


@pytest.mark.parametrize(
    ("agent_id", "problem"),
    [
        ("", "it must not be empty, '.' or '..'"),
        (".", "it must not be empty, '.' or '..'"),
        ("..", "it must not be empty, '.' or '..'"),
        ("a\0b", "it must not contain control characters or lone surrogates"),
        ("a\nb", "it must not contain control characters or lone surrogates"),
        ("\x85", "it must not contain control characters or lone surrogates"),
        ("\ud800", "it must not contain control characters or lone surrogates"),
        ("caf\ufffd", "it must not contain U+FFFD, which is what is left of broken text"),
        ("x" * 201, "it has 201 characters, at most 200 are allowed"),
        (None, "it must be a string"),
    ],
)
def test_ids_that_no_file_can_have_are_refused(agent_id: str, problem: str) -> None:
    for refusing in (check_agent_id, stem_of, active_name):
        with pytest.raises(InvalidAgentId) as caught:
            refusing(agent_id)
        assert caught.value.problem == problem
    shown = repr(agent_id[:60]) if isinstance(agent_id, str) else "NoneType"
    assert str(caught.value) == (
        f"agent id {shown} cannot be used: {problem}; choose a name of 1 to 200 characters, "
        "for example 'researcher'"
    )


@pytest.mark.parametrize(
    ("agent_id", "name"),
    [
        ("bot", "bot.jsonl"),
        ("bot_2", "bot_2.jsonl"),
        ("käthe 研究", "käthe 研究.jsonl"),
        ("team/a", "team%2Fa.jsonl"),
        ("../../etc/passwd", "..%2F..%2Fetc%2Fpasswd.jsonl"),
        ("..%2f", "..%252f.jsonl"),
        (r"a\b*?[c]", "a%5Cb%2A%3F%5Bc%5D.jsonl"),
        ("50%", "50%25.jsonl"),
        (".hidden", ".hidden.jsonl"),
        ("bot_20251208_120000", "bot%5F20251208_120000.jsonl"),
        ("a_20251208_120000_20251208_120000", "a_20251208_120000%5F20251208_120000.jsonl"),
        ("_20251208_120000", "_20251208_120000.jsonl"),
        ("order_12345678_123456", "order_12345678_123456.jsonl"),
        ("bot_20251208_120000.jsonl", "bot_20251208_120000.jsonl.jsonl"),
    ],
)
def test_an_agent_has_one_file_in_use_and_its_name_speaks_of_it(agent_id: str, name: str) -> None:
    assert active_name(agent_id) == name
    assert agent_of(name) == agent_id
    assert owner(name, agent_id) == agent_id


def test_a_stem_over_180_bytes_is_cut_before_a_character_and_ends_in_its_digest() -> None:
    digest = hashlib.sha256(LONG.encode()).hexdigest()[:16]
    assert stem_of(LONG) == "ü" * 81 + "~" + digest
    assert stem_of("x" * 180) == "x" * 180
    assert len(stem_of("x" * 181)) == 180
    assert stem_of("/" * 61).startswith("%2F" * 54 + "~")


def test_the_lines_of_a_cut_stem_name_their_agent_and_the_name_alone_stays_as_it_is() -> None:
    for agent_id in (LONG, "/" * 100, "team/" + "x" * 190):
        name = active_name(agent_id)
        rotated = rotated_name(stem_of(agent_id), NOON)
        assert owner(name, agent_id) == owner(rotated, agent_id) == agent_id
        assert owner(name, None) == agent_of(name) == name.removesuffix(".jsonl")
        assert agent_of(rotated) == stem_of(agent_id)


@pytest.mark.parametrize(
    ("name", "agent_id"),
    [
        ("50%.jsonl", "50%"),
        ("50%25.jsonl", "50%"),
        ("a%2fb.jsonl", "a%2fb"),
        ("a%41.jsonl", "a%41"),
        ("%FF.jsonl", "%FF"),
        ("%00.jsonl", "%00"),
        ("%0A.jsonl", "%0A"),
        ("..jsonl", "."),
        ("x" * 240 + ".jsonl", "x" * 240),
        ("bot_20251208_120000_20251209_120000.jsonl", "bot_20251208_120000"),
        ("bot_99999999_999999.jsonl", "bot_99999999_999999"),
        ("bot_20251308_120000.jsonl", "bot_20251308_120000"),
        ("bot_20251208_120060.jsonl", "bot_20251208_120060"),
        ("bot_٢٠٢٥١٢٠٨_120000.jsonl", "bot_٢٠٢٥١٢٠٨_120000"),
        ("caf\udce9.jsonl", "caf\ufffd"),
    ],
)
def test_a_foreign_file_is_the_agent_its_name_says(name: str, agent_id: str) -> None:
    assert agent_of(name) == agent_id


@pytest.mark.parametrize("name", ["bot", "bot.json", ".jsonl", "bot.jsonl.gz", "a/b.jsonl", ""])
def test_other_names_are_no_log_files(name: str) -> None:
    assert parse_name(name) is None


def test_bot_and_bot_2_and_a_rotated_file_never_mix() -> None:
    assert parse_name("bot_20251208_120000.jsonl") == LogFileName("bot", NOON)
    assert owner("bot_20251208_120000.jsonl", "bot") == "bot"
    assert owner("bot_20251208_120000.jsonl", None) == "bot"
    assert owner("bot_20251208_120000.jsonl", "bot_2") == "bot"
    assert owner("bot_20251208_120000.jsonl", "bot_20251208_120000") == "bot"
    assert owner("bot_2.jsonl", "bot") == "bot_2"
    assert owner("bot_2_20251208_120000.jsonl", "bot") == "bot_2"
    assert owner("bot.jsonl", "bot_2") == "bot"
    assert owner("bot%5F20251208_120000.jsonl", "bot") == "bot_20251208_120000"
    assert owner("bot%5F20251208_120000_20251209_120000.jsonl", None) == "bot_20251208_120000"


@pytest.mark.parametrize("line_agent_id", [None, 7, ["bot"], "", "..", "other", "x" * 300, "b\0t"])
def test_a_line_that_names_no_possible_owner_belongs_to_the_agent_of_the_file(
    line_agent_id: object,
) -> None:
    assert owner("bot.jsonl", line_agent_id) == "bot"


@given(valid_ids)
@example("_20251208_120000")
@example("a_20251208_120000" * 8)
def test_every_agent_owns_its_own_files_before_and_after_rotation(agent_id: str) -> None:
    stem = stem_of(agent_id)
    rotated = rotated_name(stem, NOON)
    assert parse_name(active_name(agent_id)) == LogFileName(stem, None)
    assert parse_name(rotated) == LogFileName(stem, NOON)
    assert owner(active_name(agent_id), agent_id) == owner(rotated, agent_id) == agent_id


@given(valid_ids)
def test_a_stem_is_one_short_component_of_a_path(agent_id: str) -> None:
    stem = stem_of(agent_id)
    assert len(stem.encode()) <= 180
    assert not set(stem) & set("/\\*?[]\0")
    assert (stem + ".jsonl") not in (".", "..")


@given(valid_ids)
def test_a_stem_that_was_not_cut_is_decoded_to_the_id(agent_id: str) -> None:
    stem = stem_of(agent_id)
    assume("~" not in stem[-17:])
    assert agent_of(stem + ".jsonl") == agent_id


@given(valid_ids, valid_ids)
def test_two_agents_whose_stems_were_not_cut_never_share_a_file(first: str, second: str) -> None:
    assume(first != second and "~" not in stem_of(first)[-17:] and "~" not in stem_of(second)[-17:])
    assert active_name(first) != active_name(second)
    assert owner(active_name(first), second) == first


@given(file_names, st.none() | st.text() | valid_ids)
def test_the_owner_of_a_line_does_not_change_when_its_file_is_rotated(
    file_name: str, line_agent_id: str | None
) -> None:
    name = parse_name(file_name)
    assume(name is not None and name.rotated_second is None)
    assert name is not None
    rotated = rotated_name(name.stem, NOON)
    assert owner(rotated, line_agent_id) == owner(file_name, line_agent_id)


@given(st.text(max_size=80))
def test_any_name_has_an_agent_that_utf8_can_carry(file_name: str) -> None:
    agent_of(file_name).encode()
    owner(file_name, file_name).encode()
