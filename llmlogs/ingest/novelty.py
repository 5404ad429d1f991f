"""Tells that a key cannot be in the index yet, without asking SQLite.

Nearly every message, answer and entry of a backlog is new, and to find that out in three indexes
was a tenth of the time of indexing. A Bloom filter knows it for sure: what was never added is
mostly said to be new, what was added never is. Removed keys stay in it; they cost a query.

It is filled along with an index that was begun empty: then it has seen every key. An index that was
there before would have to be read from end to end first, so there everything may be known.
"""

from collections.abc import Iterable

BITS = 1 << 24
"""2 MB; with a million keys one new key in 80 is asked for in vain."""


class Novelty:
    """Which 16-byte digests have been added; all of them may have been if it is not `complete`."""

    def __init__(self, *, is_complete: bool) -> None:
        self._bits = bytearray(BITS // 8) if is_complete else None

    def add(self, keys: Iterable[bytes]) -> None:
        bits = self._bits
        if bits is None:
            return
        for key in keys:
            first, second = int.from_bytes(key[:3]), int.from_bytes(key[3:6])
            bits[first >> 3] |= 1 << (first & 7)
            bits[second >> 3] |= 1 << (second & 7)

    def is_new(self, key: bytes) -> bool:
        """True only if the key was never added."""
        bits = self._bits
        if bits is None:
            return False
        first = int.from_bytes(key[:3])
        if not bits[first >> 3] >> (first & 7) & 1:
            return True
        second = int.from_bytes(key[3:6])
        return not bits[second >> 3] >> (second & 7) & 1
