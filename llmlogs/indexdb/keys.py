"""Digests that stand for ids, names and contents in the index.

Ids from the outside may be thousands of characters long and messages megabytes; 16 bytes of blake2b
keep keys and their indexes small, and a chance meeting of two contents out of the question.
"""

from hashlib import blake2b

from llmlogs.models.index import KEY_BYTES


def digest(*parts: bytes) -> bytes:
    """Digest of a sequence of byte strings; each is preceded by its length, so ("ab", "c") and
    ("a", "bc") differ."""
    state = blake2b(digest_size=KEY_BYTES)
    for part in parts:
        state.update(len(part).to_bytes(8, "little"))
        state.update(part)
    return state.digest()


def text_key(text: str) -> bytes:
    """Digest of a string of any content, lone surrogates included."""
    return digest(text.encode("utf-8", "surrogatepass"))
