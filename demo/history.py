"""Two days of calls that nobody made: what a new workspace shows before the first live call.

The same scenes as in live traffic, played without clients and without waiting, and written through
the SDK's own logger with its clock and ids replaced. The same `now` gives the same files.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import cos, pi
from pathlib import Path
from random import Random
from uuid import UUID

from agents_sdk.loggers.file import LLMCallLogger
from demo.calls import Call, calls_of
from demo.mishaps import USUAL, with_mishaps
from demo.recording import expected_outcome, record
from demo.scene import Agent, Scene, in_own_sessions

HISTORY_SECONDS = 48 * 3600
MOMENTS = 780
"""How many errands begin; each is a handful of calls."""
_RECENT_SECONDS = 3600
_RECENT_SHARE = 0.08
"""How much of it lies in the last hour, so that the view of an hour is not empty."""
_STORM_BEFORE_SECONDS = 19 * 3600
_STORM_SECONDS = 25 * 60
_STORM_PROBABILITY = 0.45
"""For a while last night the providers were not at their best: something to find."""


@dataclass(frozen=True, slots=True)
class _Finished:
    """A call and when its answer was there."""

    at: float
    call: Call


class _Clock:
    """The time of the call that is being written."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def is_wanted(workspace: Path, now: float) -> bool:
    """Whether there is nothing to see from the last two days."""
    newest = max(
        (path.stat().st_mtime for path in (workspace / "logs" / "llm").glob("*.jsonl")), default=0
    )
    return now - newest > HISTORY_SECONDS


def write(workspace: Path, cast: Mapping[str, Agent], now: float) -> int:
    """Write the history that ends at `now`; how many calls it has."""
    clock, ids = _Clock(), Random(f"ids of {now}")
    loggers: dict[str, LLMCallLogger] = {}
    finished = sorted(_played(cast, now), key=lambda one: one.at)
    for one in finished:
        agent_id = one.call.agent.agent_id
        if agent_id not in loggers:
            loggers[agent_id] = LLMCallLogger(
                workspace,
                agent_id,
                clock=clock,
                new_id=lambda: str(UUID(int=ids.getrandbits(128), version=4)),
            )
        clock.now = one.at
        record(loggers[agent_id], one.call, expected_outcome(one.call), one.call.seconds)
    for logger in loggers.values():
        logger.close()
    return len(finished)


def written(workspace: Path, cast: Mapping[str, Agent]) -> str:
    """Write the history that ends now, and say so."""
    began = time.monotonic()
    calls = write(workspace, cast, time.time())
    seconds = time.monotonic() - began
    return f"Two days of history: {calls:,} calls, written in {seconds:.1f} s."


def _played(cast: Mapping[str, Agent], now: float) -> Iterator[_Finished]:
    random, names = Random("two days of tea"), Random(f"sessions until {now}")
    busy = [agent for agent in cast.values() if agent.scene is not None]
    weights = [1 / agent.pause_seconds for agent in busy]
    for began in sorted(_moments(now, random)):
        agent = random.choices(busy, weights)[0]
        assert agent.scene is not None
        scene = in_own_sessions(agent.scene(random), names)
        for one in _perform(scene, cast, began, now, random):
            if one.at < now:
                yield one


def _perform(
    scene: Scene, cast: Mapping[str, Agent], began: float, now: float, random: Random
) -> Iterator[_Finished]:
    agent, at = cast[scene.agent_id], began
    is_storm = 0 <= began - (now - _STORM_BEFORE_SECONDS) < _STORM_SECONDS
    scene = with_mishaps(scene, agent, random, _STORM_PROBABILITY if is_storm else USUAL)
    for call in calls_of(scene, agent, random):
        at += call.seconds
        yield _Finished(at, call)
        at += call.work_seconds
    for following in scene.then:
        yield from _perform(following, cast, at + random.random(), now, random)


def _moments(now: float, random: Random) -> Iterator[float]:
    """When errands begin: more by day (in UTC) than by night, and some at the very end."""
    recent = round(MOMENTS * _RECENT_SHARE)
    for _ in range(recent):
        yield now - _RECENT_SECONDS * random.random()
    kept = 0
    while kept < MOMENTS - recent:
        moment = now - HISTORY_SECONDS * random.random()
        if random.random() < _activity(moment):
            kept += 1
            yield moment


def _activity(moment: float) -> float:
    """Between 0.15 at three in the morning and 1 at three in the afternoon."""
    hour = moment % 86_400 / 3600
    return 0.575 - 0.425 * cos((hour - 3) / 24 * 2 * pi)
