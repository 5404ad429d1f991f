"""The data analyst: asks the warehouse in SQL, errs, asks better, and answers with a number.

DeepSeek, with reasoning. Tables are drawn at random and answers are computed from them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from demo.scene import Agent, Answer, Scene, Tool, ToolUse, Turn

AGENT_ID = "data-analyst"

_SYSTEM = """You are Ada, data analyst at Kettleworks. Tables: `boils(kettle_id, home_id, boiled_at, \
volume_ml, temperature_c, duration_s, altitude_m)`, `kettles(id, model, firmware, sold_at, country)`, \
`orders(id, country, model, price_eur, ordered_at)`, `tickets(id, category, opened_at, solved_at)`.

Write one query at a time. Answer with the number first, then how sure one may be of it, then what \
you would look at next. Never show more digits than you believe."""

_TOOLS = (
    Tool("run_sql", "Run one read-only query on the warehouse (PostgreSQL).", {"query": "SQL"}),
    Tool("plot", "Draw a bar chart; returns its address.", {"title": "Title", "data": "CSV"}),
)

_COUNTRIES = ("DE", "GB", "JP", "TR", "IE", "MA", "NZ", "FI")
_MODELS = ("Duchess", "Duchess Silent", "Foghorn", "Petit", "Samovar XL")
_HOURS = ("06:00", "07:00", "08:00", "11:00", "16:00", "21:00")
_CATEGORIES = ("firmware", "descaling", "connectivity", "sounds", "returns", "energy")


@dataclass(frozen=True, slots=True)
class Question:
    """`bad` is the query with a mistake, `error` what the database says to it."""

    ask: str
    names: tuple[str, ...]
    unit: str
    low: int
    high: int
    query: str
    bad: str
    error: str
    thought: str
    answer: Callable[[list[tuple[str, int]], int], str]


def _by_country(rows: list[tuple[str, int]], total: int) -> str:
    (first, most), (second, more) = rows[:2]
    return (
        f"**{first}**, with {most:,} kettles sold: {most * 100 // total} % of the quarter's "
        f"{total:,}. {second} follows at {more:,}.\n\nOne caution: {rows[-1][0]} ({rows[-1][1]:,}) "
        "reports a week late, so its number will still grow. Next I would look at returns by "
        "country, which tend to arrive with the second gas bill."
    )


def _by_hour(rows: list[tuple[str, int]], total: int) -> str:
    hour, most = rows[0]
    return (
        f"At **{hour}**: {most:,} litres, {most * 100 // total} % of all the water in these hours. "
        f"It is the same on every weekday; on Sundays the peak comes about 70 minutes later and is "
        "a fifth lower.\n\nIf the aim is to stagger, move the *quiet* updates away from "
        f"{hour} first: nobody will notice, which is the point."
    )


def _by_model(rows: list[tuple[str, int]], total: int) -> str:
    (first, most), (last, least) = rows[0], rows[-1]
    return (
        f"The **{first}** is the slowest: {most} s for half a litre (median), against {least} s for "
        f"the {last}. The difference is real (n > 20,000 each), and most of it is scale: kettles "
        "descaled in the last 30 days are only 4 s apart.\n\nSo: not the element, the water."
    )


def _by_category(rows: list[tuple[str, int]], total: int) -> str:
    category, most = rows[0]
    return (
        f"Tickets about **{category}**: {most} of {total} this week ({most * 100 // total} %). They "
        f"began within two hours of the 4.1.8 release, and *{rows[-1][0]}* is as quiet as ever "
        f"({rows[-1][1]}).\n\nA correlation, not yet a verdict; but I would look at the release "
        "notes before lunch. ☕"
    )


_QUESTIONS = (
    Question(
        "Which country bought the most kettles this quarter?",
        _COUNTRIES,
        "sold",
        900,
        9_000,
        "SELECT country, count(*) AS sold FROM orders\nWHERE ordered_at >= date_trunc('quarter', "
        "now())\nGROUP BY country ORDER BY sold DESC;",
        "SELECT country, count(*) AS sold FROM orders\nWHERE sold_at >= date_trunc('quarter', "
        "now())\nGROUP BY 1 ORDER BY 2 DESC;",
        'ERROR: column "sold_at" does not exist\nHINT: Perhaps you meant to reference the column '
        '"kettles.sold_at".',
        "Sales are in orders, by ordered_at. Quarter so far, grouped by country.",
        _by_country,
    ),
    Question(
        "When do people make tea? The grid operator is asking again.",
        _HOURS,
        "litres",
        4_000,
        90_000,
        "SELECT to_char(boiled_at, 'HH24:00') AS hour, sum(volume_ml) / 1000 AS litres\nFROM boils "
        "WHERE boiled_at > now() - interval '7 days'\nGROUP BY hour ORDER BY litres DESC LIMIT 6;",
        "SELECT hour(boiled_at) AS hour, sum(volume_ml) / 1000 AS litres\nFROM boils GROUP BY 1;",
        "ERROR: function hour(timestamp with time zone) does not exist\nHINT: No function matches "
        "the given name and argument types.",
        "Volume matters more than count for the grid. Seven days is enough to see the pattern, and "
        "local time matters: boiled_at is stored in the zone of the home.",
        _by_hour,
    ),
    Question(
        "Is the Foghorn really slower than the others, or just louder about it?",
        _MODELS,
        "seconds",
        95,
        170,
        "SELECT k.model, percentile_cont(0.5) WITHIN GROUP (ORDER BY b.duration_s) AS seconds\n"
        "FROM boils b JOIN kettles k ON k.id = b.kettle_id\nWHERE b.volume_ml BETWEEN 450 AND 550 "
        "AND b.altitude_m < 500\nGROUP BY k.model ORDER BY seconds DESC;",
        "SELECT model, avg(duration_s) FROM boils GROUP BY model;",
        'ERROR: column "model" does not exist\nLINE 1: SELECT model, avg(duration_s) FROM boils',
        "An average would be dragged along by people who boil a single cup in a Samovar XL. Compare "
        "medians at half a litre, below 500 m, since water boils sooner in the mountains.",
        _by_model,
    ),
    Question(
        "What are this week's tickets about? Please be quick, I'm in the meeting already.",
        _CATEGORIES,
        "tickets",
        11,
        260,
        "SELECT category, count(*) AS tickets FROM tickets\nWHERE opened_at > now() - interval '7 "
        "days'\nGROUP BY category ORDER BY tickets DESC;",
        "SELECT category, count(*) FROM ticket WHERE opened_at > now() - interval '7 days'\nGROUP "
        "BY category;",
        'ERROR: relation "ticket" does not exist\nLINE 1: SELECT category, count(*) FROM ticket',
        "Count by category over seven days, most first. They need one sentence they can read aloud.",
        _by_category,
    ),
)


def scene(random: Random) -> Scene:
    question = random.choice(_QUESTIONS)
    rows = _rows(question, random)
    total = sum(amount for _, amount in rows)
    turns = []
    ask: str | None = question.ask
    if random.random() < 0.45:
        turns.append(Turn(_sql(question.bad, question.error, ""), ask))
        ask = None
    turns.append(Turn(_sql(question.query, _table(question.unit, rows), question.thought), ask))
    turns.append(Turn(Answer(question.answer(rows, total)), is_streamed=True))
    if random.random() < 0.35:
        data = "\n".join(f"{name},{amount}" for name, amount in rows)
        address = f"https://charts.kettleworks.example/{random.randrange(16**6):06x}.svg"
        drawn = ToolUse("plot", {"title": question.ask, "data": data}, address)
        turns.append(Turn(Answer(tools=(drawn,)), "Can I have that as a picture? 📊"))
        turns.append(Turn(Answer(f"Here it is, bars from zero as nature intended: {address}")))
    model = "deepseek-reasoner" if random.random() < 0.4 else None
    return Scene(
        AGENT_ID, tuple(turns), f"question-{random.randrange(16**4):04x}", model, ("warehouse",)
    )


def _rows(question: Question, random: Random) -> list[tuple[str, int]]:
    rows = [(name, random.randrange(question.low, question.high)) for name in question.names]
    return sorted(rows, key=lambda row: -row[1])


def _table(unit: str, rows: list[tuple[str, int]]) -> str:
    width = max(len(name) for name, _ in rows)
    lines = [f" {name:<{width}} | {amount:>8}" for name, amount in rows]
    rule = "-" * (width + 2) + "+" + "-" * 10
    return "\n".join([f" {'':<{width}} | {unit:>8}", rule, *lines, f"({len(rows)} rows)"])


def _sql(query: str, result: str, thought: str) -> Answer:
    return Answer(reasoning=thought, tools=(ToolUse("run_sql", {"query": query}, result),))


AGENT = Agent(
    AGENT_ID,
    "deepseek",
    "deepseek-chat",
    _SYSTEM,
    _TOOLS,
    scene,
    first_token_seconds=0.9,
    tokens_per_second=65,
    pause_seconds=15,
    request={"temperature": 0.1},
)
