"""How long ago a call was, as its row says it: a day is named as soon as its time needs one."""

from datetime import UTC, datetime

import pytest

from llmlogs.rows import ago

MORNING = datetime(2026, 11, 26, 4, 12, 58, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 26, 0, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "at", "told"),
    [
        (MORNING, MORNING.replace(minute=11), "1 min"),
        (MORNING, MORNING.replace(hour=0), "4 h"),
        (MORNING, MORNING.replace(day=25, hour=17), "25 Nov"),
        (MIDNIGHT, MIDNIGHT.replace(day=25, hour=23, minute=50), "20 min"),
        (MORNING, MORNING.replace(day=27), "27 Nov"),
    ],
)
def test_a_call_of_another_day_is_told_by_its_day(now: datetime, at: datetime, told: str) -> None:
    assert ago(at.timestamp(), now.timestamp()) == told
