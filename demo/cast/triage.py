"""The front of the support desk: reads a ticket, sorts it, answers it or hands it on.

Groq, quick and cheap, reporting over HTTP. Now and then a rush of tickets arrives at once.
"""

import json
from dataclasses import replace
from random import Random

from demo.cast import speakers
from demo.cast.foreigntickets import ARABIC, JAPANESE
from demo.cast.tickets import ENGLISH, Ticket, filled_in
from demo.mishaps import with_one_mishap
from demo.scene import Agent, Answer, Scene, Tool, ToolUse, Turn

AGENT_ID = "support/triage"
_RUSH = 0.12
_GO_ON = (
    "Agreed, this one is yours.",
    "Go on, please; customer is waiting in the chat.",
    "Yours. Mind the mood.",
    "No colleague needed. Look it up and answer.",
    "Right. Short and kind, please.",
)

_SYSTEM = """You are the front desk of Kettleworks support. For each ticket answer with one JSON \
object: {"category", "urgency": low|normal|high|urgent, "language": ISO 639-1, "mood": one word, \
"route": "self"|"support/<language>"}.

Route to a colleague whatever is not in English. If the route is "self", look up the article with \
`search_help` next and write the answer: warm, short, no blame, at most one exclamation mark a day."""

_TOOLS = (
    Tool("search_help", "Search the help centre; returns the best article.", {"query": "Words"}),
)


def scene(random: Random) -> Scene:
    first = _ticket_scene(random)
    if random.random() > _RUSH:
        return first
    rush = tuple(_ticket_scene(random) for _ in range(random.randrange(4, 8)))
    return Scene(
        AGENT_ID, first.turns, first.session_id, first.model, first.tags, first.then + rush
    )


def opening(random: Random) -> Scene:
    """One ticket in each language, the first sorted at the second try.

    Whoever has just arrived sees every script, and an error, without waiting for chance.
    """
    first, *others = (_ticket_scene(random, one) for one in (JAPANESE, ARABIC, ENGLISH))
    return with_one_mishap(replace(first, then=(*first.then, *others)), AGENT, random)


def _ticket_scene(random: Random, language: tuple[Ticket, ...] = ()) -> Scene:
    language = language or random.choices((ENGLISH, JAPANESE, ARABIC), (5, 3, 2))[0]
    ticket = filled_in(random.choice(language), random)
    number = random.randrange(40_000, 60_000)
    session_id = f"ticket-{number}"
    opening = f"Ticket #{number}, by {_channel(random)}:\n\n{ticket.text}"
    sorted_into = Answer(_verdict(ticket))
    if ticket.language == "en":
        return Scene(AGENT_ID, _answered_here(opening, sorted_into, ticket, random), session_id)
    return Scene(
        AGENT_ID,
        (Turn(sorted_into, opening),),
        session_id,
        then=(speakers.scene_of(ticket, session_id, random),),
    )


def _answered_here(
    opening: str, sorted_into: Answer, ticket: Ticket, random: Random
) -> tuple[Turn, ...]:
    search = ToolUse("search_help", {"query": f"{ticket.category} kettle"}, ticket.article)
    return (
        Turn(sorted_into, opening),
        Turn(Answer(tools=(search,)), random.choice(_GO_ON)),
        Turn(Answer(ticket.answer), is_streamed=True),
    )


def _verdict(ticket: Ticket) -> str:
    colleague = speakers.DESKS.get(ticket.language)
    verdict = {
        "category": ticket.category,
        "urgency": ticket.urgency,
        "language": ticket.language,
        "mood": ticket.mood,
        "route": colleague or "self",
    }
    return json.dumps(verdict, ensure_ascii=False)


def _channel(random: Random) -> str:
    return random.choice(("e-mail", "chat", "the app", "chat", "postcard (scanned)", "web form"))


AGENT = Agent(
    AGENT_ID,
    "groq",
    "llama-3.3-70b-versatile",
    _SYSTEM,
    _TOOLS,
    scene,
    opening,
    reports_over_http=True,
    first_token_seconds=0.16,
    tokens_per_second=270,
    pause_seconds=7,
    request={"temperature": 0, "max_tokens": 600},
)
