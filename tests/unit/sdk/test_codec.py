"""What becomes of values on their way to a line and of lines on their way to an entry."""

import dataclasses
import enum
import json
import math
import threading
import uuid
from collections import OrderedDict, defaultdict, namedtuple
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import orjson
import pydantic
import pytest

from agents_sdk import codec
from agents_sdk.codec import LineError, decode_line, dumps, encode_line, loads


@pytest.fixture(params=["orjson", "standard library"], autouse=True)
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(codec, "orjson", orjson if request.param == "orjson" else None)
    yield request.param


def reason_of(line: bytes) -> str:
    with pytest.raises(LineError) as caught:
        decode_line(line)
    assert str(caught.value) == caught.value.reason
    return caught.value.reason


def written(value: Any) -> Any:
    line = encode_line({"value": value})
    assert line.endswith(b"}\n") and line.count(b"\n") == 1
    return json.loads(line)["value"]


def at_stack_depth(depth: int, function: Callable[[], Any]) -> Any:
    return function() if depth == 0 else at_stack_depth(depth - 1, function)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "not JSON"),
        (b"\n", "not JSON"),
        (b'{"log_id": "1"', "not JSON"),
        (b'{"a": 1} {"a": 2}', "not JSON"),
        (b'{"a": "raw \n newline"}', "not JSON"),
        (b'{"a": 01}', "not JSON"),
        (b"\x00\x00\x00\x00", "not JSON"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a": "\xed\xa0\x80"}', "not UTF-8"),
        (b"[1, 2]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"NaN", "not a JSON object"),
    ],
)
def test_a_line_that_is_no_entry_is_refused_with_a_stable_reason(line: bytes, reason: str) -> None:
    assert reason_of(line) == reason


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"b":[', b'{"\\"":['])
def test_nesting_of_100_000_levels_is_refused_and_harms_nobody(opening: bytes) -> None:
    assert reason_of(b'{"a":' + opening * 100_000) == "nested deeper than 500 levels"


@pytest.mark.parametrize("digits", [18, 19, 20, 4_000, 4_250, 4_299])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_whole_number_that_is_read_is_written_as_it_was(digits: int, sign: int) -> None:
    for number in (sign * (10**digits - 1), sign * 10 ** (digits - 1)):
        line = b'{"n":%d}' % number + b"\n"
        assert encode_line(decode_line(line).entry) == line


def test_500_levels_are_read_and_501_are_not_however_deep_the_caller_stands() -> None:
    deepest = b'{"a":' + b"[" * 499 + b"NaN" + b"]" * 499 + b"}"
    for depth in (0, 500, 850):
        assert at_stack_depth(depth, lambda: decode_line(deepest)).is_repaired
        assert (
            at_stack_depth(depth, lambda: reason_of(b'{"a":[' + deepest + b"]}"))
            == "nested deeper than 500 levels"
        )


def test_brackets_in_strings_and_many_flat_ones_are_not_depth() -> None:
    flat = {"a": ["[[[[{{{{" * 400, '\\"[' * 600, "\\\\"], "b": [[]] * 2000}
    assert decode_line(json.dumps(flat).encode()).entry == flat
    assert reason_of(b'{"a": "' + b"[" * 600 + b"\\") == "not JSON"


def test_the_depth_check_of_a_torn_line_full_of_escapes_is_linear() -> None:
    torn = b'{"a": "' + b'\\"[' * 1_000_000
    assert reason_of(torn) == "not JSON"


@pytest.mark.parametrize(
    ("token", "value"),
    [
        (b"NaN", None),
        (b"Infinity", None),
        (b"-Infinity", None),
        (b"1e999", None),
        (b"-1e999", None),
        pytest.param(b"9" * 5000, None, id="5,000 digits"),
        (b'"\\ud800 x"', "\ufffd x"),
        (b'"\\uDFFF"', "\ufffd"),
        (b'[{"\\udc00": ["\\ud800"]}]', [{"\ufffd": ["\ufffd"]}]),
    ],
)
def test_what_json_cannot_carry_is_repaired_and_marked(token: bytes, value: Any) -> None:
    decoded = decode_line(b'{"value": ' + token + b', "neighbour": 1}')
    assert decoded.entry == {"value": value, "neighbour": 1}
    assert decoded.is_repaired


@pytest.mark.parametrize(
    ("token", "value"),
    [
        (b"18446744073709551615", 2**64 - 1),
        (b"18446744073709551616", 2**64),
        (b"-9999999999999999999", -9999999999999999999),
        (b"-0", 0),
        (b"1E5", 100000.0),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'"\\\\ud800"', "\\ud800"),
        (b'"\\u0000"', "\x00"),
        (b'"12345678901234567890"', "12345678901234567890"),
    ],
)
def test_what_json_can_carry_is_read_exactly(token: bytes, value: Any) -> None:
    decoded = decode_line(b'{"value":' + token + b"}\r\n")
    assert decoded.entry["value"] == value
    assert type(decoded.entry["value"]) is type(value)
    assert not decoded.is_repaired


def test_the_order_of_keys_survives_a_repair() -> None:
    entry = decode_line(b'{"z": 1, "\\ud800": 2, "a": 3}').entry
    assert list(entry) == ["z", "\ufffd", "a"]


class Colour(enum.Enum):
    RED = ("r", 1)


class Level(enum.IntEnum):
    HIGH = 3


class Word(str):
    pass


class Model(pydantic.BaseModel):
    name: str
    inner: Any = None


class OldModel:
    def model_dump(self) -> dict[str, Any]:
        return {"old": True}


class Broken:
    def model_dump(self, **options: Any) -> dict[str, Any]:
        raise RuntimeError("no")

    def __repr__(self) -> str:
        raise RuntimeError("no")


class Count:
    def __index__(self) -> int:
        return 7


@dataclasses.dataclass
class Point:
    x: int
    y: Any = None


Pair = namedtuple("Pair", "left right")


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (b"\x00\xff", {"__repr__": r"b'\x00\xff'"}),
        ({1}, {"__repr__": "{1}"}),
        (1 + 2j, {"__repr__": "(1+2j)"}),
        (print, {"__repr__": "<built-in function print>"}),
        (Model, {"__repr__": repr(Model)}),
        (Broken(), {"__repr__": "<Broken object whose repr failed>"}),
        ([10**5000], [{"__repr__": "<int of 16610 bits>"}]),
        (float("nan"), None),
        ([math.inf, -math.inf], [None, None]),
        ("\ud800x", "\ufffdx"),
        ({"\udfff": 1}, {"\ufffd": 1}),
        (
            {1: "a", None: "b", False: "c", 2.5: "d", b"k": "e", (1,): "f"},
            {"1": "a", "null": "b", "false": "c", "2.5": "d", "b'k'": "e", "(1,)": "f"},
        ),
        (2**70, 2**70),
        ((1, (2,)), [1, [2]]),
        (Pair(1, "x"), [1, "x"]),
        (OrderedDict(a=1), {"a": 1}),
        (defaultdict(list, a=[1]), {"a": [1]}),
        (MappingProxyType({"a": 1}), {"a": 1}),
        (Word("w"), "w"),
        ({Word("k"): Word("w")}, {"k": "w"}),
        (Colour.RED, ["r", 1]),
        (Level.HIGH, 3),
        (Model(name="n", inner=Point(1, {2})), {"name": "n", "inner": {"x": 1, "y": [2]}}),
        (OldModel(), {"old": True}),
        (Point(1, b"y"), {"x": 1, "y": {"__repr__": "b'y'"}}),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (datetime(2025, 12, 8, tzinfo=UTC), "2025-12-08T00:00:00+00:00"),
        (Count(), 7),
        ("a\nb\r\x85\u2028", "a\nb\r\x85\u2028"),
    ],
)
def test_every_value_finds_a_form_in_a_line(value: Any, stored: Any) -> None:
    assert written(value) == stored
    assert not decode_line(encode_line({"value": value})).is_repaired


