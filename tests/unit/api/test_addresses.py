"""Ids with slashes find their way through a URL."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmlogs.address import quoted, splits

ID = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)


@given(ID, ID)
def test_encoded_ids_come_back_first_whatever_is_in_them(agent_id: str, log_id: str) -> None:
    raw = f"{quoted(agent_id)}/{quoted(log_id)}"
    assert splits(f"{agent_id}/{log_id}", raw, "/")[0] == (agent_id, log_id)


@given(ID, ID)
def test_an_address_with_an_encoded_slash_means_one_thing_only(agent_id: str, log_id: str) -> None:
    log_id += "/"
    raw = f"{quoted(agent_id)}/{quoted(log_id)}"
    assert splits(f"{agent_id}/{log_id}", raw, "/") == [(agent_id, log_id)]


@given(ID, ID)
def test_without_the_raw_path_the_right_cut_is_among_those_tried(
    agent_id: str, log_id: str
) -> None:
    assert (agent_id, log_id) in splits(f"{agent_id}/llm-logs/{log_id}", None, "/llm-logs/")


@pytest.mark.parametrize("path", ["", "/", "a/", "/b", "no separator", "a" * 3000 + "/b"])
def test_a_path_that_names_no_pair_gives_none(path: str) -> None:
    assert splits(path, path.replace(" ", "%20"), "/") == []


def test_a_path_of_slashes_is_tried_in_a_bounded_number_of_places() -> None:
    assert len(splits("a/" * 3000, "a/" * 3000, "/")) <= 256
