"""Values to JSON bytes and back: strict when writing, tolerant when reading.

`encode_line` turns an entry into one line and never raises; `decode_line` turns a line into an
entry or says in a stable sentence why it is none. `dumps` and `loads` are the same for any JSON
value. `orjson` is used where it is installed; what it refuses or would change (lone surrogates,
NaN, integers beyond 64 bits, deep nesting) is left to the standard library, so that only the speed
depends on it (and the spelling of a float: 1e-7 or 1e-07).
"""

import json
import math
import re
from codecs import BOM_UTF8
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import import_module
from types import ModuleType
from typing import Any

from agents_sdk.jsonforms import replace_surrogates
from agents_sdk.nesting import is_deeper_than, nests_deeper_than
from agents_sdk.plainvalue import Lenient, Strict, plain, repair_surrogates
from agents_sdk.stackroom import with_room_on_the_stack

_NOT_LOADED = ModuleType("not loaded")
orjson: ModuleType | None = _NOT_LOADED
"""None where it is not installed; looked for when something is encoded, not at import."""

MAX_DEPTH = 500
"""Lists and objects in one another; deeper lines are refused, whatever library reads them."""
MAX_LINE_BYTES = 64 << 20
"""Of an entry; a longer line is read by nobody."""
WRITTEN_DEPTH = MAX_DEPTH + 64
"""What `dumps` takes: a stored value of the full depth inside the wrapping of an answer. Studios
kept mail of up to 532 levels once, and it is handed out still."""
MAX_NUMBER_DIGITS = 4_299
"""Below Python's own limit, because reading a longer integer takes quadratic time; every number of
so many digits can be written again (`jsonforms.MAX_INT_BITS`)."""

NOT_UTF8 = "not UTF-8"
NOT_JSON = "not JSON"
NOT_AN_OBJECT = "not a JSON object"
TOO_DEEP = "nested deeper than {} levels"

_LENIENT = Lenient()
_STRICT = Strict()
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_OUTLINE = bytes.maketrans(b"123456789{", b"000000000[")  # all digits alike, brackets too
_LONG_NUMBER = b"0" * 19
"""19 digits may lie beyond 64 bits; orjson would turn such a number into a float."""


