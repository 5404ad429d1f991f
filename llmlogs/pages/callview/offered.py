"""The tools that were offered to the model: name, description, schema."""

from dataclasses import dataclass
from typing import Any

from llmlogs.pages.callview.pieces import Piece, text_piece
from llmlogs.pages.callview.pointers import child
from llmlogs.pages.callview.toolcalls import json_piece, tool_name

MAX_TOOLS = 100
_SCHEMAS = ("parameters", "input_schema", "inputSchema", "parameters_json_schema")
_HOLDERS = ("function", "toolSpec", "custom")
SUMMARY_CHARS = 120


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """A tool; `summary` is the beginning of its description on one line."""

    name: str
    summary: str
    description: Piece | None
    schema: Piece


def offered_tools(tools: Any) -> tuple[OfferedTool, ...]:
    """The first `MAX_TOOLS` of them; any value is a tool of some kind."""
    if not tools:
        return ()
    listed = _listed(tools if isinstance(tools, list) else [tools])
    return tuple(_tool(tool, path) for tool, path in listed[:MAX_TOOLS])


def _listed(tools: list[Any]) -> list[tuple[Any, str]]:
    """Gemini groups its tools under `function_declarations`."""
    found: list[tuple[Any, str]] = []
    for number, tool in enumerate(tools):
        path = f"/tools/{number}"
        for key in ("function_declarations", "functionDeclarations"):
            inner = tool.get(key) if isinstance(tool, dict) else None
            if isinstance(inner, list) and inner:
                grouped = child(path, key)
                found += [(one, child(grouped, n)) for n, one in enumerate(inner)]
                break
        else:
            found.append((tool, path))
    return found


def _tool(tool: Any, path: str) -> OfferedTool:
    holder, holder_path = tool, path
    for key in _HOLDERS:
        if isinstance(tool, dict) and isinstance(tool.get(key), dict):
            holder, holder_path = tool[key], child(path, key)
    given = holder if isinstance(holder, dict) else {}
    text = given.get("description")
    description = text if isinstance(text, str) else ""
    line = " ".join(description[: SUMMARY_CHARS * 2].split())
    schema_key = next((name for name in _SCHEMAS if given.get(name)), None)
    schema_path = path if schema_key is None else child(holder_path, schema_key)
    name = tool_name(tool) or str(given.get("type") or "a tool")[:200]
    return OfferedTool(
        name=name,
        summary=line if len(line) <= SUMMARY_CHARS else line[:SUMMARY_CHARS] + "…",
        description=text_piece("text", description, child(holder_path, "description"))
        if len(description) > len(line) or len(line) > SUMMARY_CHARS
        else None,
        schema=json_piece("other", tool if schema_key is None else given[schema_key], schema_path),
    )
