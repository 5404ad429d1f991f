"""What an agent is: its instruction, its model, and what it reacts to."""

import logging
import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
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
_NUMBER = r"\s*([0-9]+(?:\.[0-9]+)?)\s*"
_RANDOM = re.compile(rf"random\s*\({_NUMBER},{_NUMBER}\)")
_log = logging.getLogger("agents_sdk")


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
        self.triggers = _triggers(triggers)
        self.react_to_all_messages = react_to_all_messages
        self.max_iterations = _whole(max_iterations)
        self.system_prompt_template = system_prompt_template
        self.user_prompt_template = user_prompt_template
        self.llm_user_prompt_template = llm_user_prompt_template
        self.mcps = list(mcps)
        self.tools = list(tools)
        self.reaction_delay = _told(reaction_delay)
        self.stream = stream
        self.parameters = {name: further.pop(name) for name in PARAMETERS & further.keys()}
        self.further = _told_of_slips(further)

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
        least, most = _delay_bounds(self.reaction_delay) or (0.0, 0.0)
        return least if least == most else _CHANCE.uniform(least, most)


def _check(model_name: Any, api_base: Any) -> None:
    if not isinstance(model_name, str) or not model_name:
        raise ValueError(
            f"model_name is {model_name!r}; give the name of a model, for example 'gpt-4o'"
        )
    if api_base is not None and not str(api_base).startswith(("http://", "https://")):
        raise ValueError(
            f"api_base is {str(api_base)[:100]!r}; give an address such as 'https://host/v1'"
        )


def _whole(max_iterations: Any) -> int:
    """As a file may have it: a number in quotes is meant as one."""
    if isinstance(max_iterations, str) and max_iterations.strip().isdecimal():
        return int(max_iterations)
    if isinstance(max_iterations, int) and not isinstance(max_iterations, bool):
        return max_iterations
    raise ValueError(f"max_iterations is {max_iterations!r}; give a whole number, for example 10")


def _delay_bounds(given: Any) -> tuple[float, float] | None:
    """Between how many seconds it lies; None if it cannot be read."""
    bounds = _RANDOM.fullmatch(given.strip()) if isinstance(given, str) else None
    if bounds:
        return float(bounds[1]), float(bounds[2])
    try:
        seconds = float(given or 0)
    except (TypeError, ValueError):
        return None
    return (seconds, seconds) if 0 <= seconds < float("inf") else None


def _told(reaction_delay: Any) -> Any:
    """A delay that cannot be read is none, as with OpenAgents; the log says so."""
    if _delay_bounds(reaction_delay) is None:
        _log.warning(
            "reaction_delay is %.100r, no seconds and no 'random(1, 5)'; the agent reacts at once",
            reaction_delay,
        )
    return reaction_delay


def _told_of_slips(further: dict[str, Any]) -> dict[str, Any]:
    """Keywords of one's own are kept; one that is nearly a parameter of models is named."""
    for name in further:
        for meant in get_close_matches(name, PARAMETERS, n=1, cutoff=0.8):
            _log.warning("AgentConfig knows no %r; did you mean %r?", name, meant)
    return further


def _triggers(given: Any) -> list[AgentTrigger]:
    if isinstance(given, str | Mapping):
        raise ValueError(
            f"triggers is {given!r}; give a list, for example [{{'event': 'task.new'}}]"
        )
    return [_trigger(item) for item in given or ()]


def _trigger(item: Any) -> AgentTrigger:
    """From its own kind (ours or that of OpenAgents), a dict, or the name of an event alone."""
    if isinstance(item, str):
        return AgentTrigger(item)
    found = item if isinstance(item, Mapping) else getattr(item, "__dict__", {})
    event = found.get("event") or getattr(item, "event", None)
    if not isinstance(event, str) or not event:
        raise ValueError(f"a trigger is {item!r}; give it an 'event', the name of one")
    return AgentTrigger(event, found.get("instruction") or getattr(item, "instruction", None))
