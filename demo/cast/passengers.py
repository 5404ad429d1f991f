"""Passengers of the travel planner who write in Hebrew and in Chinese."""

import json
from random import Random

from demo.scene import Answer, Scene, ToolUse, Turn

AGENT_ID = "travel-planner"


def in_hebrew(random: Random) -> Scene:
    hour = random.randrange(7, 11)
    route = {
        "origin": "חיפה חוף הכרמל",
        "destination": "ירושלים – יצחק נבון",
        "date": a_day(random),
    }
    found = [{"train": "412", "departs": f"{hour:02}:14", "arrives": f"{hour + 2:02}:03"}]
    opening = (
        "אני צריכה להגיע מחיפה לירושלים ביום חמישי בבוקר, עם שלושה קומקומים וארגז כלים. "
        "עדיף רכבת ישירה, ומושב שרואים ממנו את הים 🌊"
    )
    final = (
        f"מצאתי רכבת נוחה: יוצאת מחוף הכרמל ב‑**{hour:02}:14** ומגיעה לירושלים ב‑"
        f"**{hour + 2:02}:03**, עם החלפה אחת קלה בתל אביב (11 דקות, אותו רציף).\n\n"
        "- שבי בצד **ימין**: הים נמצא שם עד חדרה.\n"
        "- הארגז נכנס מתחת לשולחן בקרון 3.\n"
        "- מחיר: 27.50 ₪ (`Rav-Kav` מתקבל).\n\nנסיעה טובה, ושהמים ירתחו בזמן!"
    )
    turns = (
        Turn(Answer(tools=(ToolUse("search_trains", route, as_json(found)),)), opening),
        Turn(Answer(final), is_streamed=True),
    )
    return Scene(AGENT_ID, turns, f"trip-{random.randrange(16**5):05x}", tags=("field-service",))


def in_chinese(random: Random) -> Scene:
    hour, price = random.randrange(7, 12), random.randrange(480, 560)
    route = {"origin": "上海虹桥", "destination": "杭州东", "date": a_day(random)}
    found = [{"车次": "G7341", "出发": f"{hour:02}:08", "到达": f"{hour + 1:02}:02", "票价": 73}]
    opening = random.choice(
        (
            "下周去杭州的龙井茶园装四台水壶，从上海出发。水温必须稳定在80℃，人也是。帮我安排一下？",
            "客户说我们的水壶烧龙井“火气太大”。我要从上海去杭州当面调试，带一箱传感器，请安排高铁和住宿。",
        )
    )
    hotel = ToolUse(
        "find_hotels",
        {"city": "杭州", "nights": "1", "max_price_eur": "160"},
        as_json([{"名称": "茶香丽舍", "价格": price, "步行": "9分钟"}]),
    )
    final = f"""安排好了，一路都是绿灯：

| 时间 | 行程 |
|---|---|
| **{hour:02}:08** | 上海虹桥 → 杭州东，G7341，二等座 73 元 |
| **{hour + 1:02}:02** | 到达杭州东，打车去茶园约 40 分钟 |
| 晚上 | 茶香丽舍，{price} 元，步行 9 分钟到龙井村口 |

提醒：传感器请随身携带，安检时说明是“温度计”即可。清晨五点半的茶园最安静，值得早起。🍵"""
    turns = (
        Turn(Answer(tools=(ToolUse("search_trains", route, as_json(found)),)), opening),
        Turn(Answer("车次已定，再看看住处。", tools=(hotel,))),
        Turn(Answer(final), is_streamed=True),
    )
    return Scene(AGENT_ID, turns, f"trip-{random.randrange(16**5):05x}", tags=("field-service",))


def a_day(random: Random) -> str:
    return random.choice(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"))


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
