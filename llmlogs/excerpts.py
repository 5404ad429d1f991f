"""The few words of a message or an answer that fit into a row, with what was searched for marked.

In comes any JSON value that an agent has sent, out go labelled stretches of plain text (still to be
escaped). Nothing is trusted: what has no text gives none, lengths are bounded before any work.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, islice
from typing import Any
from unicodedata import normalize

from agents_sdk import codec
from agents_sdk.errorfield import error_text
from llmlogs import searchtext
from llmlogs.display import visible

MAX_CHARS = 240
"""More than the widest row shows."""
READ_CHARS = 20_000
"""Of a text, from its beginning; a hit behind that is not shown in a row."""
BEFORE_HIT_CHARS = 24
NARROW_LEAD_CHARS = 12
NARROW_CHARS = 26
"""What a narrow row shows: few words before the hit, and none before a long one."""
MAX_CALLS = 4
MAX_ARGUMENT_CHARS = 2_000
_TOOL_RESULTS = ("tool_result", "function_call_output", "toolResult", "function_response")


@dataclass(frozen=True, slots=True)
class Segment:
    """`is_lead`: words before the hit that a narrow row leaves out, to show the hit itself."""

    text: str
    is_hit: bool = False
    is_lead: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`label` says whose words these are; `is_code` that they are names and values, not prose."""

    label: str
    segments: tuple[Segment, ...]
    is_code: bool = False
    has_hit: bool = False

    @property
    def text(self) -> str:
        return "".join(segment.text for segment in self.segments)


def of_message(message: Any, search: str = "") -> Excerpt:
    """The beginning of a message, or the words around the first hit in it."""
    return excerpt(role(message), searchtext.preview(message, READ_CHARS), search)


def of_answer(fields: dict[str, Any], search: str = "") -> Excerpt:
    """What came back: the error, else the tools that were called, else the words."""
    label, words = next(_answers(fields), ("answer", ""))
    words = _first_line(words) if label == "error" else words
    return excerpt(label, words, search, is_code=label == "calls")


def own_hit(fields: dict[str, Any], search: str) -> Excerpt | None:
    """The words around a hit in what came back, beyond the line that `of_answer` shows."""
    for label, words in _answers(fields):
        found = excerpt(label, words, search, is_code=label == "calls")
        if found.has_hit:
            return found
    return None


