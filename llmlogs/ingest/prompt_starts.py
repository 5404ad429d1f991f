"""Reads a line without parsing again the prompt that an earlier line of its file began with.

An agent loop sends its whole history with every call, so most bytes of a line stand in the line of
the call before: its messages and its tools, letter by letter. Here the bytes of such lists are kept
with the ids that they have in the index, and cut out of the next line that begins its prompt so.

Why a cut cannot be wrong, whatever a line says: in the place of what is cut stands a string that
nobody outside this process knows, and one more at the end of the list. If the rest is JSON and has
them as first and last value of `messages`, the cut began where a value may begin and ended where a
list may end, and what was cut is nothing but whole values: it was proven so, by the same means,
when it was kept. If not, the line is read as a whole.
"""

import re
import secrets
from typing import Any, NamedTuple

from agents_sdk import codec

MAX_STARTS_PER_FILE = 16
"""Conversations that go on side by side in one file. A line is compared with each, which takes
0.2 µs where they have the system prompt in common."""
MAX_LINE_BYTES = 1 << 20
MAX_TOTAL_BYTES = 16 << 20

_FENCE = "".join(secrets.choice("ghijklmnopqrstuvwxyz") for _ in range(32))
"""Without digits: `codec` reads long numbers in a slower way."""
_OPEN, _CLOSE = b'"%s"' % _FENCE.encode(), b',"%s"' % _FENCE.encode()
_MESSAGES = re.compile(rb'"messages"\s*:\s*\[(?!\s*\])')
_TOOLS = re.compile(rb'\]\s*,\s*"tools"\s*:\s*(\[(?!\s*\]))?')
_COMPLETION = re.compile(rb'\]\s*,\s*"completion"\s*:')


class Start(NamedTuple):
    """A prompt that the index has: what an entry needs to begin with it."""

    system_ref: int | None
    node_ref: int
    message_count: int
    preview: str


class Reading(NamedTuple):
    """A line, decoded. Behind a known `start` the entry has only the messages that follow it; where
    `tools_ref` is known, its list of tools is empty."""

    entry: dict[str, Any]
    is_repaired: bool
    start: Start | None = None
    tools_ref: int | None = None
    prompt_bytes: bytes | None = None
    """The whole prompt as the line spells it, where the next line may begin with it."""
    tools_bytes: bytes | None = None


class _Cut(NamedTuple):
    """A line taken apart: `rest` has fences where lists were cut. Lists without their brackets."""

    rest: bytes
    prompt: bytes
    start: Start | None
    tools: bytes | None
    tools_ref: int | None


