"""Text of others, made fit for a terminal: nothing in it acts, and its width is known.

What agents and models wrote may hold escape sequences that move the cursor, set the clipboard or
hide text. Here every character that a terminal obeys or that nobody can see becomes its escape
(`\\x1b`, `\\u202e`); joiners of scripts and emoji stay, since words would break without them.
"""

import re
import unicodedata

TAB_COLUMNS = 4
MAX_CHARS_PER_COLUMN = 4
"""Marks without a width could otherwise pile up without an end in one line."""
ELLIPSIS = "…"

_JOINERS = "\u200c\u200d"
_EMOJI_LOOK = "\ufe0f"
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_WITHOUT_WIDTH = frozenset(("Mn", "Me", "Cf"))
_BEYOND_PLAIN = re.compile(r"[^ -~\n]")
"""Everything but printable ASCII and the end of a line; each is looked at."""
_UNSEEN_IN_JSON = re.compile("[\x7f-\x9f\xad\u0600-\u0605\u061c\u200b-\u200f\u2028-\u202e"
                             "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")  # fmt: skip
"""What JSON may hold as it is and a terminal or an eye may not."""


def visible(text: str) -> str:
    """Many lines, in which every character that acts or cannot be seen is written out.

    >>> visible("a\\r\\nb\\x1b[31m")
    'a\\nb\\\\x1b[31m'
    """
    lines = text.replace("\r\n", "\n").expandtabs(TAB_COLUMNS)
    return _BEYOND_PLAIN.sub(_shown, lines)


def one_line(text: str) -> str:
    """The same with every stretch of white space as one space."""
    return visible(" ".join(text.split()))


def safe_json(text: str) -> str:
    """JSON that says the same, its unseen characters escaped as JSON does it."""
    return _UNSEEN_IN_JSON.sub(_json_escape, text)


def width(text: str) -> int:
    """How many columns a terminal needs.

    >>> width("Köln"), width("東京"), width("e\\u0301"), width("❤\\ufe0f")
    (4, 4, 1, 2)
    """
    if text.isascii():
        return len(text)
    columns = previous = 0
    for character in text:
        if character == _EMOJI_LOOK and previous == 1:
            columns += 1
        previous = _columns_of(character)
        columns += previous
    return columns


def fitted(text: str, columns: int) -> str:
    """As much of a line as has room, with an ellipsis where something is missing.

    >>> fitted("Take an umbrella.", 8), fitted("東京都", 5)
    ('Take an…', '東京…')
    """
    if len(text) <= columns * MAX_CHARS_PER_COLUMN and width(text) <= columns:
        return text
    taken = 0
    kept: list[str] = []
    for character in text[: columns * MAX_CHARS_PER_COLUMN]:
        # The look of an emoji may widen the character before it.
        taken += 1 if character == _EMOJI_LOOK else _columns_of(character)
        if taken > columns - width(ELLIPSIS):
            break
        kept.append(character)
    return "".join(kept).rstrip(_JOINERS) + ELLIPSIS if columns else ""


def padded(text: str, columns: int, *, is_right: bool = False) -> str:
    """A cell of exactly that many columns.

    >>> padded("東京", 6, is_right=True)
    '  東京'
    """
    cell = fitted(text, columns)
    space = " " * (columns - width(cell))
    return space + cell if is_right else cell + space


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in _WITHOUT_WIDTH or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _shown(match: re.Match[str]) -> str:
    character = match[0]
    if character in _JOINERS or unicodedata.category(character) not in _UNSEEN:
        return character
    return character.encode("unicode_escape").decode()


def _json_escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be")
    pairs = (units[place : place + 2].hex() for place in range(0, len(units), 2))
    return "".join(f"\\u{pair}" for pair in pairs)
