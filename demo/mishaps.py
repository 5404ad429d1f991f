"""What goes wrong now and then, in each provider's own words, and what an agent does about it."""

from dataclasses import replace
from random import Random

from demo.scene import CUT, TIMEOUT, Agent, Answer, Failure, Scene, Turn

USUAL = 0.025
"""How many calls in one go wrong on an ordinary day."""
GIVEN_UP = 0.2


def with_one_mishap(scene: Scene, agent: Agent, random: Random) -> Scene:
    """The same scene, begun with a failure and tried again."""
    first = scene.turns[0]
    failure = _FAILURES.get(agent.provider, _rate_limit)(agent, random)
    turns = (Turn(failure, first.ask), replace(first, ask=None), *scene.turns[1:])
    return replace(scene, turns=turns)


def with_mishaps(scene: Scene, agent: Agent, random: Random, probability: float = USUAL) -> Scene:
    """The same scene with failures before some of its turns; a few are never tried again."""
    turns: list[Turn] = []
    for turn in scene.turns:
        if isinstance(turn.outcome, Answer) and random.random() < probability:
            failure = _failure(agent, turn, random)
            turns.append(
                Turn(failure, turn.ask, is_streamed=failure.status == CUT or turn.is_streamed)
            )
            if random.random() < GIVEN_UP:
                return replace(scene, turns=tuple(turns), then=())
            turns.append(replace(turn, ask=None))
        else:
            turns.append(turn)
    return replace(scene, turns=tuple(turns))


def _failure(agent: Agent, turn: Turn, random: Random) -> Failure:
    if turn.is_streamed and random.random() < 0.4:
        if agent.provider != "anthropic":
            return Failure(CUT, "APIConnectionError", "Connection error.")
        return Failure(
            CUT,
            "RemoteProtocolError",
            "peer closed connection without sending complete message body "
            "(incomplete chunked read)",
        )
    if random.random() < 0.25:
        return Failure(TIMEOUT, "APITimeoutError", "Request timed out.")
    return _FAILURES.get(agent.provider, _rate_limit)(agent, random)


def _rate_limit(agent: Agent, random: Random) -> Failure:
    limit = random.choice((12_000, 30_000, 60_000))
    used = limit - random.randrange(40, 700)
    wanted = random.randrange(800, 2_400)
    seconds = (used + wanted - limit) * 60 / limit
    return Failure(
        429,
        "RateLimitError",
        f"Rate limit reached for {agent.model} on tokens per min (TPM): limit {limit}, "
        f"used {used}, requested {wanted}. Please try again in {seconds:.2f}s.",
        "rate_limit_error" if agent.provider == "anthropic" else "rate_limit_exceeded",
    )


def _overloaded(agent: Agent, random: Random) -> Failure:
    if random.random() < 0.3:
        return _rate_limit(agent, random)
    return Failure(529, "OverloadedError", "Overloaded", "overloaded_error")


def _unavailable(agent: Agent, random: Random) -> Failure:
    if random.random() < 0.5:
        return _rate_limit(agent, random)
    return Failure(
        503,
        "InternalServerError",
        "The model is overloaded. Please try again later.",
        "UNAVAILABLE",
    )


def _bad_gateway(agent: Agent, random: Random) -> Failure:
    if random.random() < 0.5:
        return _rate_limit(agent, random)
    return Failure(
        502, "InternalServerError", "upstream connect error or disconnect before headers"
    )


_FAILURES = {
    "anthropic": _overloaded,
    "gemini": _unavailable,
    "deepseek": _unavailable,
    "mistral": _bad_gateway,
}


def context_too_long(model: str, limit_tokens: int, sent_tokens: int) -> Failure:
    """The refusal of a prompt that no patience makes shorter."""
    return Failure(
        400,
        "BadRequestError",
        f"This model's maximum context length is {limit_tokens} tokens. However, your messages "
        f"resulted in {sent_tokens} tokens. Please reduce the length of the messages.",
        "context_length_exceeded",
    )
