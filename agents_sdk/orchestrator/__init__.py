"""The tool loop between a model and the agent's tools, every call of it recorded."""

from agents_sdk.orchestrator.actions import AgentAction, AgentActionType, AgentTrajectory
from agents_sdk.orchestrator.loop import orchestrate_agent
from agents_sdk.orchestrator.situation import EventContext, EventThread
from agents_sdk.orchestrator.tools import AgentTool

__all__ = [
    "AgentAction",
    "AgentActionType",
    "AgentTool",
    "AgentTrajectory",
    "EventContext",
    "EventThread",
    "orchestrate_agent",
]