def _answers(fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What came back under its label, in the order in which a row would rather show it."""
    parts = (
        ("error", error_text(fields.get("error"))[:READ_CHARS]),
        ("calls", ", ".join(_calls(fields.get("tool_calls")))),
        ("answer", searchtext.preview({"content": fields.get("completion")}, READ_CHARS)),
        ("reasoning", searchtext.preview(fields.get("reasoning"), READ_CHARS)),
    )
    return (part for part in parts if part[1])


def excerpt(label: str, text: str, search: str, *, is_code: bool = False) -> Excerpt:
    """One line of at most `MAX_CHARS` characters, cut so that the first hit is in it."""
    line = one_line(text[:READ_CHARS])
    hits = list(hits_in(line, searchtext.fold(search))) if search else []
    start = max(hits[0][0] - BEFORE_HIT_CHARS, 0) if hits else 0
    start = start if start > BEFORE_HIT_CHARS else 0
    stop = min(start + MAX_CHARS, len(line))
    segments = tuple(_segments(line, start, stop, hits))
    return Excerpt(label, _with_lead(segments), is_code, bool(hits))


def _with_lead(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The words before the first hit in two: those for wide rows only, those for all."""
    first = next((place for place, part in enumerate(segments) if part.is_hit), 0)
    before = "".join(part.text for part in segments[:first])
    kept = min(NARROW_LEAD_CHARS, max(NARROW_CHARS - len(segments[first].text), 0)) if before else 0
    cut = max(len(before) - kept, 0)
    cut = before.find(" ", cut) + 1 or cut if cut else 0
    parts = (Segment(before[:cut], is_lead=True), Segment(before[cut:]))
    return (*(part for part in parts if part.text), *segments[first:])


def marked(text: str, search: str, most: int | None = None) -> tuple[Segment, ...]:
    """A whole text, composed (NFC) as search reads it, its hits (or the first `most`) marked."""
    query = searchtext.fold(search)
    if not query:
        return (Segment(text),)
    composed = normalize("NFC", text)
    hits = list(islice(hits_in(composed, query), most))
    return tuple(_segments(composed, 0, len(composed), hits))


def one_line(text: str) -> str:
    """Composed (NFC), without line breaks and lone surrogates, which have no UTF-8 form.

    >>> one_line("a\\n  b")
    'a b'
    """
    return normalize("NFC", " ".join(text.encode("utf-8", "replace").decode().split()))


def role(message: Any) -> str:
    """Whose words a message has: a tool's, whatever way its provider says so.

    >>> role({"role": "user", "content": [{"type": "tool_result", "content": "18"}]})
    'tool'
    """
    if not isinstance(message, dict):
        return "prompt"
    content = message.get("content") or message.get("parts")
    parts = content if isinstance(content, list) else []
    if any(_is_tool_result(part) for part in parts):
        return "tool"
    said = message.get("role") or message.get("type")
    return visible(one_line(said[:40])) if isinstance(said, str) and said.strip() else "message"


def _is_tool_result(part: Any) -> bool:
    if not isinstance(part, dict):
        return False
    return part.get("type") in _TOOL_RESULTS or any(key in part for key in _TOOL_RESULTS)


def _calls(tool_calls: Any) -> Iterator[str]:
    """`name(argument=value, …)` for each call."""
    listed = tool_calls if isinstance(tool_calls, list) else []
    for call in listed[:MAX_CALLS]:
        if isinstance(call, dict):
            inner = call.get("function")
            yield _call(call, inner if isinstance(inner, dict) else {})
    if len(listed) > MAX_CALLS:
        yield f"and {len(listed) - MAX_CALLS} more"


def _call(call: dict[str, Any], inner: dict[str, Any]) -> str:
    name = call.get("name") or inner.get("name")
    keys = ("arguments", "input", "args")
    given = [holder[key] for holder in (call, inner) for key in keys if key in holder]
    shown = name[:100] if isinstance(name, str) else "a tool"
    return f"{shown}({_arguments(given[0]) if given else ''})"


def _arguments(given: Any) -> str:
    """Arguments are a JSON string as a rule."""
    if isinstance(given, str):
        if len(given) > MAX_ARGUMENT_CHARS:
            return given[:MAX_ARGUMENT_CHARS]
        try:
            given = codec.loads(given)
        except (ValueError, RecursionError):
            return str(given)
    if isinstance(given, dict):
        return ", ".join(f"{key[:60]}={_words(value)}" for key, value in given.items())
    return "" if given is None else _words(given)


def _words(value: Any) -> str:
    """
    >>> _words("a"), _words({"code": 429})
    ('a', '{"code":429}')
    """
    if isinstance(value, str):
        return value[:READ_CHARS]
    try:
        return codec.dumps(value)[:READ_CHARS].decode("utf-8", "replace")
    except (ValueError, RecursionError):
        return "…"


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip()), "")


def hits_in(line: str, query: str) -> Iterator[tuple[int, int]]:
    """Where the folded query stands, as places in the (composed) line itself."""
    folded = searchtext.fold(line)
    at = folded.find(query) if query else -1
    if at < 0:
        return
    place_of = _places(line) if len(folded) != len(line) else int
    while at >= 0:
        yield place_of(at), place_of(at + len(query) - 1) + 1
        at = folded.find(query, at + len(query))


def _places(line: str) -> Callable[[int], int]:
    """From a place in the folded line to the character of the line that it came from."""
    grown = [found.start() for found in _growing().finditer(line)]
    more = [len(line[place].casefold()) - 1 for place in grown]
    ends = [place + sum_ for place, sum_ in zip(grown, accumulate(more), strict=True)]
    added = [0, *accumulate(more)]

    def place_of(at: int) -> int:
        passed = bisect_left(ends, at)
        # Within the characters that one has become, it is that one.
        return min(at - added[passed], grown[passed] if passed < len(grown) else at)

    return place_of


@cache
def _growing() -> re.Pattern[str]:
    """The characters that folding makes several of, as "ß"; all of them stand below U+FB18."""
    growing = (char for char in map(chr, range(0xFB18)) if len(char.casefold()) > 1)
    return re.compile(f"[{''.join(growing)}]")


def _segments(line: str, start: int, stop: int, hits: list[tuple[int, int]]) -> Iterator[Segment]:
    if start:
        yield Segment("…")
    at = start
    for first, end in hits:
        if first >= stop:
            break
        if first > at:
            yield Segment(line[at:first])
        yield Segment(line[first : min(end, stop)], is_hit=True)
        at = min(end, stop)
    if at < stop:
        yield Segment(line[at:stop])
    if stop < len(line):
        yield Segment("…")
