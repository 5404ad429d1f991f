"""What a message is made of on a page: pieces, and the blocks of text in them.

In come texts of any length, out go blocks of a bounded one: first what stands open, then what is
folded behind it, then the number of characters that stay away, with the JSON pointer under which
the reader can ask for them. Words keep their white space, fenced code becomes blocks of its own.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from llmlogs.pages.callview.binary import without_binary

MAX_TEXT_CHARS = 12_000
"""Of one text on a page; what is longer is loaded in stretches when someone asks."""
LEAD_CHARS = 2_400
LEAD_LINES = 32
"""What of a text stands open; the rest is folded."""
FOLD_AT_LEAST_CHARS = 400
"""A shorter rest is not worth a click."""
_FENCE = re.compile(r"^[ \t]{0,3}(`{3,}|~{3,})[ \t]*([^\n`]{0,80})$", re.MULTILINE)
_FENCE_END = re.compile(r"^[ \t]{0,3}(`{3,}|~{3,})[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a text. `kind` is words, code or attachment; `label` a language or a medium."""

    kind: str
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a message.

    `kind` is text, reasoning, refusal, call, result, attachment or other; `label` names the tool or
    the unknown part; `path` is the JSON pointer of the value it shows.
    """

    kind: str
    path: str
    lead: tuple[Block, ...] = ()
    rest: tuple[Block, ...] = ()
    label: str = ""
    call_id: str = ""
    executed_by: str = ""
    """Of a call that nobody has to answer: who ran the tool."""
    asked: str = ""
    """Of a result: what the tool was called with, on one line."""
    is_failed: bool = False
    cut_chars: int = 0
    cut_from: int = 0
    """Where in the text at `path` the characters begin that are not here."""
    is_cut: bool = False
    whole: str = ""
    """The text at `path`, where it is cut at `cut_from`: for what is said of the part behind."""

    @property
    def rest_chars(self) -> int:
        return sum(len(block.text) for block in self.rest)

    @property
    def total_chars(self) -> int:
        return self.rest_chars + sum(len(block.text) for block in self.lead)


def text_piece(kind: str, text: str, path: str, *, label: str = "") -> Piece:
    """A text; what in it is the Base64 form of a file is named instead."""
    readable = without_binary(text)
    shown = readable[:MAX_TEXT_CHARS]
    cut_chars = len(readable) - len(shown)
    lead, rest = folded(fenced(shown))
    cut_from = len(shown) if readable is text else 0
    return Piece(
        kind=kind,
        path=path,
        lead=lead,
        rest=rest,
        label=label,
        cut_chars=cut_chars,
        cut_from=cut_from,
        is_cut=cut_chars > 0,
        whole=text if cut_chars and cut_from else "",
    )


def fenced(text: str) -> Iterator[Block]:
    """Words and fenced code in turn; an open fence reaches to the end."""
    start = 0
    while opening := _FENCE.search(text, start):
        if words := text[start : opening.start()].strip("\n"):
            yield Block("words", words)
        body_start = min(opening.end() + 1, len(text))
        closing = _closing(text, opening[1], body_start)
        code = text[body_start : closing[0]].removesuffix("\n")
        yield Block("code", code, opening[2].strip())
        start = closing[1]
    if words := text[start:].lstrip("\n") if start else text:
        yield Block("words", words)


def folded(blocks: Iterable[Block]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Blocks that stand open, and those that are folded behind them."""
    lead: list[Block] = []
    rest: list[Block] = []
    room_chars, room_lines = LEAD_CHARS, LEAD_LINES
    for block in blocks:
        if room_chars <= 0 or room_lines <= 0:
            rest.append(block)
            continue
        end = _end_of_lead(block.text, room_chars, room_lines)
        lead.append(Block(block.kind, block.text[:end], block.label))
        room_chars -= end
        room_lines -= block.text.count("\n", 0, end) + 1
        if end < len(block.text):
            rest.append(Block(block.kind, block.text[end:].removeprefix("\n"), block.label))
            room_chars = 0
    if sum(len(block.text) for block in rest) < FOLD_AT_LEAST_CHARS and len(rest) < 2:
        return _rejoined(lead, rest), ()
    return tuple(lead), tuple(rest)


def _rejoined(lead: list[Block], rest: list[Block]) -> tuple[Block, ...]:
    if not rest:
        return tuple(lead)
    last = lead[-1] if lead else None
    if last is None or (last.kind, last.label) != (rest[0].kind, rest[0].label):
        return (*lead, *rest)
    return (*lead[:-1], Block(last.kind, f"{last.text}\n{rest[0].text}", last.label))


def _end_of_lead(text: str, room_chars: int, room_lines: int) -> int:
    """Where the open part ends: at the end of a line, if that costs little."""
    end = _end_of_line(text, room_lines)
    if end <= room_chars:
        return end
    line_end = text.rfind("\n", room_chars // 2, room_chars)
    return line_end if line_end > 0 else room_chars


def _end_of_line(text: str, number: int) -> int:
    place = -1
    for _ in range(number):
        place = text.find("\n", place + 1)
        if place < 0:
            return len(text)
    return place


def _closing(text: str, fence: str, start: int) -> tuple[int, int]:
    """Where the code of a fence ends, and where the words after it begin."""
    for line in _FENCE_END.finditer(text, start):
        if line[1][0] == fence[0] and len(line[1]) >= len(fence):
            return line.start(), line.end()
    return len(text), len(text)
