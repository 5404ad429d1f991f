"""The content of a message, in every provider's form, as pieces.

OpenAI (chat and responses), Anthropic, Bedrock Converse, Gemini and LangChain name the same few
things differently: text, reasoning, a file, a call of a tool, its result. What is none of them is
shown as JSON. Each piece knows the JSON pointer of what it shows.
"""

from collections.abc import Iterator
from typing import Any

from llmlogs.pages.callview.attachments import HOLDERS, attachment, is_attachment
from llmlogs.pages.callview.pieces import Block, Piece, text_piece
from llmlogs.pages.callview.pointers import child
from llmlogs.pages.callview.toolcalls import call_id, call_piece, json_piece, spoken_json, tool_name

MAX_DEPTH = 5
_CALL_TYPES = frozenset(
    (
        "tool_use",
        "server_tool_use",
        "mcp_tool_use",
        "tool_call",
        "function_call",
        "custom_tool_call",
    )
)
_CALL_KEYS = ("toolUse", "function_call", "functionCall")
_RESULT_KEYS = ("toolResult", "function_response", "functionResponse")
_RESULT_TYPES = ("tool_result", "function_call_output", "custom_tool_call_output")
_RESULT_CONTENTS = ("content", "output", "response", "result")
_REASONING_KEYS = ("thinking", "reasoningContent", "reasoning", "summary")


def content_pieces(
    content: Any, path: str, *, kind: str = "text", depth: int = 0
) -> Iterator[Piece]:
    """A text, a part, or a list of parts; `kind` is what plain text in it counts as."""
    if content is None or content == "" or content == []:
        return
    if isinstance(content, str):
        yield worded(kind, content, path)
    elif isinstance(content, list) and depth < MAX_DEPTH:
        for number, part in enumerate(content):
            yield from content_pieces(part, child(path, number), kind=kind, depth=depth + 1)
    elif isinstance(content, dict) and depth < MAX_DEPTH:
        yield from part_pieces(content, path, kind=kind, depth=depth)
    else:
        yield json_piece("other" if kind == "text" else kind, content, path)


def worded(kind: str, text: str, path: str) -> Piece:
    """A text; tools mostly give JSON back, which is set out if it is on one line."""
    if kind == "result" and "\n" not in text[:2_000]:
        return spoken_json(kind, text, path)
    return text_piece(kind, text, path)


def part_pieces(
    part: dict[str, Any], path: str, *, kind: str = "text", depth: int = 0
) -> Iterator[Piece]:
    """One part. Libraries write absent fields as null, so null is no field."""
    given = {key: value for key, value in part.items() if value is not None}
    type_ = given["type"] if isinstance(given.get("type"), str) else ""
    call_key = next((key for key in _CALL_KEYS if isinstance(given.get(key), dict)), None)
    result_key = next((key for key in _RESULT_KEYS if isinstance(given.get(key), dict)), None)
    if type_ in _CALL_TYPES or call_key:
        yield call_piece(given, path)
    elif result_key:
        yield result_piece(given[result_key], child(path, result_key), depth)
    elif type_.endswith(_RESULT_TYPES):
        yield result_piece(given, path, depth)
    elif is_attachment(given):
        yield from _attachment_pieces(given, path)
    else:
        yield from _worded_pieces(given, type_, path, kind, depth)


def result_piece(result: dict[str, Any], path: str, depth: int = 0) -> Piece:
    """What a tool gave back: texts and files of any number, as one piece."""
    key = next((key for key in _RESULT_CONTENTS if result.get(key) not in (None, "", [])), None)
    if key is None:
        inner: list[Piece] = []
    else:
        found = content_pieces(result[key], child(path, key), kind="result", depth=depth + 1)
        inner = [piece for _, piece in zip(range(50), found, strict=False)]
    return joined(
        inner,
        path=inner[0].path if len(inner) == 1 else path,
        label=tool_name(result),
        call_id=call_id(result),
        is_failed=result.get("is_error") is True or result.get("status") == "error",
    )


def joined(pieces: list[Piece], *, path: str, **facts: Any) -> Piece:
    """Pieces as one, of the kind result."""
    only = pieces[0] if len(pieces) == 1 else None
    return Piece(
        kind="result",
        path=path,
        lead=tuple(block for piece in pieces for block in piece.lead),
        rest=tuple(block for piece in pieces for block in piece.rest),
        cut_chars=sum(piece.cut_chars for piece in pieces),
        cut_from=only.cut_from if only else 0,
        is_cut=any(piece.is_cut for piece in pieces),
        whole=only.whole if only else "",
        **facts,
    )


def _attachment_pieces(part: dict[str, Any], path: str) -> Iterator[Piece]:
    yield Piece(kind="attachment", path=path, lead=(attachment(part),))
    for key in HOLDERS:
        source = part.get(key)
        # A document may be plain text, which is worth reading.
        if isinstance(source, dict) and source.get("type") == "text":
            yield text_piece("text", str(source.get("data") or ""), child(child(path, key), "data"))


def _worded_pieces(
    part: dict[str, Any], type_: str, path: str, kind: str, depth: int
) -> Iterator[Piece]:
    is_reasoning = kind == "reasoning" or part.get("thought") is True or "reasoning" in type_
    text_kind = "reasoning" if is_reasoning else kind
    if isinstance(part.get("text"), str):
        yield worded(text_kind, part["text"], child(path, "text"))
    elif isinstance(part.get("refusal"), str):
        yield text_piece("refusal", part["refusal"], child(path, "refusal"))
    elif reasoning := _reasoning(part):
        key, inner = reasoning
        yield from content_pieces(inner, child(path, key), kind="reasoning", depth=depth + 1)
    elif type_ == "redacted_thinking" or part.keys() & {"redactedContent", "encrypted_content"}:
        yield Piece(kind="reasoning", path=path, lead=(Block("words", "Encrypted."),))
    elif isinstance(part.get("reasoningText"), dict):
        inner = part["reasoningText"]
        yield from content_pieces(inner, child(path, "reasoningText"), kind="reasoning")
    elif isinstance(part.get("executable_code") or part.get("executableCode"), dict):
        yield from _code_pieces(part, path)
    elif set(part) == {"json"}:
        yield json_piece(kind, part["json"], child(path, "json"))
    else:
        shown = "other" if kind == "text" else kind
        yield json_piece(shown, part, path, label=type_[:80] or _only_key(part))


def _reasoning(part: dict[str, Any]) -> tuple[str, Any] | None:
    for key in _REASONING_KEYS:
        if isinstance(part.get(key), str | dict | list) and part[key]:
            return key, part[key]
    return None


def _code_pieces(part: dict[str, Any], path: str) -> Iterator[Piece]:
    key = "executable_code" if "executable_code" in part else "executableCode"
    code = part[key].get("code")
    language = str(part[key].get("language") or "")[:40].lower()
    piece = text_piece(
        "other", str(code or ""), child(child(path, key), "code"), label="code to run"
    )
    blocks = tuple(Block("code", block.text, language) for block in piece.lead)
    yield Piece(kind="other", path=path, lead=blocks, rest=piece.rest, label=piece.label)


def _only_key(part: dict[str, Any]) -> str:
    return next(iter(part))[:80] if len(part) == 1 else ""
