"""The desks that speak Japanese and Arabic; they work on what triage hands them.

One by Anthropic, one by Qwen, both reporting over HTTP, in the session of the ticket.
"""

from collections.abc import Mapping
from random import Random

from demo.cast.tickets import Ticket
from demo.scene import Agent, Answer, Scene, Tool, ToolUse, Turn

_JAPANESE_ID = "support/日本語"
_ARABIC_ID = "support/العربية"

DESKS: Mapping[str, str] = {"ja": _JAPANESE_ID, "ar": _ARABIC_ID}

_TOOLS = (
    Tool("search_help", "Search the help centre; returns the best article.", {"query": "Words"}),
    Tool("kettle_status", "What a customer's kettle last reported.", {"ticket": "Ticket id"}),
)

_THANKS = {
    "ja": (
        "できました！ありがとうございます。",
        "お役に立てて何よりです。よい一日をお過ごしください。",
    ),
    "ar": ("نجح الأمر، شكرًا جزيلًا!", "العفو، وأهلًا بك دائمًا. نهارك سعيد ☕"),
}
_UNREACHABLE = "Error: kettle gateway timed out after 5000 ms (kettle asleep?)"


def scene_of(ticket: Ticket, session_id: str, random: Random) -> Scene:
    """A ticket answered by the desk that speaks its language."""
    number = session_id.rpartition("-")[2]
    firmware = random.choice(("4.1.8", "4.1.9", "4.2.0"))
    status = (
        _UNREACHABLE
        if random.random() < 0.15
        else f'{{"firmware": "{firmware}", "ring": "white", "rssi_dbm": {-random.randrange(41, 80)}}}'
    )
    look = Answer(
        tools=(
            ToolUse("kettle_status", {"ticket": number}, status),
            ToolUse("search_help", {"query": ticket.category}, ticket.article),
        )
    )
    turns = [Turn(look, ticket.text), Turn(Answer(ticket.answer), is_streamed=True)]
    if random.random() < 0.4:
        thanks, welcome = _THANKS[ticket.language]
        turns.append(Turn(Answer(welcome), thanks))
    return Scene(DESKS[ticket.language], tuple(turns), session_id, tags=("handed-on",))


JAPANESE = Agent(
    _JAPANESE_ID,
    "anthropic",
    "claude-haiku-5-5",
    "あなたはケトルワークスのサポート担当です。丁寧に、簡潔に、言い訳をせずにお答えください。"
    "まず `kettle_status` と `search_help` で確認し、手順は番号で示します。"
    "お客様のご家族やお茶の話題には、ひとこと添えてください。",
    _TOOLS,
    reports_over_http=True,
    first_token_seconds=0.5,
    tokens_per_second=140,
    request={"max_tokens": 1024},
)

ARABIC = Agent(
    _ARABIC_ID,
    "qwen",
    "qwen-plus",
    "أنت موظف الدعم في «كِتل ووركس». أجب بالعربية الفصحى السهلة، بلطف وإيجاز، وابدأ دائمًا "
    "بفحص حالة الغلاية والبحث في مركز المساعدة. اذكر الخطوات مرقّمة، ولا تَعِد بما لا نملك.",
    _TOOLS,
    reports_over_http=True,
    first_token_seconds=0.6,
    tokens_per_second=80,
    request={"temperature": 0.3},
)
