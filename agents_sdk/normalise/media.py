"""Images, sound and files inside of what is recorded: kept when small, named when large.

A part of up to 64 KB stays as it was sent. Beyond that its bytes are replaced by what they were:
type, size and sha256, so that a log of screenshots does not grow by megabytes a call.
"""

import operator
import re
from collections.abc import Mapping
from typing import Any

from agents_sdk.codec import loads
from agents_sdk.jsonforms import MARK as ODD_VALUE
from agents_sdk.normalise.mediabytes import as_base64, as_words, as_written, decoded, omitted

MAX_INLINE_BYTES = 65_536
MAX_INLINE_CHARS = MAX_INLINE_BYTES * 4 // 3
"""Base64 writes three bytes as four characters."""

_DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+)?((?:;[\w.+=-]+)*),", re.ASCII)
_DATA_KEYS = frozenset(
    ("data", "file_data", "fileData", "bytes", "b64_json", "base64", "blob")
    + ("image", "video", "audio", "image_data", "image_bytes", "imageBytes", "videoBytes")
    + ("partial_image_b64", "bytesBase64Encoded")
)
_RESULT_KEYS = frozenset(("result", "output", "screenshot"))
"""Under these stand texts as well; a long row of hexadecimal digits is one."""
_TYPE_KEYS = ("mime_type", "mimeType", "media_type", "format", "output_format")
_RUN_BLOCK_CHARS = MAX_INLINE_CHARS // 2
_RUN_BLOCK = re.compile(rf"[\w+/=\\-]{{{_RUN_BLOCK_CHARS}}}", re.ASCII)
_RUN_BLOCK_BYTES = re.compile(_RUN_BLOCK.pattern.encode())
_URL_IN_TEXT = re.compile(
    rf"data:(?:[\w.+-]+/[\w.+-]+)?(?:;[\w.+=-]+)*,[\w+/-]{{{MAX_INLINE_CHARS},}}={{0,2}}", re.ASCII
)
_ODD_VALUE = ODD_VALUE.encode()
_MAX_DEPTH = 12
PROBE_CHARS = 400


def with_bounded_media(value: Any) -> Any:
    """Messages, tools or an answer with large media named instead of carried; the same, if none is.

    Bytes (as Bedrock and Gemini take them) become base64, as on the wire.
    """
    return _bounded(value, None, None, 0) if _may_hold_media(value) else value


def may_hold_media(encoded: bytes) -> bool:
    """Whether a value written as JSON holds bytes or so long a run of base64 that it is large.

    A run that is long enough fills one of the blocks of half its length; elsewhere a look at a
    block ends at its first blank or quote.
    """
    if _ODD_VALUE in encoded or len(encoded) <= MAX_INLINE_CHARS:
        return _ODD_VALUE in encoded
    places = range(0, len(encoded) - _RUN_BLOCK_CHARS + 1, _RUN_BLOCK_CHARS)
    return any(_RUN_BLOCK_BYTES.match(encoded, place) for place in places)


def _may_hold_media(messages: Any) -> bool:
    """Whether there is anything but short texts in the messages; this is asked of every call."""
    if type(messages) is dict:
        messages = [messages]
    elif type(messages) is not list:
        return True
    for message in messages:
        if type(message) is not dict:
            return True
        for value in message.values():
            if type(value) is not str or len(value) > MAX_INLINE_CHARS:
                return True
    return False


def _bounded(value: Any, key: str | None, mime_type: str | None, depth: int) -> Any:
    if type(value) is str:
        return value if len(value) <= MAX_INLINE_CHARS else _of_text(value, key, mime_type, depth)
    if isinstance(value, bytes | bytearray | memoryview):
        return _bounded_bytes(bytes(value), mime_type)
    if depth > _MAX_DEPTH:
        return value
    if isinstance(value, list | tuple):
        return _same_or(value, [_bounded(item, key, mime_type, depth + 1) for item in value])
    if isinstance(value, dict):
        kind = _mime_type(value) or mime_type
        return _same_or(
            value, {name: _bounded(item, name, kind, depth + 1) for name, item in value.items()}
        )
    return value


def _same_or(value: Any, copy: Any) -> Any:
    """The value itself if nothing in it was changed."""
    one, other = (value.values(), copy.values()) if isinstance(value, dict) else (value, copy)
    return value if all(map(operator.is_, one, other)) else copy


def _of_text(text: str, key: str | None, mime_type: str | None, depth: int) -> Any:
    """A long text stays; media are data URLs, base64 of a data field, and that of known files."""
    match = _DATA_URL.match(text)
    data, kind = decoded(text, match, is_data=_is_data(key, text[:PROBE_CHARS]))
    if data is not None:
        return text if len(data) <= MAX_INLINE_BYTES else omitted(data, kind or mime_type)
    if not _has_long_run(text):
        return text
    if text.lstrip()[:1] in ("{", "[", '"'):
        return _bounded_json(text, depth)
    return _URL_IN_TEXT.sub(_named, text)


def _is_data(key: str | None, start: str) -> bool:
    if key in _RESULT_KEYS:
        return start not in (start.lower(), start.upper())
    return key in _DATA_KEYS


def _has_long_run(text: str) -> bool:
    places = range(0, len(text) - _RUN_BLOCK_CHARS + 1, _RUN_BLOCK_CHARS)
    return any(_RUN_BLOCK.match(text, place) for place in places)


def _bounded_json(text: str, depth: int) -> str:
    """What a tool gave back is mostly JSON written as a text."""
    try:
        value = loads(text)
    except ValueError:
        return _URL_IN_TEXT.sub(_named, text)
    bounded = _bounded(value, None, None, depth + 1)
    return text if bounded is value else as_written(bounded)


def _named(match: re.Match[str]) -> str:
    data, kind = decoded(match[0], _DATA_URL.match(match[0]), is_data=True)
    return match[0] if data is None else as_words(data, kind)


def _bounded_bytes(data: bytes, mime_type: str | None) -> Any:
    return omitted(data, mime_type) if len(data) > MAX_INLINE_BYTES else as_base64(data)


def _mime_type(holder: Mapping[Any, Any]) -> str | None:
    for name in _TYPE_KEYS:
        if isinstance(holder.get(name), str):
            return str(holder[name])
    return None
