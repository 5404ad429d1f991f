"""Times as people type them."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_sdk.cli.moments import InvalidMoment, parse_moment

COLOGNE = timezone(timedelta(hours=1))
NOW = datetime(2026, 11, 25, 14, 30, tzinfo=COLOGNE)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("90s", NOW - timedelta(seconds=90)),
        ("15m", NOW - timedelta(minutes=15)),
        ("15min", NOW - timedelta(minutes=15)),
        ("1.5h", NOW - timedelta(minutes=90)),
        ("3d", NOW - timedelta(days=3)),
        (" 2w ago ", NOW - timedelta(days=14)),
        ("14:00", NOW.replace(minute=0)),
        ("15:00", NOW.replace(hour=15, minute=0) - timedelta(days=1)),
        ("2026-11-24T10:00:00Z", datetime(2026, 11, 24, 10, tzinfo=UTC)),
        ("2026-11-24 10:00+02:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-24", datetime(2026, 11, 24).astimezone()),
        ("1780000000", datetime.fromtimestamp(1_780_000_000, UTC)),
        ("1780000000.25", datetime.fromtimestamp(1_780_000_000.25, UTC)),
    ],
)
def test_a_time_is_understood(text: str, moment: datetime) -> None:
    assert parse_moment(text, NOW) == moment.timestamp()


@pytest.mark.parametrize(
    "text", ["", "soon", "15 moons", "25:00", "2026-13-01", "-5m", "1e9", "nan"]
)
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InvalidMoment, match="is no time; expected '15m', '2h', '3d'"):
        parse_moment(text, NOW)


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with suppress(InvalidMoment):
        assert isinstance(parse_moment(text, NOW), float)
