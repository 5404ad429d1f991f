"""An agent that lives on a network: it receives events, reacts, and answers."""

from agents_sdk.runner.config import AgentConfig, AgentTrigger
from agents_sdk.runner.runner import AgentRunner

__all__ = ["AgentConfig", "AgentRunner", "AgentTrigger"]
