"""What a person would read in a message, a list of tools or an answer, and how search folds it.

Both sides of a search go through `fold`: the text when it is indexed, the query when it is asked.
Pieces of one text (two parts of a message, a tool's name and its arguments) are joined by a
separator, so no hit spans two pieces. Not searched, by contract 3: JSON keys, data URLs, and
base64 runs over 1 KB.
"""

import re
import unicodedata
from typing import Any

from agents_sdk.errorfield import said_in

SEPARATOR = "\x1f"
MAX_PART_DEPTH = 8
"""Parts may hold parts (a tool result holds texts); deeper ones are not read."""

# Names that OpenAI (chat and responses), Anthropic, Bedrock Converse and Gemini give the same.
_TEXTS = ("text", "thinking", "reasoning", "reasoning_content", "refusal", "name")
_ARGUMENTS = ("arguments", "input", "args")
_RESULTS = ("output", "response", "json")
_CALLS = ("function", "custom", "toolUse", "function_call", "functionCall")
_CALL_RESULTS = ("toolResult", "function_response", "functionResponse")
_TOOLS = ("function", "custom", "toolSpec")
_TOOL_LISTS = ("function_declarations", "functionDeclarations")

_RUN_CHARS = 1024
_DATA_URL = r"data:[\w.+-]{1,64}/[\w.+-]{1,128}(?:;[\w.+=-]{1,64}){0,4},[^\s\"'<>)]*"
_RUN = rf"[A-Za-z0-9+/_-]{{{_RUN_CHARS},}}={{0,2}}"
_URLS = re.compile(_DATA_URL)
_URLS_AND_RUNS = re.compile(f"{_DATA_URL}|{_RUN}")
_RUN_BLOCK_CHARS = _RUN_CHARS // 2
_RUN_BLOCK = re.compile(f"[A-Za-z0-9+/_-]{{{_RUN_BLOCK_CHARS}}}")
_NOT_INDEXABLE = re.compile("[\x00\ud800-\udfff]")
"""FTS5 ends a text at NUL, and lone surrogates have no UTF-8 form."""


def fold(text: str) -> str:
    """Fold for comparison: NFC, then case; NUL and lone surrogates become U+FFFD.

    >>> fold("KÖLN") == fold("köln")
    True
    """
    if text.isascii():
        return text.lower() if "\x00" not in text else text.lower().replace("\x00", "\ufffd")
    folded = unicodedata.normalize("NFC", text).casefold()
    return folded if _is_indexable(folded) else _NOT_INDEXABLE.sub("\ufffd", folded)


