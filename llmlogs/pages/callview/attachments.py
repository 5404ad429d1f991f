"""Images, audio, documents and other files in a message: what they are, never their bytes.

Providers wrap the same facts differently (a data URL, a `source`, `inline_data`, a `format` beside
`bytes`); they are looked for in the part itself and in the objects known to hold them.
"""

from collections.abc import Iterator
from typing import Any

from llmlogs.display import size
from llmlogs.pages.callview.binary import data_url, decoded_bytes
from llmlogs.pages.callview.pieces import Block

TYPES = frozenset(
    (
        *(
            "image",
            "image_url",
            "input_image",
            "output_image",
            "image_file",
            "image_generation_call",
        ),
        *("audio", "input_audio", "output_audio", "audio_url", "media", "video", "video_url"),
        *("input_video", "file", "input_file", "document", "container_upload"),
    )
)
HOLDERS = (
    *("inline_data", "inlineData", "file_data", "fileData", "image", "audio", "video", "document"),
    *("image_url", "input_audio", "file", "video_url", "audio_url", "source", "s3Location"),
)
_MEDIA_TYPES = ("media_type", "mime_type", "mimeType", "format", "output_format")
_CONTENTS = ("data", "bytes", "file_data", "base64", "result")
_ADDRESSES = (
    "url",
    "image_url",
    "file_uri",
    "fileUri",
    "uri",
    "file_url",
    "video_url",
    "audio_url",
)
_NAMES = (
    "filename",
    "file_name",
    "display_name",
    "displayName",
    "title",
    "name",
    "file_id",
    "fileId",
)
_MEDIA = ("image", "audio", "video", "document")
MAX_NAME_CHARS = 200
MAX_BYTES = 1 << 60
"""What says that it is larger is no file."""
_NOT_HERE = "not in the entry"


def is_attachment(part: dict[str, Any]) -> bool:
    """Whether a part of a message stands for a file."""
    kind = part.get("type")
    if isinstance(kind, str):
        return kind in TYPES
    wraps = (part.get(key) for key in HOLDERS[:8])
    return any(isinstance(value, dict) for value in wraps)


def attachment(part: dict[str, Any]) -> Block:
    """Type, size, name and address of a file, as far as the part says."""
    holders = list(_holders(part))
    media_type = _first(holders, _MEDIA_TYPES)
    length_bytes: int | None = None
    addresses = []
    for text in _texts(holders, (*_CONTENTS, *_ADDRESSES)):
        found = data_url(text)
        if found is not None:
            media_type, length_bytes = media_type or found[0], found[1]
        elif "://" in text[:20]:
            addresses.append(text[:MAX_NAME_CHARS])
        elif length_bytes is None:
            length_bytes = decoded_bytes(text)
    left_out = _left_out(holders)
    media_type = media_type or _first([left_out], _MEDIA_TYPES)
    kind = _kind(part, media_type)
    facts = [media_type if media_type != kind else "", *addresses[:1], _first(holders, _NAMES)]
    if left_out:
        said = left_out.get("size_bytes")
        facts += [size(said)] if type(said) is int and 0 <= said < MAX_BYTES else []
        facts.append(_NOT_HERE)
    elif length_bytes is not None:
        facts.append(size(length_bytes))
    return Block("attachment", " · ".join(fact for fact in facts if fact) or _NOT_HERE, kind)


def _left_out(holders: list[dict[str, Any]]) -> dict[str, Any]:
    """What our SDK writes in the place of a file that is too large to be kept; {} elsewhere."""
    inner = (value for one in holders for value in one.values() if isinstance(value, dict))
    found = (one.get("omitted") for one in (*holders, *inner))
    return next((one for one in found if isinstance(one, dict)), {})


def _holders(part: dict[str, Any], depth: int = 0) -> Iterator[dict[str, Any]]:
    yield part
    for key in HOLDERS:
        inner = part.get(key)
        if isinstance(inner, dict) and depth < 3:
            yield from _holders(inner, depth + 1)


def _texts(holders: list[dict[str, Any]], keys: tuple[str, ...]) -> Iterator[str]:
    for holder in holders:
        for key in keys:
            value = holder.get(key)
            if isinstance(value, str) and value:
                yield value


def _first(holders: list[dict[str, Any]], keys: tuple[str, ...]) -> str:
    return next(_texts(holders, keys), "")[:MAX_NAME_CHARS]


def _kind(part: dict[str, Any], media_type: str) -> str:
    """image, audio, video, document or file."""
    said = [media_type.partition("/")[0], str(part.get("type") or ""), *part]
    return next((word for text in said for word in _MEDIA if word in text), "file")
