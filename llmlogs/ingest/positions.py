"""Which file is which, and how far it has been read.

A file is known by device and inode, and by a fingerprint of what was read of it: names change with
rotation, an inode number may be given to another file later, and a file may be cut and grow again.
"""

import os
from dataclasses import dataclass
from hashlib import blake2b

HEAD_BYTES = 1024
"""Long enough to hold the id and time of a first entry, which no other file shares."""
TAIL_BYTES = 256
"""The last bytes read are looked at as well: they tell that a file was cut behind its head and has
grown past the old end since."""


@dataclass(frozen=True, slots=True)
class FilePosition:
    """A file of `logs/llm` and what is known of it; the row of `LogFile`.

    `offset` is the byte up to which its lines are in the index, `fingerprint` that of its first
    `fingerprint_bytes` bytes. Times are effective timestamps in
    Unix seconds, of all lines read, those too old to be indexed included.
    """

    id: int
    name: str
    device: int
    inode: int
    offset: int = 0
    fingerprint: bytes = b""
    fingerprint_bytes: int = 0
    lines: int = 0
    rejected: int = 0
    last_timestamp: float | None = None
    oldest_timestamp: float | None = None
    newest_timestamp: float | None = None

    @property
    def identity(self) -> tuple[int, int]:
        return self.device, self.inode


def fingerprint(fd: int, length: int) -> bytes:
    """Digest of the head and the tail of the first `length` bytes of an open file."""
    head = os.pread(fd, min(length, HEAD_BYTES), 0)
    tail = os.pread(fd, min(length, TAIL_BYTES), max(0, length - TAIL_BYTES))
    return blake2b(head + tail, digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class RawLine:
    """A complete line without its newline. `too_long` lines come without their bytes."""

    offset: int
    line: bytes
    line_bytes: int
    is_too_long: bool = False


LARGE_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class FileChunk:
    """Lines read from one file at one go, and the position once they are indexed."""

    position: FilePosition
    lines: tuple[RawLine, ...]
    next_offset: int
    fingerprint: bytes
    fingerprint_bytes: int
    file_time: float
    """Modification time of the file, Unix seconds."""

    @property
    def line_bytes(self) -> int:
        return self.next_offset - self.position.offset


def storable_name(file_name: str) -> str:
    """A file name as text: bytes that are no UTF-8 become U+FFFD.

    The follower knows the file by its inode and learns the true name at its next look.
    """
    return os.fsencode(file_name).decode("utf-8", "replace")
