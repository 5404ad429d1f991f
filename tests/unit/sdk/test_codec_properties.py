"""For any value and any bytes: nothing is lost, and the answer does not depend on orjson."""

from collections.abc import Callable
from types import ModuleType
from typing import Any
from unittest.mock import patch

import orjson
from hypothesis import given
from hypothesis import strategies as st

from agents_sdk import codec
from agents_sdk.codec import LineError, decode_line, encode_line, loads

LIBRARIES = (orjson, None)

texts = st.text(st.characters(codec="utf-8"))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
fragments = st.sampled_from(
    [*'{}[],:-01" \t\\', '{"a":', "1e400", "NaN", "Infinity", '\\ud800"', '"\\udc00\\ud800"']
    + ["99999999999999999999", '"b":', "true", "null", ".5", "\ufeff", "\x00"]
)


def using(library: ModuleType | None, function: Callable[[], Any]) -> Any:
    with patch.object(codec, "orjson", library):
        return function()


def answers(function: Callable[[Any], Any], argument: Any) -> list[str]:
    def answer() -> str:
        try:
            return repr(function(argument))
        except LineError as error:
            return error.reason

    return [using(library, answer) for library in LIBRARIES]


@given(st.dictionaries(texts, json_values))
def test_what_is_written_is_read_again_with_or_without_orjson(entry: dict[str, Any]) -> None:
    for writer in LIBRARIES:
        line = using(writer, lambda: encode_line(entry))
        assert b"\n" not in line[:-1]
        for reader in LIBRARIES:
            decoded = using(reader, lambda: decode_line(line))  # noqa: B023 - called at once
            assert repr(decoded.entry) == repr(entry)
            assert not decoded.is_repaired


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_give_the_same_answer_with_and_without_orjson(line: bytes) -> None:
    with_orjson, without = answers(decode_line, line)
    assert with_orjson == without


@given(st.lists(fragments, max_size=14).map("".join))
def test_near_json_gives_the_same_answer_with_and_without_orjson(text: str) -> None:
    with_orjson, without = answers(loads, text)
    assert with_orjson == without