def test_a_long_repr_is_cut_and_long_bytes_are_written_as_their_digest() -> None:
    assert written({"x" * 100_000})["__repr__"].endswith("x…")
    assert len(written({"x" * 100_000})["__repr__"]) == 65_537
    text = written(b"x" * 100_000)["__repr__"]
    assert text.startswith("<bytes of 100000 bytes, sha256 ") and len(text) < 150


def test_circular_references_are_cut_and_shared_values_are_not() -> None:
    circle: list[Any] = [1]
    circle.append(circle)
    point = Point(1)
    point.y = {"back": point}
    shared = {"a": [1]}
    assert written(circle) == [1, {"__repr__": "<list: circular reference>"}]
    assert written(point) == {"x": 1, "y": {"back": {"__repr__": "<Point: circular reference>"}}}
    assert written([shared, shared]) == [{"a": [1]}, {"a": [1]}]


def test_a_value_too_deep_to_be_read_again_is_cut_where_the_reader_would_stop() -> None:
    deep: Any = "bottom"
    for _ in range(100_000):
        deep = [deep]
    line = at_stack_depth(850, lambda: encode_line({"value": deep}))
    entry = decode_line(line).entry
    levels, value = 0, entry["value"]
    while isinstance(value, list):
        levels, value = levels + 1, value[0]
    assert (levels, value) == (498, {"__repr__": "<list: nested deeper than 500 levels>"})
    assert encode_line(entry) == line
    while deep != "bottom":  # taken apart by hand: freeing 100,000 levels at once is slow
        deep = deep[0]


def test_dumps_refuses_what_json_cannot_carry() -> None:
    with pytest.raises(TypeError, match="set has no JSON form; give a dict, list, str or number"):
        dumps({"a": {1}})
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(ValueError, match="list: circular reference"):
        dumps(circle)


def test_dumps_takes_the_deepest_entry_inside_an_answer() -> None:
    entry = decode_line(b'{"a":' + b"[" * 499 + b"1" + b"]" * 499 + b"}").entry
    answer = at_stack_depth(850, lambda: dumps({"logs": [entry]}))
    assert answer.startswith(b'{"logs":[{"a":[[[[')
    assert dumps({"a": float("nan"), "b": "\ud800", "c": 2**64}) == (
        '{"a":null,"b":"\ufffd","c":18446744073709551616}'.encode()
    )


def test_loads_reads_any_value_from_bytes_or_text() -> None:
    assert loads(b"[1, NaN]") == [1, None]
    assert loads('"\ud800"') == "\ufffd"
    with pytest.raises(LineError, match="not JSON"):
        loads("{")


def test_many_threads_may_read_deep_lines_at_once() -> None:
    line = b'{"a":' + b"[" * 499 + b"NaN" + b"]" * 499 + b"}"
    results: list[bool] = []

    def read() -> None:
        results.append(at_stack_depth(850, lambda: decode_line(line)).is_repaired)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 8
