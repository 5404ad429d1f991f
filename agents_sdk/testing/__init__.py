"""For tests of agents: a model server on this machine, a logger that remembers, a clock that waits.

    from agents_sdk.testing import CapturingLogger, OpenAIServer, Reply

    with OpenAIServer(Reply("It rains.")) as server:
        client = openai.OpenAI(base_url=server.base_url, api_key="test")
        …

Needs the standard library only. The servers speak the providers' wire formats, so the real client
libraries are tested, not doubles of them.
"""

from agents_sdk.testing.capture import CapturingLogger
from agents_sdk.testing.clock import FrozenClock
from agents_sdk.testing.modelserver import ModelServer
from agents_sdk.testing.openai import OpenAIServer
from agents_sdk.testing.script import Reply, Tokens, ToolCall

__all__ = [
    "CapturingLogger",
    "FrozenClock",
    "ModelServer",
    "OpenAIServer",
    "Reply",
    "Tokens",
    "ToolCall",
]
