"""The raw JSON of a call: any key can be read and opened, any entry can be had by its command."""

import json
import re
import subprocess
from collections.abc import Iterator
from html import unescape
from urllib.parse import quote, urlencode

import pytest

from tests.integration.running_studio import RunningStudio
from tests.integration.studio_with_entries import entry, studio_with

HTMX = {"HX-Request": "true"}
RIGHT_TO_LEFT = "مفتاح"
ODD = entry(
    1,
    log_id="odd",
    held={
        "": {"": "deep"},
        RIGHT_TO_LEFT: 1,
        "no members": {},
        "no items": [],
        "no words": "",
        "both": {RIGHT_TO_LEFT: 1, "left": 2},
    },
)
IDS = ["..", ".", "a..b", "x/../y", 'it\'s "$(id)" `id` \\', "[a-c]{1,2}*?q=1#f&%2e", "zürich 天气"]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    workspace = tmp_path_factory.mktemp("raw-json") / "workspace"
    called = [entry(number, log_id=log_id) for number, log_id in enumerate(IDS, 2)]
    with studio_with(workspace, ODD, *called) as running:
        yield running


def tree(studio: RunningStudio, path: str) -> str:
    query = urlencode({"part": "json", "path": path})
    answer = studio.request("GET", f"/studio/llm-logs/bot/odd?{query}", headers=HTMX)
    assert answer.status == 200
    return unescape(answer.body.decode())


def lines(html: str) -> list[str]:
    items = re.findall(r"<(?:summary|div class=\"leaf\")>(.*?)</(?:summary|div)>", html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", item).split()) for item in items]


def test_keys_are_in_quotes_and_what_is_empty_says_so(studio: RunningStudio) -> None:
    assert lines(tree(studio, "/held")) == [
        '"" { 1 } ""',
        f'"{RIGHT_TO_LEFT}" 1',
        '"no members" { } empty object',
        '"no items" [ ] empty list',
        '"no words"',
        f'"both" {{ 2 }} "{RIGHT_TO_LEFT}", "left"',
    ]
    assert lines(tree(studio, "/held/")) == ['"" deep']


def test_a_key_that_runs_the_other_way_stays_by_itself(studio: RunningStudio) -> None:
    html = tree(studio, "/held")
    assert f'<bdi class="tree-key">"{RIGHT_TO_LEFT}"</bdi>' in html
    assert f'<bdi>"{RIGHT_TO_LEFT}"</bdi>, <bdi>"left"</bdi>' in html


def test_the_way_to_an_empty_key_can_be_seen(studio: RunningStudio) -> None:
    page = studio.request("GET", "/studio/llm-logs/bot/odd?part=json&path=/held/").body.decode()
    assert '<bdi aria-current="page">&#34;&#34;</bdi>' in page


@pytest.mark.parametrize("log_id", IDS)
def test_the_copied_command_gets_the_entry_in_a_shell(studio: RunningStudio, log_id: str) -> None:
    address = f"/studio/llm-logs/bot/?{urlencode({'log_id': log_id})}"
    if log_id not in (".", ".."):
        address = f"/studio/llm-logs/bot/{quote(log_id, safe='')}"
    page = studio.request("GET", address).body.decode()
    command = re.search(r'data-copy-text="([^"]*)"', page)
    assert command, log_id
    answer = subprocess.run(["sh", "-c", unescape(command[1])], capture_output=True, check=True)
    assert json.loads(answer.stdout)["log_id"] == log_id
