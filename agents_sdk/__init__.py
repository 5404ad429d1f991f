"""Record every call an agent makes to a language model.

    from agents_sdk import LLMCallLogger

    logger = LLMCallLogger("workspace", "researcher")
    await logger.log_call("gpt-4o", "openai", messages, tools, response, latency_ms)

Importing this package loads nothing but itself; each name loads what it needs when it is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agents_sdk.api import get_llm_logs
    from agents_sdk.client import AgentClient
    from agents_sdk.context import session, tags, trace
    from agents_sdk.delivery import DeliveryReport
    from agents_sdk.errors import (
        AgentsSDKError,
        ApiError,
        InvalidAgentId,
        InvalidUrl,
        ServerUnreachable,
        SpoolFull,
    )
    from agents_sdk.event import Event, EventAnswer
    from agents_sdk.instrumentation.switch import instrument, uninstrument
    from agents_sdk.loggers.event import EventBasedLLMLogger
    from agents_sdk.loggers.file import LLMCallLogger
    from agents_sdk.orchestrator.actions import AgentAction, AgentActionType, AgentTrajectory
    from agents_sdk.orchestrator.loop import orchestrate_agent
    from agents_sdk.orchestrator.situation import EventContext, EventThread
    from agents_sdk.orchestrator.tools import AgentTool
    from agents_sdk.providers.model import ProviderError
    from agents_sdk.runner.config import AgentConfig
    from agents_sdk.runner.runner import AgentRunner
    from agents_sdk.usage import extract_token_usage

__version__ = "0.1.0"

__all__ = [
    "AgentAction",
    "AgentActionType",
    "AgentClient",
    "AgentConfig",
    "AgentRunner",
    "AgentTool",
    "AgentTrajectory",
    "AgentsSDKError",
    "ApiError",
    "DeliveryReport",
    "Event",
    "EventAnswer",
    "EventBasedLLMLogger",
    "EventContext",
    "EventThread",
    "InvalidAgentId",
    "InvalidUrl",
    "LLMCallLogger",
    "ProviderError",
    "ServerUnreachable",
    "SpoolFull",
    "extract_token_usage",
    "get_llm_logs",
    "instrument",
    "orchestrate_agent",
    "session",
    "tags",
    "trace",
    "uninstrument",
]

_HOMES = {
    "AgentAction": "orchestrator.actions",
    "AgentActionType": "orchestrator.actions",
    "AgentClient": "client",
    "AgentConfig": "runner.config",
    "AgentRunner": "runner.runner",
    "AgentTool": "orchestrator.tools",
    "AgentTrajectory": "orchestrator.actions",
    "AgentsSDKError": "errors",
    "ApiError": "errors",
    "DeliveryReport": "delivery",
    "Event": "event",
    "EventAnswer": "event",
    "EventBasedLLMLogger": "loggers.event",
    "EventContext": "orchestrator.situation",
    "EventThread": "orchestrator.situation",
    "InvalidAgentId": "errors",
    "InvalidUrl": "errors",
    "LLMCallLogger": "loggers.file",
    "ProviderError": "providers.model",
    "ServerUnreachable": "errors",
    "SpoolFull": "errors",
    "extract_token_usage": "usage",
    "get_llm_logs": "api",
    "instrument": "instrumentation.switch",
    "orchestrate_agent": "orchestrator.loop",
    "session": "context",
    "tags": "context",
    "trace": "context",
    "uninstrument": "instrumentation.switch",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
