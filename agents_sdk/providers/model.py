"""What every model provider takes and gives: turns of a conversation in, an answer out.

Messages and tools are in the words of OpenAI's chat completions, as entries show them. What a
provider itself said is kept beside its message and repeated to it unchanged: signatures of
thoughts, for one, must come back exactly as they were.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

from agents_sdk.errors import AgentsSDKError
from agents_sdk.normalise.shapes import Answer, Json
from agents_sdk.providers.streaming import NOBODY, Listener

OWN_ID = "unnamed_call_"
"""How the ids of calls begin to which the provider gave none."""


class ProviderError(AgentsSDKError):
    """A model cannot be asked; the text says what to do."""


class MissingLibrary(ProviderError, ImportError):
    """The provider's client is not installed."""

    def __init__(self, provider: str, library: str, extra: str) -> None:
        super().__init__(
            f"provider {provider!r} needs the package {library!r}, which is not installed; "
            f"run: pip install 'studio-llm-logs[{extra}]'"
        )


class MissingKey(ProviderError, ValueError):
    """No key for the provider's API was found."""

    def __init__(self, provider: str, variables: Sequence[str]) -> None:
        super().__init__(
            f"provider {provider!r} has no API key; set {' or '.join(variables)}, "
            "or give api_key in the agent's config"
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation; `native` is what the provider itself said there."""

    message: Json
    native: Any = None


@dataclass(frozen=True, slots=True)
class Said:
    """A model's answer; `native` goes into the turn that repeats it."""

    answer: Answer
    native: Any = None


class ModelProvider(ABC):
    """One model of one provider. For one event loop; close it in the end."""

    def __init__(self, name: str, model_name: str, parameters: Mapping[str, Any]) -> None:
        self.name = name
        self.model_name = model_name
        self.parameters = dict(parameters)
        self.is_streaming = False
        """Whether answers come in pieces, so that the time to the first of them is known."""

    @abstractmethod
    async def ask(
        self, turns: Sequence[Turn], tools: Sequence[Json], listener: Listener = NOBODY
    ) -> Said:
        """One call to the model; `listener` is told how a stream proceeds.

        Raises what the provider's client raises.
        """

    @abstractmethod
    async def close(self) -> None:
        """Give connections back."""

    async def chat_completion(
        self, messages: Sequence[Json], tools: Sequence[Json] | None = None
    ) -> Json:
        """One call for code of your own: `{"content", "tool_calls", "usage"}`. It logs nothing.

        Raises ProviderError if what came is an error, or no answer at all.
        """
        said = await self.ask([Turn(message) for message in messages], tools or ())
        answer = said.answer
        if answer.error is not None:
            raise ProviderError(answer.error)
        return {
            "content": answer.content,
            "tool_calls": answer.tool_calls,
            "usage": answer.usage,
        }


def load(module: str, *, provider: str, library: str, extra: str) -> ModuleType:
    """Import a provider's client. Raises MissingLibrary."""
    try:
        return import_module(module)
    except ImportError:
        raise MissingLibrary(provider, library, extra) from None


def system_text(turns: Sequence[Turn]) -> str:
    """What all system messages say together, for providers that take it apart."""
    said = [turn.message for turn in turns if turn.message["role"] == "system"]
    return "\n\n".join(str(message["content"]) for message in said)


def groups(turns: Sequence[Turn]) -> list[list[Turn]]:
    """The turns without system messages; neighbouring results of tools belong together."""
    found: list[list[Turn]] = []
    for turn in turns:
        role = turn.message["role"]
        if role == "system":
            continue
        if role == "tool" and found and found[-1][0].message["role"] == "tool":
            found[-1].append(turn)
        else:
            found.append([turn])
    return found
