"""Tools a model may call: a name, a description, a JSON schema and a function.

The function may be async or not; what it raises is told to the model and ends nothing.
"""

import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agents_sdk.codec import MAX_DEPTH, dumps
from agents_sdk.errorwords import described_error
from agents_sdk.failing import is_only_its_own
from agents_sdk.jsonforms import MARK, marked, replace_surrogates, to_json_value
from agents_sdk.normalise.shapes import Json
from agents_sdk.orchestrator.annotations import schema_of_parameters
from agents_sdk.orchestrator.callables import (
    UnusableTool,
    bound_by,
    description_of,
    name_of,
    named_parameters,
)
from agents_sdk.orchestrator.records import adapted
from agents_sdk.plainvalue import Lenient, plain
from agents_sdk.providers.arguments import parsed

FINISH = "finish"


@dataclass(frozen=True, slots=True)
class AgentTool:
    """One tool; `input_schema` describes the keyword arguments of `func`."""

    name: str
    description: str
    func: Callable[..., Any]
    input_schema: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_function(
        cls, func: Callable[..., Any], name: str = "", description: str = ""
    ) -> "AgentTool":
        """A tool from a function or any other callable: its name, docstring and annotations say all
        there is. Raises ValueError if they do not.
        """
        named = named_parameters(func)
        return cls(
            name or name_of(func),
            description or description_of(func),
            adapted(func, named, bound_by(func)),
            schema_of_parameters(named),
        )

    async def execute(self, **arguments: Any) -> Any:
        """Call the function. Raises ValueError for a missing argument, and what it raises."""
        missing = [name for name in self.input_schema.get("required", ()) if name not in arguments]
        if missing:
            raise ValueError(f"missing arguments: {', '.join(missing)}")
        result = self.func(**arguments)
        return await result if inspect.isawaitable(result) else result

    def to_openai_function(self) -> Json:
        return {
            "name": self.name,
            "description": self.description,
            "parameters": dict(self.input_schema),
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to: `status` is success, error or not_found; `text` goes to the model."""

    status: str
    text: str


def as_tools(given: Iterable[Any] | None) -> list[Any]:
    """Tools from tools (of any make with `name` and `execute`), callables and dicts.

    Raises ValueError for what is no tool, and if two have one name: most providers refuse to be
    offered them.
    """
    if isinstance(given, str | Mapping) or not isinstance(given, Iterable | None):
        raise UnusableTool(f"tools is {_shown(given)}; expected a list of tools")
    tools = [_as_tool(item) for item in given or ()]
    counts = Counter(tool.name for tool in tools)
    for name, count in counts.items():
        if count > 1:
            raise ValueError(
                f"two tools are named {name!r}; a model knows tools by their names, so rename one"
            )
    return tools


def has_named(tools: Iterable[Any], name: str) -> bool:
    """Whether the agent has a tool of its own of this name, which goes before ours."""
    return any(tool.name == name for tool in tools)


def finish_tool() -> AgentTool:
    reason = {"type": "string", "description": "Why nothing is left to do."}
    schema = {"type": "object", "properties": {"reason": reason}, "required": ["reason"]}
    return AgentTool(FINISH, "Call this when everything is done.", lambda reason: reason, schema)


def described(tool: Any) -> Json:
    """The tool in the words of OpenAI's chat completions."""
    schema = dict(tool.input_schema or {})
    schema.setdefault("type", "object")
    schema.setdefault("properties", {})
    function = {"name": tool.name, "description": tool.description or "", "parameters": schema}
    return {"type": "function", "function": function}


async def run(tools: Iterable[Any], name: str, arguments: Any) -> Outcome:
    """Call a tool by its name; whatever goes wrong in it is an outcome.

    Raises CancelledError if the run was cancelled, and KeyboardInterrupt.
    """
    tool = next((tool for tool in tools if tool.name == name), None)
    if tool is None:
        return Outcome("not_found", f"Error: there is no tool named {name!r}")
    try:
        return Outcome("success", _text(await tool.execute(**parsed(arguments))))
    except BaseException as error:
        if not is_only_its_own(error):
            raise
        return Outcome("error", f"Error: {described_error(error)}")


def _text(result: Any) -> str:
    """Text that can be sent: a text as it is, anything else as JSON.

    Models' servers take no lone surrogates.
    """
    if isinstance(result, str):
        return replace_surrogates(result)
    plain_result = plain(result, MAX_DEPTH, _FOR_MODELS)
    if isinstance(plain_result, str):
        return plain_result
    return dumps(plain_result).decode()


class _ForModels(Lenient):
    """JSON of a tool's result; what has no form there is told in its own words."""

    def convert(self, value: Any) -> Any:
        if isinstance(value, set | frozenset):
            return list(value)
        form = to_json_value(value)
        is_marked = isinstance(form, dict) and MARK in form and not isinstance(value, Mapping)
        return replace_surrogates(str(value)) if is_marked else form

    def excess(self, value: Any, reason: str) -> Any:
        return f"<{type(value).__name__}: {reason}>"


_FOR_MODELS = _ForModels()


def _as_tool(item: Any) -> Any:
    if hasattr(item, "execute") and hasattr(item, "name"):
        return item
    if isinstance(item, Mapping):
        return _from_dict(item)
    if not callable(item):
        raise UnusableTool(
            f"{_shown(item)} is no tool; "
            "give a function, an AgentTool, or a dict with name and func"
        )
    return AgentTool.from_function(item)


def _from_dict(item: Mapping[str, Any]) -> AgentTool:
    name, func = item.get("name"), item.get("func")
    if not isinstance(name, str) or not name or not callable(func):
        raise UnusableTool(
            f"{_shown(item)} is no tool; a dict needs a name and, as func, what to call"
        )
    schema = item.get("input_schema") or item.get("parameters") or {}
    return AgentTool(name, item.get("description") or "", func, schema)


def _shown(value: Any) -> str:
    """A value in a sentence: short, and with its type, which is what is wrong with it."""
    return f"{marked(value)[MARK][:80]} ({type(value).__name__})"
