"""An agent described in a file: YAML, or JSON, which needs no library."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from agents_sdk.orchestrator.tools import AgentTool, as_tools

FOREIGN = "openagents."
"""Agent classes of OpenAgents itself: the class that was asked takes their place."""


@dataclass(frozen=True, slots=True)
class DeclaredAgent:
    """What a file says; `kind` is the class it names, if it is one of the user's own."""

    agent_id: str
    config: dict[str, Any]
    kind: Any
    connection: Mapping[str, Any]


def read_agent(
    path: Path, agent_id: str | None, connection: Mapping[str, Any] | None
) -> DeclaredAgent:
    """Read a file. Raises OSError, ValueError or ImportError with what is wrong."""
    content = _parsed(path)
    if not isinstance(content, dict) or not isinstance(content.get("config"), dict):
        raise ValueError(
            f"'{path.name}' describes no agent; expected agent_id and a config section"
        )
    chosen = agent_id or content.get("agent_id")
    if not chosen:
        raise ValueError(f"'{path.name}' has no agent_id; add one, or give agent_id_override")
    config = {"mcps": content.get("mcps") or (), **content["config"]}
    named = content.get("connection") or {}
    return DeclaredAgent(
        str(chosen), config, _class_named(content.get("type")), {**named, **(connection or {})}
    )


def declared_tools(given: Iterable[Any]) -> list[Any]:
    """The tools of a config: each names a function by its import path, or is a tool itself."""
    return [_declared_tool(item) for item in given]


def _declared_tool(item: Any) -> Any:
    if not isinstance(item, Mapping) or "implementation" not in item:
        return as_tools([item])[0]
    function = _imported(str(item["implementation"]))
    tool = AgentTool.from_function(function, item.get("name", ""), item.get("description", ""))
    schema = item.get("input_schema")
    return AgentTool(tool.name, tool.description, function, schema) if schema else tool


def _parsed(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    if text.lstrip().startswith("{"):
        return json.loads(text)
    try:
        yaml = import_module("yaml")
    except ImportError:
        raise ImportError(
            f"'{path.name}' is YAML, which needs the package 'pyyaml'; run: pip install pyyaml"
        ) from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"'{path.name}' is not YAML: {error}") from None


def _class_named(name: Any) -> Any:
    if not name or str(name).startswith(FOREIGN):
        return None
    return _imported(str(name))


def _imported(dotted: str) -> Any:
    module, _, name = dotted.rpartition(".")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        raise ImportError(
            f"{dotted[:200]!r} cannot be imported; expected module.name as Python would import it"
        ) from None
