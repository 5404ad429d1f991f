"""Files inside of JSON: which texts are a file in Base64, and how large the file is.

Bytes of files are never shown and never loaded; what stands in their place is their type and size.
"""

import re

from llmlogs.display import size

MIN_BASE64_CHARS = 1_000
"""A shorter run of letters and digits may be a key or a digest, and can be read."""
_LOOKED_AT_CHARS = 2_000
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_DATA_URL = re.compile(
    r"data:([\w.+-]{1,64}/[\w.+-]{1,128})?(?:;[\w.+=-]{1,64}){0,4},[^\s\"'<>)\]]*"
)


def is_base64(text: str) -> bool:
    """Whether a text is nothing but Base64, judged by its beginning.

    >>> is_base64("iVBORw0KGgo" * 200), is_base64("A sentence has spaces. " * 200)
    (True, False)
    """
    if len(text) < MIN_BASE64_CHARS:
        return False
    head = text[:_LOOKED_AT_CHARS].replace("\r", "").replace("\n", "")
    # Words of only letters, or a line of the same letter, are no file.
    return bool(_BASE64.fullmatch(head)) and len(set(head)) > 8 and not head.isalpha()


def decoded_bytes(base64: str) -> int:
    """How many bytes a Base64 text stands for.

    >>> decoded_bytes("aGk="), decoded_bytes("aGk")
    (2, 2)
    """
    length = len(base64) - base64.count("\n") - base64.count("\r")
    tail = base64[-4:].count("=")
    return (length - tail) * 3 // 4


def data_url(text: str) -> tuple[str, int] | None:
    """Media type and bytes of a data URL, or None.

    >>> data_url("data:image/png;base64,aGk=")
    ('image/png', 2)
    """
    head, comma, content = text[:300].partition(",")
    if not comma or not head.startswith("data:"):
        return None
    media_type = head[5:].partition(";")[0] or "text/plain"
    start = len(head) + 1
    if head.endswith(";base64"):
        tail = text[-4:].count("=")
        return media_type, (len(text) - start - tail) * 3 // 4
    return media_type, len(text) - start


def without_binary(text: str) -> str:
    """The same text (the very object, if nothing is in it), files replaced by type and size.

    >>> without_binary("See ![it](data:image/png;base64,aGk=).")
    'See ![it]([image/png, 2 bytes]).'
    """
    if is_base64(text):
        return f"[Base64, {size(decoded_bytes(text))}]"
    if ";base64," not in text:
        return text
    return _DATA_URL.sub(lambda found: _named(found[0]), text)


def _named(url: str) -> str:
    found = data_url(url)
    if found is None:
        return url
    media_type, length_bytes = found
    return f"[{media_type}, {size(length_bytes)}]"
