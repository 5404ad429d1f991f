"""What is packed comes out again, byte for byte."""

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from llmlogs.indexdb.packing import (
    MAX_PACKED_BYTES,
    PHRASES,
    pack_entry,
    pack_message,
    unpack_entry,
    unpack_message,
)
from tests.factories import make_entry

texts = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    [phrase.decode() for phrase in PHRASES]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
)


@given(values)
def test_any_compact_json_survives_packing(value: Any) -> None:
    json = orjson.dumps(value)
    assert unpack_entry(pack_entry(json)) == json
    assert unpack_message(pack_message(json)) == json


def test_an_entry_becomes_a_good_deal_shorter() -> None:
    json = orjson.dumps({**make_entry(), "messages": None})
    assert len(pack_entry(json)) < 0.6 * len(json)


def test_long_json_is_left_as_it_is() -> None:
    json = orjson.dumps([{"role": "user", "content": "x"}] * (MAX_PACKED_BYTES // 10))
    assert pack_message(json) is json
    assert unpack_message(json) is json