def _is_indexable(text: str) -> bool:
    """Four times as fast as looking for what is not, character by character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def message_text(message: Any) -> str:
    """Folded text of one prompt message (any JSON value; what has no text gives "")."""
    return _folded(_message_pieces(message))


def preview(message: Any, max_chars: int = 100) -> str:
    """The first characters of a message as a person would read it, with "…" if more follows."""
    text = ""
    for piece in _message_pieces(message):
        text = f"{text} {piece[: max_chars + 1]}" if text else piece[: max_chars + 1]
        if len(text) > max_chars:
            return text[:max_chars] + "…"
    return text


def tools_text(tools: Any) -> str:
    """Folded names and descriptions of the tools offered."""
    return _folded(_tool_pieces(tools))


def answer_text(entry: dict[str, Any]) -> str:
    """Folded text that is the entry's own: completion, reasoning, tool calls, error.

    `messages` and `tools` count too where they are plain strings instead of lists.
    """
    return _folded(_answer_pieces(entry))


def _folded(pieces: list[str]) -> str:
    return SEPARATOR.join([fold(_readable(piece)) for piece in pieces if piece])


def _readable(piece: str) -> str:
    """Without what nobody reads. Looking for runs is slow, and few texts have one."""
    if len(piece) >= _RUN_CHARS and _has_long_run(piece):
        return _URLS_AND_RUNS.sub(SEPARATOR, piece)
    return _URLS.sub(SEPARATOR, piece) if "data:" in piece else piece


def _has_long_run(piece: str) -> bool:
    """Whether there may be a run of base64: it would fill one of the blocks of half its length.

    A block is left at its first blank, so 20 MB of text take 20 ms, where the expression for runs,
    tried at every character, takes a second.
    """
    blocks = range(0, len(piece) - _RUN_BLOCK_CHARS + 1, _RUN_BLOCK_CHARS)
    return any(_RUN_BLOCK.match(piece, start) for start in blocks)


def _message_pieces(message: Any) -> list[str]:
    pieces: list[str] = []
    if not isinstance(message, dict):
        _add_part(pieces, message)
        return pieces
    # What was said comes first: a preview is the beginning.
    _add_part(pieces, message.get("content"))
    _add_part(pieces, message.get("parts"))
    for key in _TEXTS:
        _add_string(pieces, message.get(key))
    _add_tool_calls(pieces, message.get("tool_calls"))
    _add_call_or_result(pieces, message, 0)
    return pieces


def _add_part(pieces: list[str], part: Any, depth: int = 0) -> None:
    if isinstance(part, str):
        pieces.append(part)
    elif depth > MAX_PART_DEPTH:
        return
    elif isinstance(part, list):
        for item in part:
            _add_part(pieces, item, depth + 1)
    elif isinstance(part, dict):
        for key in _TEXTS:
            _add_string(pieces, part.get(key))
        _add_part(pieces, part.get("content"), depth + 1)
        _add_call_or_result(pieces, part, depth)


def _add_call_or_result(pieces: list[str], holder: dict[str, Any], depth: int) -> None:
    """What a tool was called with and what it gave back; what a model says it thought."""
    for key in _ARGUMENTS:
        if key in holder:
            _add_arguments(pieces, holder[key])
    for key in _RESULTS:
        if key in holder:
            is_object = isinstance(holder[key], dict)
            (_add_arguments if is_object else _add_part)(pieces, holder[key], depth + 1)
    for key in ("summary", *_CALLS, *_CALL_RESULTS):
        if key in holder:
            _add_part(pieces, holder[key], depth + 1)


def _add_tool_calls(pieces: list[str], tool_calls: Any) -> None:
    for call in tool_calls if isinstance(tool_calls, list) else ():
        _add_part(pieces, call if isinstance(call, dict) else None)
        if isinstance(call, dict) and "executed_by" in call:
            _add_arguments(pieces, call.get("result"))


def _add_arguments(pieces: list[str], arguments: Any, depth: int = 0) -> None:
    """Arguments are a JSON string as a rule (searched as it stands); objects give their strings."""
    if isinstance(arguments, str):
        pieces.append(arguments)
    elif depth > MAX_PART_DEPTH:
        return
    elif isinstance(arguments, dict):
        for value in arguments.values():
            _add_arguments(pieces, value, depth + 1)
    elif isinstance(arguments, list):
        for value in arguments:
            _add_arguments(pieces, value, depth + 1)


def _tool_pieces(tools: Any) -> list[str]:
    pieces: list[str] = []
    for tool in tools if isinstance(tools, list) else ():
        if not isinstance(tool, dict):
            continue
        for holder in (tool, *(tool.get(key) for key in _TOOLS)):
            if isinstance(holder, dict):
                _add_string(pieces, holder.get("name"))
                _add_string(pieces, holder.get("description"))
        for key in _TOOL_LISTS:
            pieces += _tool_pieces(tool.get(key))
    return pieces


def _answer_pieces(entry: dict[str, Any]) -> list[str]:
    pieces: list[str] = []
    _add_part(pieces, entry.get("completion"))
    _add_part(pieces, entry.get("reasoning"))
    _add_tool_calls(pieces, entry.get("tool_calls"))
    _add_error(pieces, entry.get("error"))
    _add_string(pieces, entry.get("messages"))
    _add_string(pieces, entry.get("tools"))
    return pieces


def _add_error(pieces: list[str], error: Any) -> None:
    """Its texts, and a code that is a number."""
    _add_arguments(pieces, error)
    said = said_in(error)
    if said and said not in pieces:
        pieces.append(said)


def _add_string(pieces: list[str], value: Any) -> None:
    if isinstance(value, str):
        pieces.append(value)