class LineError(ValueError):
    """A line that is not an entry; `reason` is one of the sentences above."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class EncodedJson:
    """A value written as JSON already: encoded when it was current, put into a line later.

    Has the method of a pydantic object, so that whatever writes those can write this too.
    """

    __slots__ = ("data",)

    def __init__(self, value: Any) -> None:
        self.data = _encode(value, MAX_DEPTH - 1, _LENIENT)

    def model_dump(self, **_: Any) -> Any:
        return loads(self.data)


@dataclass(frozen=True, slots=True)
class DecodedLine:
    """An entry, and whether a value of it had to be repaired (NaN, a lone surrogate)."""

    entry: dict[str, Any]
    is_repaired: bool


def decode_line(line: bytes) -> DecodedLine:
    """Read one line of a log file, with or without its newline. Raises LineError.

    A byte order mark, which some editors and shells put at the start of a file, is no part of it.
    NaN, Infinity and numbers that no float holds become None, lone surrogates U+FFFD; both are
    marked.

    >>> decode_line(b'{"latency_ms": NaN}')
    DecodedLine(entry={'latency_ms': None}, is_repaired=True)
    """
    value, is_repaired = _decode(line.removeprefix(BOM_UTF8), MAX_DEPTH)
    if type(value) is not dict:
        raise LineError(NOT_AN_OBJECT)
    return DecodedLine(value, is_repaired)


def encode_line(entry: dict[str, Any]) -> bytes:
    """Write an entry as one JSON object and a newline; never raises.

    What JSON cannot carry becomes `{"__repr__": "…"}`, NaN and Infinity null, a lone surrogate
    U+FFFD, a key that is no string its text, what holds values (pydantic, dataclass) its values.

    >>> encode_line({"log_id": "1", "tags": b"x"})
    b'{"log_id":"1","tags":{"__repr__":"b\\'x\\'"}}\\n'
    """
    return _encode(entry, MAX_DEPTH, _LENIENT, b"\n")


def dumps(value: Any, max_depth: int = WRITTEN_DEPTH) -> bytes:
    """JSON without white space, NaN and Infinity as null, lone surrogates as U+FFFD.

    Raises TypeError for what JSON cannot carry, ValueError for circular or too deep values.
    """
    return _encode(value, max_depth, _STRICT)


def loads(data: bytes | str, max_depth: int = MAX_DEPTH) -> Any:
    """Any JSON value, read by the rules of `decode_line`. Raises LineError.

    `max_depth` is `WRITTEN_DEPTH` for what holds whole entries, such as an answer.
    """
    encoded = data if isinstance(data, bytes) else replace_surrogates(data).encode()
    return _decode(encoded, max_depth)[0]


def _decode(data: bytes, max_depth: int) -> tuple[Any, bool]:
    library, outline = _fast_library(), data.translate(_OUTLINE)
    if library is not None and _LONG_NUMBER not in outline:
        try:
            value = library.loads(data)
        except ValueError:
            pass  # the standard library decides, and says what is wrong
        else:
            if outline.count(b"[") > max_depth and nests_deeper_than(value, max_depth):
                raise LineError(TOO_DEEP.format(max_depth))
            return value, False
    if is_deeper_than(data, max_depth):
        raise LineError(TOO_DEEP.format(max_depth))
    try:
        return with_room_on_the_stack(_stdlib_loads, data.decode())
    except UnicodeDecodeError:
        raise LineError(NOT_UTF8) from None
    except ValueError:
        raise LineError(NOT_JSON) from None


def _encode(value: Any, max_depth: int, rules: Lenient, end: bytes = b"") -> bytes:
    """In one pass if possible; whatever is unusual goes through a plain copy.

    `end` is nothing or a newline, which orjson writes itself: joined to it later, it would have the
    whole line copied once more.
    """
    try:
        library = _fast_library()
        if library is not None:  # refuses more than 254 levels itself
            return _orjson_encoder_of(library, rules, bool(end))(value)
        encoded = _encoder_of(rules).encode(value).encode()
        if not is_deeper_than(encoded, max_depth):
            return encoded + end
    except Exception:
        pass  # the slow way decides, and says what is wrong
    return with_room_on_the_stack(_stdlib_dumps, plain(value, max_depth, rules)) + end


def _fast_library() -> ModuleType | None:
    global orjson
    if orjson is _NOT_LOADED:
        try:
            orjson = import_module("orjson")
        except ImportError:
            orjson = None
    return orjson


@lru_cache
def _orjson_encoder_of(
    library: ModuleType, rules: Lenient, is_line: bool
) -> Callable[[Any], bytes]:
    def default(odd: Any) -> Any:
        return library.Fragment(odd.data) if type(odd) is EncodedJson else rules.convert(odd)

    option = (
        library.OPT_PASSTHROUGH_SUBCLASS
        | library.OPT_PASSTHROUGH_DATACLASS
        | library.OPT_PASSTHROUGH_DATETIME
        | (library.OPT_APPEND_NEWLINE if is_line else 0)
    )
    return partial(library.dumps, default=default, option=option)


@lru_cache
def _encoder_of(rules: Lenient) -> json.JSONEncoder:
    return json.JSONEncoder(
        ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=rules.convert
    )


def _stdlib_dumps(value: Any) -> bytes:
    return _encoder_of(_STRICT).encode(value).encode()


def _stdlib_loads(text: str) -> tuple[Any, bool]:
    unreadable: list[str] = []
    value = json.loads(
        text,
        parse_constant=unreadable.append,
        parse_int=lambda digits: _integer(digits, unreadable),
        parse_float=lambda digits: _real(digits, unreadable),
    )
    if not _SURROGATE_ESCAPE.search(text):
        return value, bool(unreadable)
    value, has_surrogates = repair_surrogates(value)
    return value, has_surrogates or bool(unreadable)


def _integer(digits: str, unreadable: list[str]) -> int | None:
    if len(digits.lstrip("-")) <= MAX_NUMBER_DIGITS:
        return int(digits)
    unreadable.append(digits)
    return None


def _real(digits: str, unreadable: list[str]) -> float | None:
    value = float(digits)
    if math.isfinite(value):
        return value
    unreadable.append(digits)
    return None