class PromptStarts:
    """What the last lines of each file began with, bounded in number and bytes."""

    def __init__(self) -> None:
        self._starts: dict[int, list[tuple[bytes, Start]]] = {}
        self._tools: dict[int, tuple[bytes, int]] = {}
        self._total_bytes = 0

    def forget(self) -> None:
        """To be called once an id that is kept here may have left the index."""
        self._starts.clear()
        self._tools.clear()
        self._total_bytes = 0

    @property
    def kept_bytes(self) -> int:
        lists = [tools for tools, _ in self._tools.values()]
        lists += [prompt for starts in self._starts.values() for prompt, _ in starts]
        return sum(map(len, lists))

    def read(self, line: bytes, file_ref: int) -> Reading:
        """Decode a line of a file. Raises `codec.LineError`."""
        reading = self._read_in_parts(line, file_ref) if len(line) <= MAX_LINE_BYTES else None
        return reading or Reading(*_decoded(line))

    def remember(
        self, reading: Reading, file_ref: int, start: Start, tools_ref: int | None
    ) -> None:
        """Keep the ids of what a line said, so that the next line is known by them."""
        if reading.tools_bytes is not None and reading.tools_ref is None and tools_ref is not None:
            self._total_bytes -= len(self._tools.pop(file_ref, (b"", 0))[0])
            self._make_room(reading.tools_bytes)
            self._tools[file_ref] = (reading.tools_bytes, tools_ref)
        if reading.prompt_bytes is None:
            return
        self._make_room(reading.prompt_bytes)
        starts = self._starts.setdefault(file_ref, [])
        starts.insert(0, (reading.prompt_bytes, start))
        if len(starts) > MAX_STARTS_PER_FILE:
            self._total_bytes -= len(starts.pop()[0])

    def _make_room(self, data: bytes) -> None:
        if self._total_bytes + len(data) > MAX_TOTAL_BYTES:
            self.forget()
        self._total_bytes += len(data)

    def _read_in_parts(self, line: bytes, file_ref: int) -> Reading | None:
        """The line without what is known of it; None if it is not built as most lines are."""
        cut = self._cut(line, file_ref)
        if cut is None:
            return None
        try:
            entry, is_repaired = _decoded(cut.rest)
        except codec.LineError:
            return None
        keys = ("messages",) if cut.tools is None else ("messages", "tools")
        if not all(_take_out_fences(entry, key) for key in keys):
            return None
        if is_repaired:
            return Reading(entry, is_repaired, cut.start, cut.tools_ref)
        return Reading(entry, is_repaired, cut.start, cut.tools_ref, cut.prompt, cut.tools)

    def _cut(self, line: bytes, file_ref: int) -> _Cut | None:
        opening = _MESSAGES.search(line)
        if opening is None:
            return None
        begin = opening.end()
        known, start = self._find_start(line, begin, file_ref)
        turn = _TOOLS.search(line, begin + len(known))
        if turn is None:
            return None
        end, tools_begin = turn.span()
        head = (line[:begin], *_fenced(line, begin, end, len(known)))
        prompt = line[begin:end]
        known_tools, tools_ref, tools_end = self._find_tools(line, turn, file_ref)
        if tools_end is None:
            return _Cut(b"".join((*head, line[end:])), prompt, start, None, None)
        fenced_tools = _fenced(line, tools_begin, tools_end, len(known_tools))
        rest = b"".join((*head, line[end:tools_begin], *fenced_tools, line[tools_end:]))
        return _Cut(rest, prompt, start, known_tools or line[tools_begin:tools_end], tools_ref)

    def _find_start(self, line: bytes, begin: int, file_ref: int) -> tuple[bytes, Start | None]:
        """The kept prompt that the line's begins with. It is taken away: what replaces it, once
        the line is indexed, is the longer one."""
        starts = self._starts.get(file_ref, [])
        for place, (known, start) in enumerate(starts):
            if line.startswith(known, begin):
                del starts[place]
                self._total_bytes -= len(known)
                return known, start
        return b"", None

    def _find_tools(
        self, line: bytes, turn: re.Match[bytes], file_ref: int
    ) -> tuple[bytes, int | None, int | None]:
        """The kept list of tools if it is the line's, its id, and where the list of the line ends;
        None if it has none, or an empty one."""
        begin = turn.end()
        known, ref = self._tools.get(file_ref, (b"", None))
        if turn[1] and known and line.startswith(known, begin):
            end = begin + len(known)
            if _COMPLETION.match(line, end):
                return known, ref, end
        closing = _COMPLETION.search(line, begin) if turn[1] else None
        return b"", None, None if closing is None else closing.start()


def _decoded(line: bytes) -> tuple[dict[str, Any], bool]:
    decoded = codec.decode_line(line)
    return decoded.entry, decoded.is_repaired


def _fenced(line: bytes, begin: int, end: int, known_bytes: int) -> tuple[bytes, ...]:
    """A list without its brackets: the fence in the place of what is known, what is new in it, and
    the fence once more."""
    comma = b"" if known_bytes else b","
    return _OPEN, comma, line[begin + known_bytes : end], _CLOSE


def _take_out_fences(entry: dict[str, Any], key: str) -> bool:
    """Leave of a list what is between the fences; False if they are not its ends."""
    value = entry.get(key)
    if type(value) is not list or len(value) < 2 or not value[0] == value[-1] == _FENCE:
        return False
    entry[key] = value[1:-1]
    return True
