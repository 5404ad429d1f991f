"""The travel planner: gets engineers, and their luggage, to where a kettle has stopped.

OpenAI, with tools in parallel, streamed answers, second thoughts, and passengers who write in
Hebrew or Chinese.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from demo.cast.passengers import AGENT_ID, a_day, as_json, in_chinese, in_hebrew
from demo.scene import Agent, Answer, Scene, Tool, ToolUse, Turn

_SYSTEM = """You are Polo, who plans the journeys of Kettleworks' field engineers.

You prefer trains to planes, an honest connection of 25 minutes to a heroic one of 4, and a window \
seat on the side with the view. Look things up before you promise them. Prices in euros. Finish \
with a short itinerary as a Markdown table and one sentence that makes people look forward to it.

House rules: second class up to four hours, first class beyond; hotels up to 160 € a night; \
luggage is part of the plan, not an afterthought."""

_TOOLS = (
    Tool(
        "search_trains",
        "Connections between two stations on a day, fastest first.",
        {"origin": "Station", "destination": "Station", "date": "Day of the coming week"},
    ),
    Tool(
        "find_hotels",
        "Hotels within walking distance of the station.",
        {"city": "City", "nights": "How many", "max_price_eur": "A night"},
    ),
    Tool("weather", "The forecast for a city.", {"city": "City", "date": "Day of the coming week"}),
)


@dataclass(frozen=True, slots=True)
class Route:
    origin: str
    destination: str
    minutes: int
    train: str
    change: str
    view: str
    price_eur: int


_ROUTES = (
    Route("Köln Hbf", "Gent-Sint-Pieters", 185, "ICE 315 + IC 1832", "Bruxelles-Nord", "left", 49),
    Route("Zürich HB", "Tirano", 288, "IC 3 + Bernina 951", "Chur", "right, and do not blink", 78),
    Route("Paris Est", "München Hbf", 342, "TGV 9575", "none", "left after Strasbourg", 99),
    Route("Wien Hbf", "Trieste Centrale", 552, "EC 151", "none", "right over the Semmering", 67),
    Route("Hamburg-Altona", "København H", 277, "ICE 33", "none", "either; it is mostly sky", 44),
    Route("Bergen", "Oslo S", 405, "R 40", "none", "left until Finse, then right", 61),
    Route("Madrid-Atocha", "Lisboa Oriente", 511, "IC 197 + IC 524", "Badajoz", "right", 58),
    Route("Edinburgh", "Inverness", 211, "1H19", "none", "left, for the distilleries", 35),
    Route("Milano Centrale", "Roma Termini", 189, "FR 9631", "none", "neither: tunnels", 55),
    Route("Praha hl.n.", "Kraków Główny", 421, "EC 117", "Bohumín", "right", 31),
    Route("Amsterdam CS", "Berlin Hbf", 352, "IC 147", "none", "left, for windmills", 52),
    Route("Ljubljana", "Bled Jezero", 114, "LP 4207", "Jesenice", "right", 9),
)

_LUGGAGE = (
    "14 kettles in a crate marked FRAGILE in four languages",
    "a cello (it is my own, do not ask)",
    "one oscilloscope, hand luggage",
    "a prototype that must not be tilted",
    "my mother-in-law, who dislikes tunnels",
    "nothing but a screwdriver and good intentions",
    "a sourdough starter that wants feeding at noon",
    "two cats of opposing views",
)

_REASONS = (
    "The hotel there has 62 rooms and 61 cold kettles.",
    "Their espresso bar updated the firmware during lunch.",
    "The town hall's samovar has started to answer e-mails.",
    "I am to give a talk called *Descaling at scale*.",
    "A customer says ours whistles in F sharp. He ordered G.",
    "Annual inspection. Last year it rained indoors.",
)

_OPENINGS = (
    "I need to be in {to} on {day}, coming from {origin}. {reason} With me: {luggage}.",
    "{origin} → {to}, {day}, please. Travelling with {luggage}. {reason}",
    "Can one get from {origin} to {to} on {day} without an aeroplane? {reason} "
    "I shall have {luggage}.",
)

_FOLLOW_UPS = (
    ("Is there one that leaves after breakfast? I am not a lark.", 95),
    ("My calibration weights just arrived: 20 kg more. Does the plan survive?", 0),
    ("Could I come home a day later, for reasons of cake?", 24 * 60),
    ("🙏 And somewhere quiet to take a call at around eleven?", 0),
)

_HOTELS = ("Pension Waterkant", "Hotel Zum Wasserkessel", "Albergo Vapore", "The Quiet Signal",
           "Maison du Thé", "Hôtel des Correspondances", "Gasthof Pünktlich")  # fmt: skip
_SKIES = ("drizzle until noon, then apologetic sun", "clear and cold", "14 °C and undecided",
          "snow above 900 m", "warm, with a breeze from the harbour", "fog, clearing late")  # fmt: skip


def scene(random: Random) -> Scene:
    kind = random.random()
    if kind < 0.09:
        return in_hebrew(random)
    if kind < 0.2:
        return in_chinese(random)
    route, day = random.choice(_ROUTES), a_day(random)
    opening = random.choice(_OPENINGS).format(
        origin=route.origin,
        to=route.destination,
        day=day,
        reason=random.choice(_REASONS),
        luggage=random.choice(_LUGGAGE),
    )
    return Scene(
        AGENT_ID,
        tuple(_turns(opening, route, day, random)),
        session_id=f"trip-{random.randrange(16**5):05x}",
        tags=("field-service",),
    )


def _turns(opening: str, route: Route, day: str, random: Random) -> Iterator[Turn]:
    departure = random.randrange(6 * 60, 10 * 60)
    hotel, price = random.choice(_HOTELS), random.randrange(78, 160)
    sky = random.choice(_SKIES)
    yield Turn(_look_up(route, day, departure, sky), opening)
    yield Turn(_find_hotel(route, hotel, price))
    yield Turn(Answer(_itinerary(route, day, departure, hotel, price, sky)), is_streamed=True)
    if random.random() < 0.5:
        question, later = random.choice(_FOLLOW_UPS)
        yield Turn(_look_up(route, day, departure + later, sky), question)
        yield Turn(
            Answer(_second_thoughts(route, departure + later, bool(later))), is_streamed=True
        )


def _look_up(route: Route, day: str, departure: int, sky: str) -> Answer:
    query = {"origin": route.origin, "destination": route.destination, "date": day}
    found = {
        "train": route.train,
        "departs": _clock(departure),
        "arrives": _clock(departure + route.minutes),
        "change": route.change,
        "price_eur": route.price_eur,
        "bicycles": False,
    }
    later = {**found, "departs": _clock(departure + 120), "price_eur": route.price_eur - 6}
    city = {"city": route.destination, "date": day}
    return Answer(
        tools=(
            ToolUse("search_trains", query, as_json([found, later])),
            ToolUse("weather", city, f"{route.destination}, {day}: {sky}"),
        )
    )


def _find_hotel(route: Route, hotel: str, price: int) -> Answer:
    query = {"city": route.destination, "nights": "1", "max_price_eur": "160"}
    found = [
        {"name": hotel, "price_eur": price, "minutes_on_foot": 6, "kettle_in_room": "ours"},
        {"name": "Station Inn", "price_eur": price - 21, "minutes_on_foot": 2, "trams": "audible"},
    ]
    text = "The train is settled; now for a bed near the station."
    return Answer(text, tools=(ToolUse("find_hotels", query, as_json(found)),))


def _itinerary(route: Route, day: str, departure: int, hotel: str, price: int, sky: str) -> str:
    total = route.price_eur + price
    changes = "no change" if route.change == "none" else f"change in **{route.change}**"
    return f"""Here is {route.destination} without an airport in it:

| | |
|---|---|
| **{_clock(departure)}** | {route.origin}, {route.train}, {changes} |
| **{_clock(departure + route.minutes)}** | {route.destination}: {sky} |
| evening | {hotel}, 6 minutes on foot, {price} € |
| **together** | **{total} €** on {day} |

Sit on this side: *{route.view}*. I have asked for the luggage rack next to your seat, and told \
the train crew what is in it. 🚆 You will arrive before your e-mails do."""


def _second_thoughts(route: Route, departure: int, is_changed: bool) -> str:
    if not is_changed:
        return (
            "The plan survives. The rack takes 32 kg, and coach 7 has a compartment with a door "
            "that closes; from eleven to noon it is yours. Nothing else changes."
        )
    return (
        f"Of course. The {route.train} at **{_clock(departure)}** has seats, costs 6 € less and "
        f"reaches {route.destination} at {_clock(departure + route.minutes)}. The hotel has been "
        "told, and was not surprised."
    )


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


AGENT = Agent(
    AGENT_ID,
    "openai",
    "gpt-5.4",
    _SYSTEM,
    _TOOLS,
    scene,
    first_token_seconds=0.7,
    tokens_per_second=95,
    pause_seconds=13,
    request={"temperature": 0.7},
)
