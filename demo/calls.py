"""The requests that follow from a scene: each with its whole prompt, outcome, sizes and times.

Pure. A failed turn leaves the prompt as it is (the next turn tries again), an answer is appended
with the results of its tools, as agents do it.
"""

import json
import math
import string
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from demo.scene import TIMEOUT, Agent, Answer, Failure, Scene
from demo.tokens import (
    Counts,
    cached_tokens,
    tokens_of_messages,
    tokens_of_text,
    usage_of,
)

LONGEST_SECONDS = 9.0
TIMEOUT_SECONDS = 8.0
_REFUSAL_SECONDS = 0.12
_SPREAD = 0.35
_ID_CHARACTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a model. Messages and tools in the form of OpenAI, whatever the provider.

    `call_ids` are those of the tools the answer asks for; `work_seconds` is what the agent does
    afterwards, before its next call.
    """

    agent: Agent
    model: str
    messages: list[dict[str, Any]]
    outcome: Answer | Failure
    call_ids: tuple[str, ...]
    counts: Counts
    is_streamed: bool
    first_token_seconds: float
    seconds: float
    work_seconds: float
    session_id: str | None
    tags: tuple[str, ...]

    @property
    def usage(self) -> dict[str, Any]:
        return usage_of(self.agent.provider, self.counts)

    @property
    def tool_calls(self) -> list[dict[str, str]]:
        """As the loggers take them."""
        if isinstance(self.outcome, Failure):
            return []
        return [
            {"id": call_id, "name": use.name, "arguments": arguments_text(use.arguments)}
            for call_id, use in zip(self.call_ids, self.outcome.tools, strict=True)
        ]

    @property
    def finish_reason(self) -> str:
        """In OpenAI's words."""
        if isinstance(self.outcome, Failure):
            return ""
        return self.outcome.finish or ("tool_calls" if self.outcome.tools else "stop")

    @property
    def request(self) -> dict[str, Any]:
        """The parameters."""
        stream = {"stream": True} if self.is_streamed else {}
        return {**self.agent.request, **stream}


def arguments_text(arguments: Any) -> str:
    return json.dumps(arguments, ensure_ascii=False)


def tools_of(agent: Agent) -> list[dict[str, Any]] | None:
    """The tools an agent offers, as OpenAI takes them."""
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.schema,
            },
        }
        for tool in agent.tools
    ] or None


def calls_of(scene: Scene, agent: Agent, random: Random) -> Iterator[Call]:
    """The calls of a scene in turn."""
    messages: list[dict[str, Any]] = [{"role": "system", "content": agent.system}]
    tools_tokens = tokens_of_text(arguments_text(tools_of(agent) or ""))
    known_tokens = 0
    for turn in scene.turns:
        if turn.ask is not None:
            messages.append({"role": "user", "content": turn.ask})
        outcome = turn.outcome
        input_tokens = tools_tokens + tokens_of_messages(messages)
        uses = outcome.tools if isinstance(outcome, Answer) else ()
        counts = _counts(agent, outcome, input_tokens, known_tokens)
        first, whole = _times(agent, outcome, counts, random)
        call = Call(
            agent=agent,
            model=scene.model or agent.model,
            messages=list(messages),
            outcome=outcome,
            call_ids=tuple(_call_id(agent.provider, random) for _ in uses),
            counts=counts,
            is_streamed=turn.is_streamed,
            first_token_seconds=first,
            seconds=whole,
            work_seconds=_work_seconds(outcome, random),
            session_id=scene.session_id,
            tags=scene.tags,
        )
        yield call
        if isinstance(outcome, Answer):
            known_tokens = input_tokens
            messages += _appended(call, outcome)


def _appended(call: Call, answer: Answer) -> Iterator[dict[str, Any]]:
    """What stands in the next prompt: the answer and the results of its tools."""
    if not answer.tools:
        yield {"role": "assistant", "content": answer.text}
        return
    yield {
        "role": "assistant",
        "content": answer.text or None,
        "tool_calls": [
            {
                "id": made["id"],
                "type": "function",
                "function": {"name": made["name"], "arguments": made["arguments"]},
            }
            for made in call.tool_calls
        ],
    }
    for call_id, use in zip(call.call_ids, answer.tools, strict=True):
        yield {"role": "tool", "tool_call_id": call_id, "content": use.result}


def _counts(
    agent: Agent, outcome: Answer | Failure, input_tokens: int, known_tokens: int
) -> Counts:
    if isinstance(outcome, Failure):
        return Counts(0, 0)
    reasoning = tokens_of_text(outcome.reasoning)
    spoken = tokens_of_text(outcome.text) + sum(
        8 + tokens_of_text(arguments_text(use.arguments)) for use in outcome.tools
    )
    read = cached_tokens(agent.provider, known_tokens)
    is_written = agent.provider == "anthropic" and input_tokens > 1_024
    return Counts(
        input_tokens=input_tokens,
        output_tokens=max(1, spoken + reasoning),
        cache_read_tokens=read,
        cache_write_tokens=input_tokens - read - 4 if is_written else 0,
        reasoning_tokens=reasoning,
    )


def _times(
    agent: Agent, outcome: Answer | Failure, counts: Counts, random: Random
) -> tuple[float, float]:
    """Seconds to the first token and to the last, log-normal around the agent's medians."""
    if isinstance(outcome, Failure) and outcome.status >= 400:
        return 0.0, _around(_REFUSAL_SECONDS, random)
    if isinstance(outcome, Failure) and outcome.status == TIMEOUT:
        return 0.0, TIMEOUT_SECONDS
    first = _around(agent.first_token_seconds, random) + counts.input_tokens / 200_000
    output_tokens = counts.output_tokens or 60
    whole = first + _around(output_tokens / agent.tokens_per_second, random)
    return min(first, LONGEST_SECONDS / 2), min(whole, LONGEST_SECONDS)


def _work_seconds(outcome: Answer | Failure, random: Random) -> float:
    """Waiting before another attempt, running tools, or a user who reads and thinks."""
    if isinstance(outcome, Failure):
        return 1.0 + 2.0 * random.random()
    return min(_around(0.5 if outcome.tools else 4.0, random), LONGEST_SECONDS)


def _around(median: float, random: Random) -> float:
    return random.lognormvariate(math.log(median), _SPREAD)


def _call_id(provider: str, random: Random) -> str:
    prefix = "toolu_01" if provider == "anthropic" else "call_"
    return prefix + "".join(random.choices(_ID_CHARACTERS, k=22))
