"""The newsroom: chooses the morning's stories and has them summarised all at once.

Gemini, through its OpenAI-compatible address. On some mornings it reads the whole archive: a
prompt of megabytes, which a smaller model refuses first.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from demo.mishaps import context_too_long
from demo.scene import Agent, Answer, Scene, Turn
from demo.tokens import tokens_of_text

AGENT_ID = "newsroom"
_SMALL, _SMALL_TOKENS = "gemini-2.5-flash-lite", 524_288
_ARCHIVE = 0.03
_ARCHIVE_CHARS = 2_600_000

_SYSTEM = """You edit *The Morning Steep*, the newsletter of Kettleworks: the world, as far as it \
concerns hot water. Summaries have exactly three bullets, no adjectives of alarm, and one honest \
"why it matters". Keep names, numbers and the language of the source."""


@dataclass(frozen=True, slots=True)
class Story:
    headline: str
    body: str
    summary: str


STORIES = (
    Story(
        "Night train to be heated by tea",
        "The operator of the Alpine sleeper said on Monday that waste heat from the galley's "
        "boilers will warm two of its nine coaches from December. In tests the coaches reached 19 "
        "degrees and smelled, according to a spokesperson, 'faintly of bergamot'. Passengers who "
        "dislike this may ask for coach 4.",
        "- From December the galley's boilers warm **two of nine** coaches.\n- Tests reached 19 °C, "
        "with a note of bergamot.\n- Coach 4 stays unscented.\n\n**Why it matters:** a boiler that "
        "heats twice is our next brochure.",
    ),
    Story(
        "Village votes for a quieter bell",
        "By 212 votes to 198 the residents of Oberau decided that the bell of St. Veit shall not "
        "strike between ten and six. The clockmaker, 81, abstained. The parish will use the "
        "savings to repair the roof of the tea room.",
        "- Oberau decided **212 : 198**: no bell from ten to six.\n- The clockmaker abstained.\n- "
        "The savings repair the tea room's roof.\n\n**Why it matters:** the same people own 140 "
        "Foghorns. See *Sounds → Whistle → off*.",
    ),
    Story(
        "Harbour robot learns to wait",
        "Researchers in Rotterdam have taught a mooring robot to do nothing. 'It used to act on "
        "every wave,' said the lead author. With a pause of 1.4 seconds it needs a third of the "
        "energy and has stopped startling the gulls.",
        "- A pause of **1.4 s** before acting cut the robot's energy use to a third.\n- Method: "
        "wait, look again, then move.\n- The gulls have returned.\n\n**Why it matters:** our lid "
        "motor acts on every wave, too.",
    ),
    Story(
        "明前龙井今年提早一周开采",
        "受暖春影响，西湖产区今年的明前龙井比往年提早约一周开采。茶农表示产量与去年持平，但采茶工短缺，"
        "人工成本上涨百分之十二。当地气象部门提醒，四月初可能仍有倒春寒。",
        "- 西湖产区明前龙井**提早约一周**开采。\n- 产量持平，人工成本上涨 **12%**。\n- 四月初或有倒春寒。"
        "\n\n**为何重要：** “龙井 80℃”预设应在本周推送。",
    ),
    Story(
        "古い駅舎、湯気で時を告げる",
        "岩手県の小さな駅で、壊れた大時計の代わりに正時に湯気を上げる装置が動き始めた。町の鉄工所と中学生が"
        "半年かけて製作。観光客は増えたが、列車は相変わらず一時間に一本である。",
        "- 壊れた大時計に代わり、正時に**湯気**を上げる装置が稼働。\n- 鉄工所と中学生が半年で製作。\n"
        "- 列車は一時間に一本のまま。\n\n**なぜ重要か：** 部品の半分は当社の旧型やかんです。",
    ),
    Story(
        "Library lends umbrellas, gets most of them back",
        "A year after the city library began lending umbrellas, 94 percent have been returned, "
        "'which is more than we can say of the atlases', the director noted. The scheme grows to "
        "all eleven branches. One umbrella came back with a love letter, which is being kept at "
        "the desk.",
        "- **94 %** of the umbrellas came back within a year.\n- All eleven branches join.\n- A love "
        "letter waits at the desk.\n\n**Why it matters:** the loan kettles are at 71 %. Perhaps "
        "they need letters.",
    ),
    Story(
        "Standard for hot water reaches its ninth draft",
        "The committee for beverage preparation has published draft nine of ISO 3103-2. It now "
        "permits lids. Comments are open for 60 days. A minority report on milk first runs to 40 "
        "pages and was, members say, 'surprisingly moving'.",
        "- Draft **nine** of ISO 3103-2 permits lids.\n- Comments are open for 60 days.\n- The "
        "minority report on milk has 40 pages.\n\n**Why it matters:** we have a lid. We should "
        "comment.",
    ),
    Story(
        "قهوة أم شاي؟ استطلاع يفاجئ الجميع",
        "أظهر استطلاع شمل 4200 شخص في خمس مدن أن 58٪ يشربون الشاي صباحًا والقهوة مساءً، بعكس ما توقّعه "
        "الباحثون. وقال معدّ الدراسة إن السبب الأرجح هو الأحاديث الطويلة بعد العشاء.",
        "- **58٪** يشربون الشاي صباحًا والقهوة مساءً (4200 شخص، خمس مدن).\n- النتيجة عكس توقعات "
        "الباحثين.\n- السبب المرجّح: أحاديث ما بعد العشاء.\n\n**لماذا يهمّنا:** ذروة الغلي المسائية "
        "في المغرب لها تفسير الآن.",
    ),
)


def scene(random: Random) -> Scene:
    if random.random() < _ARCHIVE:
        return _archive(random)
    session_id = f"issue-{random.randrange(100, 999)}"
    chosen = random.sample(STORIES, random.randrange(3, 6))
    wire = _wire(random.sample(STORIES, len(STORIES)))
    ask = f"What came in over night. Choose {len(chosen)} and answer as JSON.\n\n{wire}"
    choice = json.dumps({"stories": [story.headline for story in chosen]}, ensure_ascii=False)
    return Scene(
        AGENT_ID,
        (Turn(Answer(choice), ask),),
        session_id,
        tags=("editor",),
        then=tuple(_summary(story, session_id, random) for story in chosen),
    )


def _summary(story: Story, session_id: str, random: Random) -> Scene:
    ask = f"Summarise for issue {session_id[6:]}:\n\n# {story.headline}\n\n{story.body}"
    # A few are cut short by max_tokens, as happens to editors.
    is_long = random.random() < 0.05
    answer = (
        Answer(story.summary[: len(story.summary) * 2 // 3], finish="length")
        if is_long
        else Answer(story.summary)
    )
    is_streamed = random.random() < 0.5
    return Scene(AGENT_ID, (Turn(answer, ask, is_streamed),), session_id, tags=("summary",))


def _archive(random: Random) -> Scene:
    """The year in review: refused by the small model, read by the large one."""
    text = "The archive of the year, all of it:\n\n" + _year(random)
    ask = text + "\n\nWhich three stories did nobody follow up?"
    failure = context_too_long(_SMALL, _SMALL_TOKENS, tokens_of_text(ask))
    session_id = f"year-{random.randrange(100, 999)}"
    forgotten = random.sample(STORIES, 3)
    answer = "Three that nobody came back to:\n\n" + "\n".join(
        f"{number}. **{story.headline}**: reported often, never followed up."
        for number, story in enumerate(forgotten, 1)
    )
    large = Scene(
        AGENT_ID,
        (Turn(Answer(answer + "\n\nThe first has waited longest."), ask, is_streamed=True),),
        session_id,
        "gemini-2.5-pro",
        ("archive",),
    )
    return Scene(AGENT_ID, (Turn(failure, ask),), session_id, _SMALL, ("archive",), (large,))


def _year(random: Random) -> str:
    """Megabytes of stories; an issue has all of them in some order."""
    issues: list[str] = []
    size_chars = 0
    while size_chars < _ARCHIVE_CHARS:
        issue = f"## Issue {len(issues) + 1}\n\n" + _wire(random.sample(STORIES, len(STORIES)))
        issues.append(issue)
        size_chars += len(issue)
    return "\n\n".join(issues)


def _wire(stories: Sequence[Story]) -> str:
    return "\n\n".join(f"### {story.headline}\n{story.body}" for story in stories)


AGENT = Agent(
    AGENT_ID,
    "gemini",
    "gemini-2.5-flash",
    _SYSTEM,
    scene=scene,
    first_token_seconds=0.5,
    tokens_per_second=170,
    pause_seconds=26,
    request={"temperature": 0.4, "max_tokens": 400},
)
