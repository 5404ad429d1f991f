"""The bars of the histogram: what is there is seen, and a bar leads to what it shows."""

from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from llmlogs.pages import asked
from llmlogs.pages.overview import CHART_HEIGHT, LEAST_HEIGHT, Bar, bars
from llmlogs.queries.filters import LogFilter
from llmlogs.queries.histogram import Histogram, Step

EVERYTHING = asked.Asked(LogFilter(), None, {})


def drawn(*counts: tuple[int, int], since: float = 1_796_000_000) -> list[Bar]:
    steps = tuple(Step(since + 60 * place, *count) for place, count in enumerate(counts))
    return list(bars(Histogram(steps, 60), EVERYTHING))


def test_one_failure_among_many_calls_does_not_look_like_nothing_but_failures() -> None:
    _, few = drawn((50_000, 0), (24, 1))
    assert few.error_height >= LEAST_HEIGHT
    assert few.height >= few.error_height + LEAST_HEIGHT


def test_a_bar_of_nothing_but_failures_is_all_failure() -> None:
    _, failed = drawn((50_000, 0), (3, 3))
    assert failed.height == failed.error_height > 0


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1))
def test_no_bar_leaves_the_drawing_or_hides_a_part(counts: list[tuple[int, int]]) -> None:
    shown = [(succeeded + failed, failed) for succeeded, failed in counts]
    for (calls, failed), bar in zip(shown, drawn(*shown), strict=True):
        assert 0 <= bar.error_height <= bar.height <= CHART_HEIGHT
        assert (bar.height > 0) == (calls > 0)
        assert (bar.error_height > 0) == (failed > 0)
        assert (bar.height > bar.error_height) == (calls > failed)


def test_a_bar_leads_to_every_moment_of_its_step_and_to_none_of_the_next() -> None:
    first, second = drawn((1, 0), (1, 0))
    span = {key: float(value[0]) for key, value in parse_qs(urlsplit(first.url).query).items()}
    assert span["since"] == first.since
    assert first.since + 59.9999996 <= span["until"] < second.since
