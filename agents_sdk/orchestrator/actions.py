"""What an agent did in one run."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class AgentActionType(StrEnum):
    CALL_TOOL = "call_tool"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class AgentAction:
    """One step: a tool that was called, or the end.

    The payload of a call has `tool_name`, `arguments` (JSON text), `status` (success, error,
    not_found) and `result` or `error`; that of an end has `reason`, and `response` or `error`.
    """

    action_type: AgentActionType
    payload: dict[str, Any] = field(default_factory=dict)
    action_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    timestamp: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class AgentTrajectory:
    """One run: its actions in order. All its entries in the log have its `trace_id`."""

    actions: list[AgentAction]
    summary: str
    trace_id: str = ""

    @property
    def response(self) -> str:
        """What the model said in the end; "" if it only called tools."""
        said = [action.payload.get("response") for action in self.actions]
        return next((text for text in reversed(said) if isinstance(text, str) and text), "")

    @property
    def error(self) -> str | None:
        """Why the run broke off; None if it came to an end of its own."""
        ends = [action for action in self.actions if action.action_type == AgentActionType.COMPLETE]
        return ends[-1].payload.get("error") if ends else None


def summary_of(actions: list[AgentAction]) -> str:
    """The run in one line."""
    calls = sum(action.action_type == AgentActionType.CALL_TOOL for action in actions)
    ends = [action for action in actions if action.action_type == AgentActionType.COMPLETE]
    reason = ends[-1].payload.get("reason", "") if ends else ""
    if not calls:
        return f"Direct response: {reason}" if ends else "No actions performed"
    return f"Executed {calls} tool(s)" + (f" and completed: {reason}" if ends else "")
