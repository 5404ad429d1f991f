"""Tools that a provider runs itself while it answers: web search, code execution, MCP servers.

They stand among the calls of an answer, marked as done, with what came of them:
`{"id", "name", "arguments", "executed_by": "provider", "result"}`.
"""

from typing import Any

from agents_sdk.normalise.shapes import Json, tool_call

PROVIDER = "provider"


def executed_call(call_id: Any, name: Any, arguments: Any, result: Any = None) -> Json:
    """A call that nobody has to answer; a result of None is one that is not known."""
    call = {**tool_call(call_id, name, arguments), "executed_by": PROVIDER}
    return call if result is None else {**call, "result": result}


def open_calls(calls: list[Json]) -> list[Json]:
    """Those that the agent has to answer."""
    return [call for call in calls if "executed_by" not in call]
