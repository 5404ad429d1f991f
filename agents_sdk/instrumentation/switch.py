"""Turn the recording of the providers' clients on and off."""

import logging
import os
import threading
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar, overload

from agents_sdk import config
from agents_sdk.client import AgentClient
from agents_sdk.instrumentation import state
from agents_sdk.instrumentation.guard import problems
from agents_sdk.instrumentation.importing import stop_waiting, when_imported
from agents_sdk.instrumentation.patching import restore_methods
from agents_sdk.instrumentation.recording import Logger
from agents_sdk.loggers.base import CallLogger
from agents_sdk.loggers.event import EventBasedLLMLogger
from agents_sdk.loggers.file import LLMCallLogger

PROVIDERS = {
    "openai": (
        "openai._base_client",
        "openai.lib.streaming.chat._completions",
        "openai.lib.streaming.responses._responses",
    ),
    "anthropic": (
        "anthropic._base_client",
        "anthropic.lib.streaming._messages",
        "anthropic.lib.streaming._beta_messages",
    ),
    "bedrock": ("botocore.client", "aiobotocore.client"),
    "gemini": ("google.genai.models",),
}
"""The modules that are hooked into when (and only if) the program itself imports them."""

L = TypeVar("L", bound=Logger)

_log = logging.getLogger("agents_sdk")
_lock = threading.RLock()


@overload
def instrument(
    agent_id: str | None = ...,
    *,
    logger: L,
    workspace: Path | str | None = ...,
    url: str | None = ...,
    client: AgentClient | None = ...,
    providers: Iterable[str] = ...,
    stream_usage: bool | None = ...,
) -> L: ...


@overload
def instrument(
    agent_id: str | None = ...,
    *,
    logger: None = ...,
    workspace: Path | str | None = ...,
    url: str | None = ...,
    client: AgentClient | None = ...,
    providers: Iterable[str] = ...,
    stream_usage: bool | None = ...,
) -> CallLogger: ...


def instrument(
    agent_id: str | None = None,
    *,
    logger: Logger | None = None,
    workspace: Path | str | None = None,
    url: str | None = None,
    client: AgentClient | None = None,
    providers: Iterable[str] = tuple(PROVIDERS),
    stream_usage: bool | None = None,
) -> Logger:
    """Record every call that this process makes through a provider's own client.

    One line at the start of a program suffices; clients made before it are recorded too. Calling
    it again changes who records, never how often. What the program receives, what it raises and
    when chunks arrive stay as they are.

    Args:
        agent_id: Who makes the calls; `AGENTS_SDK_AGENT_ID`, else `agent`, if left out.
        logger: What records them. Left out, it is an `LLMCallLogger` if there is a `workspace` (or
            `AGENTS_SDK_WORKSPACE`), else an `EventBasedLLMLogger` that reports to `client`, `url`
            or `AGENTS_SDK_URL`.
        workspace: The workspace folder of a Studio on this machine.
        url: The address of a Studio.
        client: A connection to a Studio.
        providers: Some of "openai", "anthropic", "bedrock", "gemini".
        stream_usage: Ask for token counts in the streams of OpenAI's chat completions. Left out,
            of those servers alone that are known to send them if asked, and only then; the caller
            does not see the difference. True: of every server, as yours understand it and your
            program does not read the chunk that answers. False: of none.

    Returns:
        The logger that receives the calls: yours, or one with `delivery_report` and `flush`.

    Raises:
        ValueError: a name in `providers` is none of the four.
        InvalidAgentId: no file can have the name of this agent.
    """
    chosen = _checked(providers)
    with _lock:
        recorder = logger or _logger(agent_id, workspace, url, client)
        restore_methods()  # of providers that are not chosen this time
        when_imported({name: _patcher(kind) for kind in chosen for name in PROVIDERS[kind]})
        state.turn_on(state.Active(recorder, asks_for_usage=stream_usage))
        return recorder


def uninstrument() -> None:
    """Stop recording and put everything back as it was. Calls under way get their entry."""
    with _lock:
        state.turn_off()
        stop_waiting()
        restore_methods()


def instrumentation_problems() -> dict[str, Any]:
    """What went wrong inside the instrumentation so far, counted; the calls themselves went on."""
    return problems()


def _checked(providers: Iterable[str]) -> list[str]:
    chosen = [providers] if isinstance(providers, str) else list(providers)
    unknown = [name for name in chosen if name not in PROVIDERS]
    if unknown:
        raise ValueError(
            f"providers={unknown!r} cannot be instrumented; choose from {', '.join(PROVIDERS)}"
        )
    return chosen


def _logger(
    agent_id: str | None, workspace: Path | str | None, url: str | None, client: Any
) -> CallLogger:
    is_remote = url is not None or client is not None
    has_workspace = bool(os.environ.get("AGENTS_SDK_WORKSPACE"))
    if workspace is not None or (has_workspace and not is_remote):
        return LLMCallLogger(workspace, agent_id)
    settings = config.from_environment()
    chosen = settings.agent_id if agent_id is None else agent_id
    return EventBasedLLMLogger(chosen, client or AgentClient(chosen, url or settings.url))


def _patcher(kind: str) -> Callable[[ModuleType], None]:
    def patch(module: ModuleType) -> None:
        try:
            import_module(f"agents_sdk.instrumentation.{kind}").patch(module)
        except LookupError as error:
            _log.warning(
                "calls through %s are not recorded: %s; please report its version",
                module.__name__.partition(".")[0],
                error,
            )

    return patch
