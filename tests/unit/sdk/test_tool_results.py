"""What a tool returns reaches the model as text or as JSON, never as Python."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest

from agents_sdk.orchestrator.tools import Outcome, as_tools, run


@dataclass
class Weather:
    city: str
    is_wet: bool


class Model:
    """As pydantic's."""

    def model_dump(self, **_: Any) -> dict[str, Any]:
        return {"city": "Köln", "wind": None}


class Handle:
    def __str__(self) -> str:
        return "handle 7 \ud800"


class Sky(Enum):
    RAIN = "rain"


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ("It's wet.", "It's wet."),
        ("", ""),
        (None, "null"),
        (True, "true"),
        (3, "3"),
        (float("nan"), "null"),
        (
            {"city": "Köln", "is_wet": True, "wind": None},
            '{"city":"Köln","is_wet":true,"wind":null}',
        ),
        (["a", None], '["a",null]'),
        (("a", 1), '["a",1]'),
        ({"a"}, '["a"]'),
        (Weather("Köln", True), '{"city":"Köln","is_wet":true}'),
        ([Weather("Köln", False)], '[{"city":"Köln","is_wet":false}]'),
        (Model(), '{"city":"Köln","wind":null}'),
        ({"of": [Model()]}, '{"of":[{"city":"Köln","wind":null}]}'),
        (Sky.RAIN, "rain"),
        (date(2026, 11, 25), "2026-11-25"),
        (Decimal("1.50"), "1.50"),
        ({"price": Decimal("1.50")}, '{"price":"1.50"}'),
        (Handle(), "handle 7 \N{REPLACEMENT CHARACTER}"),
        ({1: Handle()}, '{"1":"handle 7 \N{REPLACEMENT CHARACTER}"}'),
        ({"__repr__": 1}, '{"__repr__":1}'),
    ],
)
async def test_a_result_is_told_as_text_or_json(result: Any, text: str) -> None:
    def tool() -> Any:
        return result

    assert await run(as_tools([tool]), "tool", "{}") == Outcome("success", text)


async def test_a_result_that_contains_itself_is_told_up_to_there() -> None:
    def tool() -> Any:
        loop: dict[str, Any] = {"name": "loop"}
        loop["itself"] = loop
        return loop

    text = '{"name":"loop","itself":"<dict: circular reference>"}'
    assert await run(as_tools([tool]), "tool", "{}") == Outcome("success", text)
