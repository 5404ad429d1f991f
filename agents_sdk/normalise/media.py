"""Images, sound and files inside messages: kept when small, named when large.

A part of up to 64 KB stays as it was sent. Beyond that its bytes are replaced by what they were:
type, size and sha256, so that a log of screenshots does not grow by megabytes a call.
"""

import base64
import binascii
import hashlib
import operator
import re
from typing import Any

MAX_INLINE_BYTES = 65_536
MAX_INLINE_CHARS = MAX_INLINE_BYTES * 4 // 3
"""Base64 writes three bytes as four characters."""
MARK = "omitted"

_DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+)?((?:;[\w.+=-]+)*),", re.ASCII)
_DATA_KEYS = frozenset({"data", "file_data", "bytes", "b64_json", "image", "video", "audio"})
_MAX_DEPTH = 12


def with_bounded_media(messages: Any) -> Any:
    """The messages with large media named instead of carried; what needs no change is the same.

    Bytes (as Bedrock and Gemini take them) become base64, as on the wire.
    """
    return _bounded(messages, None, None, 0) if _may_hold_media(messages) else messages


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


def omitted(data: bytes, mime_type: str | None) -> dict[str, Any]:
    """What stands in the place of bytes that are too many."""
    digest = hashlib.sha256(data).hexdigest()
    return {MARK: {"mime_type": mime_type, "size_bytes": len(data), "sha256": digest}}


def _bounded(value: Any, key: str | None, mime_type: str | None, depth: int) -> Any:
    if type(value) is str:
        return value if len(value) <= MAX_INLINE_CHARS else _bounded_text(value, key, mime_type)
    if isinstance(value, bytes | bytearray):
        return _bounded_bytes(bytes(value), mime_type)
    if depth > _MAX_DEPTH:
        return value
    if type(value) is list:
        return _same_or(value, [_bounded(item, key, mime_type, depth + 1) for item in value])
    if type(value) is dict:
        kind = _mime_type(value) or mime_type
        return _same_or(
            value, {name: _bounded(item, name, kind, depth + 1) for name, item in value.items()}
        )
    return value


def _same_or(value: Any, copy: Any) -> Any:
    """The value itself if nothing in it was changed."""
    one, other = (value.values(), copy.values()) if type(value) is dict else (value, copy)
    return value if all(map(operator.is_, one, other)) else copy


def _bounded_text(text: str, key: str | None, mime_type: str | None) -> Any:
    """A long text stays; only data URLs and the base64 of a data field are media."""
    match = _DATA_URL.match(text)
    if match is None and key not in _DATA_KEYS:
        return text
    encoded = text[match.end() :] if match else text
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return text
    if len(data) <= MAX_INLINE_BYTES:
        return text
    return omitted(data, match[1] if match else mime_type)


def _bounded_bytes(data: bytes, mime_type: str | None) -> Any:
    if len(data) > MAX_INLINE_BYTES:
        return omitted(data, mime_type)
    return base64.b64encode(data).decode()


def _mime_type(holder: dict[str, Any]) -> str | None:
    for name in ("mime_type", "mimeType", "media_type", "format"):
        if isinstance(holder.get(name), str):
            return str(holder[name])
    return None
