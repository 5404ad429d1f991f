"""What an agent is: its instruction, its model, and what it reacts to."""

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agents_sdk.providers.choosing import determine_provider
from agents_sdk.providers.model import ModelProvider

PARAMETERS = frozenset(
    ("temperature", "top_p", "top_k", "max_tokens", "max_completion_tokens", "seed", "stop")
    + ("reasoning_effort", "thinking", "frequency_penalty", "presence_penalty")
)
"""Settings of a config that go to the model with every call."""

_CHANCE = random.SystemRandom()
"""Not the module's own numbers, which an agent may have seeded."""
_RANDOM = re.compile(r"random\(\s*([0-9.]+)\s*,\s*([0-9.]+)\s*\)")


@dataclass(frozen=True, slots=True)
class AgentTrigger:
    """React to events of this name, with this instruction."""

    event: str
    instruction: str | None = None


class AgentConfig:
    """An agent's settings; a further keyword that is a parameter of models goes to the model.

    >>> config = AgentConfig(instruction="Be brief.", model_name="gpt-4o", temperature=0)
    >>> config.determine_provider(), config.parameters
    ('openai', {'temperature': 0})
    """

    def __init__(
        self,
        instruction: str,
        model_name: str,
        provider: str | None = None,
        api_base: str | None = None,
        api_key: str | None = None,
        *,
        triggers: Iterable[Any] = (),
        react_to_all_messages: bool = False,
        max_iterations: int = 10,
        system_prompt_template: str | None = None,
        user_prompt_template: str | None = None,
        llm_user_prompt_template: str | None = None,
        mcps: Iterable[Any] = (),
        tools: Iterable[Any] = (),
        reaction_delay: float | str | None = None,
        stream: bool = False,
        **further: Any,
    ) -> None:
        _check(model_name, api_base)
        self.instruction = instruction
        self.model_name = model_name
        self.provider = provider
        self.api_base = api_base
        self.api_key = api_key
        self.triggers = [_trigger(item) for item in triggers]
        self.react_to_all_messages = react_to_all_messages
        self.max_iterations = max_iterations
        self.system_prompt_template = system_prompt_template
        self.user_prompt_template = user_prompt_template
        self.llm_user_prompt_template = llm_user_prompt_template
        self.mcps = list(mcps)
        self.tools = list(tools)
        self.reaction_delay = reaction_delay
        self.stream = stream
        self.parameters = {name: further.pop(name) for name in PARAMETERS & further.keys()}
        self.further = further

    def __repr__(self) -> str:
        """Without the key, which must not come into a log."""
        return (
            f"AgentConfig(model_name={self.model_name!r}, provider={self.determine_provider()!r})"
        )

    def determine_provider(self) -> str:
        """The provider that serves this model."""
        return determine_provider(self.provider, self.model_name, self.api_base)

    def create_model_provider(self) -> ModelProvider:
        """The model, ready to be asked. Raises ProviderError."""
        from agents_sdk.orchestrator.model import provider_of

        return provider_of(self)

    def reaction_delay_seconds(self) -> float:
        """How long to wait before reacting: a number of seconds, or `random(from, to)`."""
        if isinstance(self.reaction_delay, str):
            bounds = _RANDOM.fullmatch(self.reaction_delay.strip())
            if bounds:
                return _CHANCE.uniform(float(bounds[1]), float(bounds[2]))
        try:
            return max(0.0, float(self.reaction_delay or 0))
        except ValueError:
            return 0.0


def _check(model_name: Any, api_base: Any) -> None:
    if not isinstance(model_name, str) or not model_name:
        raise ValueError(
            f"model_name is {model_name!r}; give the name of a model, for example 'gpt-4o'"
        )
    if api_base is not None and not str(api_base).startswith(("http://", "https://")):
        raise ValueError(
            f"api_base is {str(api_base)[:100]!r}; give an address such as 'https://host/v1'"
        )


def _trigger(item: Any) -> AgentTrigger:
    if isinstance(item, Mapping):
        return AgentTrigger(str(item["event"]), item.get("instruction"))
    return AgentTrigger(str(item.event), getattr(item, "instruction", None))
