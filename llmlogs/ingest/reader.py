"""Complete lines of one file from an offset on, however long, in bounded memory.

Promises: a line is given once it is whole (it ends in a newline, or the file is rotated and its
last bytes are a JSON object); the bytes of a half-written line are searched once, not at every
look; a line over `MAX_LINE_BYTES` is passed over as one line without being held in memory.
"""

import os
from dataclasses import dataclass

from agents_sdk import codec
from llmlogs.conf import MAX_LINE_BYTES
from llmlogs.ingest.positions import RawLine

READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Read:
    """What one look at a file gave. `scanned` is where to look for a newline next time."""

    lines: tuple[RawLine, ...]
    next_offset: int
    scanned: int


def read_lines(
    fd: int, offset: int, size: int, *, scanned: int, budget_bytes: int, is_final: bool
) -> Read:
    """Read whole lines of `fd` between `offset` and `size`.

    Stops after about `budget_bytes`, and before a line that is longer than one read, unless that
    line comes first: long lines travel alone. `scanned` says up to where no newline was found
    before. `is_final`: nobody goes on with the last line, so it may come without a newline.
    """
    if scanned - offset < READ_BYTES and size - offset <= READ_BYTES:
        return _read_block(fd, offset, size, is_final)
    first = _find_newline(fd, max(offset, scanned), size)
    if first is None and not is_final:
        return Read((), offset, size)
    end = size if first is None else first
    if end - offset > READ_BYTES or first is None:
        return _read_long(fd, offset, end, is_tail=first is None)
    return _read_block(fd, offset, min(size, offset + max(budget_bytes, READ_BYTES)), False)


def _read_block(fd: int, offset: int, end: int, is_final: bool) -> Read:
    block = _pread(fd, offset, end - offset)
    lines: list[RawLine] = []
    start = 0
    while (newline := block.find(b"\n", start)) >= 0:
        if newline - start > READ_BYTES and lines:
            return Read(tuple(lines), offset + start, offset + start)
        _append(lines, offset + start, block[start:newline])
        start = newline + 1
    if is_final and start < len(block) and _is_object(block[start:]):
        _append(lines, offset + start, block[start:])
        start = len(block)
    scanned = offset + (start if lines else len(block))
    return Read(tuple(lines), offset + start, scanned)


def _read_long(fd: int, offset: int, end: int, *, is_tail: bool) -> Read:
    length = end - offset
    if length > MAX_LINE_BYTES:
        return Read((RawLine(offset, b"", length, is_too_long=True),), end + (not is_tail), end)
    line = _pread(fd, offset, length)
    if is_tail and not _is_object(line):
        return Read((), offset, end)
    return Read((RawLine(offset, line, length),), end + (not is_tail), end)


def _append(lines: list[RawLine], offset: int, line: bytes) -> None:
    """Blank lines are no lines: our own writers begin with a newline to close a torn one."""
    if line.strip():
        lines.append(RawLine(offset, line, len(line)))


def _is_object(line: bytes) -> bool:
    try:
        codec.decode_line(line)
    except codec.LineError:
        return False
    return True


def _find_newline(fd: int, start: int, size: int) -> int | None:
    while start < size:
        block = os.pread(fd, min(READ_BYTES, size - start), start)
        if not block:
            return None
        found = block.find(b"\n")
        if found >= 0:
            return start + found
        start += len(block)
    return None


def _pread(fd: int, offset: int, length: int) -> bytes:
    """Read up to `length` bytes; less if the file ends earlier (it was truncated meanwhile)."""
    block = os.pread(fd, length, offset)
    while len(block) < length:
        more = os.pread(fd, length - len(block), offset + len(block))
        if not more:
            break
        block += more
    return block
