"""What happens, before any clock or network: an errand of an agent as a script.

A scene is pure data made from a seeded random source, so that history and live traffic come from
the same imagination.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

Content = str | list[dict[str, Any]]
"""What a user says: a text, or parts with an image among them."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as it is offered to a model; `parameters` maps names to their descriptions."""

    name: str
    description: str
    parameters: Mapping[str, str]

    @property
    def schema(self) -> dict[str, Any]:
        properties = {
            name: {"type": "string", "description": description}
            for name, description in self.parameters.items()
        }
        return {"type": "object", "properties": properties, "required": list(properties)}


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A call of a tool, and what the tool will say."""

    name: str
    arguments: Mapping[str, Any]
    result: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says; `finish` only where it is not what the rest implies."""

    text: str = ""
    tools: tuple[ToolUse, ...] = ()
    reasoning: str = ""
    finish: str = ""


TIMEOUT = 0
CUT = -1
"""Statuses that are none: no answer in time, and a stream that breaks off."""


@dataclass(frozen=True, slots=True)
class Failure:
    """How a call goes wrong: the provider's status and words, and what its library makes of it."""

    status: int
    exception: str
    message: str
    kind: str = "server_error"


@dataclass(frozen=True, slots=True)
class Turn:
    """One call to a model, after what the user says (if the user says anything)."""

    outcome: Answer | Failure
    ask: Content | None = None
    is_streamed: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """The turns of one conversation, and the scenes that begin when it is over, all at once."""

    agent_id: str
    turns: tuple[Turn, ...]
    session_id: str | None = None
    model: str | None = None
    tags: tuple[str, ...] = ()
    then: tuple["Scene", ...] = ()


def in_own_sessions(scene: Scene, random: Random) -> Scene:
    """The same, its sessions named as no other errand's are: numbers of tickets and trips recur."""
    names: dict[str | None, str | None] = {None: None}

    def named(one: Scene) -> Scene:
        if one.session_id not in names:
            names[one.session_id] = f"{one.session_id}-{random.getrandbits(48):012x}"
        session_id, then = names[one.session_id], tuple(map(named, one.then))
        return replace(one, session_id=session_id, then=then)

    return named(scene)


@dataclass(frozen=True, slots=True)
class Agent:
    """A member of the cast.

    `first_token_seconds` and `tokens_per_second` are medians of its model. `pause_seconds` lies
    between its errands; without a `scene` it works only for others. `opening` is the first errand
    of a live agent, where chance would leave too much to patience.
    """

    agent_id: str
    provider: str
    model: str
    system: str
    tools: tuple[Tool, ...] = ()
    scene: Callable[[Random], Scene] | None = None
    opening: Callable[[Random], Scene] | None = None
    reports_over_http: bool = False
    first_token_seconds: float = 0.6
    tokens_per_second: float = 90.0
    pause_seconds: float = 8.0
    request: Mapping[str, Any] = field(default_factory=dict)
