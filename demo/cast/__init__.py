"""Who the agents are: the staff of Kettleworks, which makes kettles that are connected, mostly.

Each module is one agent: how it is addressed, which tools it has, and what it might be asked.
"""

from collections.abc import Mapping

from demo.cast import analyst, newsroom, nightwatch, reviewer, speakers, travel, triage
from demo.scene import Agent

CAST: Mapping[str, Agent] = {
    agent.agent_id: agent
    for agent in (
        travel.AGENT,
        triage.AGENT,
        speakers.JAPANESE,
        speakers.ARABIC,
        reviewer.AGENT,
        analyst.AGENT,
        newsroom.AGENT,
        nightwatch.AGENT,
    )
}
