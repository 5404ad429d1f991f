"""The bytes behind a text that may be a file: how they are found, what stands in their place."""

import base64
import binascii
import hashlib
import json
import re
from typing import Any
from urllib.parse import unquote_to_bytes

MARK = "omitted"

_SIGNATURES = {
    "iVBORw0KGgo": "image/png",
    "/9j/": "image/jpeg",
    "R0lGOD": "image/gif",
    "JVBERi0": "application/pdf",
    "UEsDB": "application/zip",
    "SUQz": "audio/mpeg",
    "T2dnUw": "audio/ogg",
    "UklGR": None,
    "AAAAIGZ0eX": "video/mp4",
    "AAAAHGZ0eX": "video/mp4",
    "AAAAGGZ0eX": "video/mp4",
}
"""How base64 of well-known files begins; RIFF holds pictures, sound and films."""
_URL_SAFE = str.maketrans("-_", "+/")


def omitted(data: bytes, mime_type: str | None) -> dict[str, Any]:
    """What stands in the place of bytes that are too many."""
    return {MARK: {"mime_type": mime_type, "size_bytes": len(data), "sha256": _digest(data)}}


def as_words(data: bytes, mime_type: str | None) -> str:
    """The same in the middle of a text."""
    return f"[{MARK}: {mime_type or 'file'}, {len(data)} bytes, sha256 {_digest(data)}]"


def as_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def as_written(value: Any) -> str:
    """A value as the JSON text that a tool would have written."""
    return json.dumps(value, ensure_ascii=False)


def decoded(
    text: str, url: re.Match[str] | None, *, is_data: bool
) -> tuple[bytes | None, str | None]:
    """The bytes of a data URL (`url` is its beginning), of a field for data or of a known file, and
    their type where the text says it; None of a text that is none of these."""
    if url is not None and "base64" not in url[2]:
        return (unquote_to_bytes(text[url.end() :]) if url[1] else None), url[1]
    known = next((start for start in _SIGNATURES if text.startswith(start)), None)
    if url is None and known is None and not is_data:
        return None, None
    kind = url[1] if url else _SIGNATURES.get(known or "")
    return _from_base64(text[url.end() :] if url else text), kind


def _from_base64(text: str) -> bytes | None:
    """Base64 of either alphabet, with or without its end and with or without line breaks."""
    if "\n" in text:
        text = "".join(text.split("\n")).replace("\r", "")
    missing = -len(text) % 4
    try:
        return base64.b64decode(text.translate(_URL_SAFE) + "=" * missing, validate=True)
    except (binascii.Error, ValueError):
        return None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
