"""The page of the breakdown over HTTP: the numbers that the list has, by name."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode

import pytest

from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import entry, studio_with

PAGE = "/studio/llm-logs/breakdown"
ATTACK = '"><script>alert(1)</script>'
CALLS = (
    entry(1, agent_id="a", model_name="small", latency_ms=100, input_tokens=10, output_tokens=1),
    entry(2, agent_id="a", model_name="large", latency_ms=4000, input_tokens=7000, output_tokens=5),
    entry(3, agent_id="b", model_name="small", latency_ms=300, error="overloaded"),
    entry(4, agent_id=ATTACK, model_name=ATTACK, provider=ATTACK, latency_ms=200),
    entry(5, agent_id="b", model_name=None, latency_ms=200),
)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    with studio_with(tmp_path_factory.mktemp("breakdown") / "workspace", *CALLS) as running:
        yield running


def page(studio: RunningStudio, **parameters: str) -> str:
    answer = studio.request("GET", f"{PAGE}?{urlencode(parameters)}")
    assert answer.status == 200, answer.body
    return answer.body.decode()


def lines(html: str) -> list[list[str]]:
    """The texts of the table's cells, line by line, without notes."""
    body = html.partition("<tbody")[2].partition("</tbody>")[0]
    found = []
    for line in re.findall(r"<tr.*?</tr>", body, re.DOTALL):
        cells = re.findall(r"<(?:th|td)[^>]*>(.*?)</(?:th|td)>", line, re.DOTALL)
        bare = (re.sub(r"<small>.*?</small>", "", cell) for cell in cells)
        found.append([unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in bare])
    return found


def test_models_come_with_their_numbers_most_calls_first(studio: RunningStudio) -> None:
    found = lines(page(studio))
    assert [line[:3] for line in found] == [
        ["small", "2", "1"],
        ["No model", "1", "0"],
        [ATTACK, "1", "0"],
        ["large", "1", "0"],
    ]
    assert found[0][5:] == ["200 ms", "100 ms", "300 ms", "300 ms"]


def test_agents_and_providers_have_a_page_each(studio: RunningStudio) -> None:
    assert [line[0] for line in lines(page(studio, by="agent"))] == ["a", "b", ATTACK]
    assert [line[1] for line in lines(page(studio, by="provider"))] == ["4", "1"]


def test_it_is_sorted_by_what_is_asked_for_and_says_so(studio: RunningStudio) -> None:
    html = page(studio, sort="input")
    assert lines(html)[0][0] == "large"
    [sorted_head] = re.findall(r"<th[^>]*aria-sort=\"descending\"[^>]*>(.*?)</th>", html)
    assert "Tokens in" in sorted_head
    assert [line[0] for line in lines(page(studio, sort="p50"))][:1] == ["large"]


def test_the_filter_of_the_list_holds_and_a_name_leads_to_its_calls(studio: RunningStudio) -> None:
    html = page(studio, agent_id="b")
    assert [line[:2] for line in lines(html)] == [["No model", "1"], ["small", "1"]]
    assert 'href="/studio/llm-logs?agent_id=b&amp;model=small"' in html
    assert "Agent <bdi>b</bdi>" in html
    html = page(studio, search="no such words")
    assert lines(html) == []
    assert "No call passes this filter." in html


def test_names_are_shown_as_text(studio: RunningStudio) -> None:
    for by in ("model", "agent", "provider"):
        assert "<script>alert" not in page(studio, by=by)


def test_numbers_of_a_list_lead_here_with_their_filter(studio: RunningStudio) -> None:
    part = studio.request("GET", "/studio/llm-logs/overview?agent_id=b&last=1h").body.decode()
    for by in ("model", "agent", "provider"):
        assert f'href="{PAGE}?agent_id=b&amp;by={by}&amp;last=1h"' in part, part


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("by=nothing", "by is 'nothing'; expected one of model, agent, provider."),
        ("sort=price", "sort is 'price'; expected one of calls, errors, input, output, average"),
        ("by=%00&sort=calls", "by is '\\x00'; expected one of model"),
    ],
)
def test_unknown_fields_and_columns_are_said_and_the_usual_are_shown(
    studio: RunningStudio, query: str, told: str
) -> None:
    answer = studio.request("GET", f"{PAGE}?{query}")
    html = answer.body.decode()
    assert answer.status == 400
    assert told in unescape(html.partition('role="alert">')[2].partition("</p>")[0])
    assert lines(html) == lines(page(studio))


def test_the_last_line_is_of_all_of_them(studio: RunningStudio) -> None:
    foot = page(studio).partition("<tfoot")[2].partition("</tfoot>")[0]
    assert re.findall(r'value="([^"]*)"', foot)[:5] == ["5", "1", "7040", "21", "960.0"]
    assert '<a href="/studio/llm-logs">All</a>' in foot
    foot = page(studio, agent_id="b").partition("<tfoot")[2]
    assert re.findall(r'value="([^"]*)"', foot)[:2] == ["2", "1"]
    assert '<a href="/studio/llm-logs?agent_id=b">All</a>' in foot


def test_a_filter_that_makes_no_sense_is_said(studio: RunningStudio) -> None:
    answer = studio.request("GET", f"{PAGE}?since=yesterday")
    assert answer.status == 400
    assert b'role="alert"' in answer.body
