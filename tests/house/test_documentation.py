"""What the product has is in the documentation: settings, commands, routes, entry fields."""

import re

import pytest
from django.core.management import get_commands
from django.urls import URLPattern, get_resolver

from studio.env import SETTINGS
from tests.house.checkout import ROOT, documentation

ENTRY_FIELDS = (
    *("log_id", "agent_id", "timestamp", "model_name", "provider", "messages", "tools"),
    *("completion", "tool_calls", "latency_ms", "input_tokens", "output_tokens"),
    *("total_tokens", "error", "response_model", "finish_reason", "time_to_first_token_ms"),
    *("usage", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens", "error_type"),
    *("request_id", "session_id", "trace_id", "span_id", "parent_span_id", "request"),
    *("reasoning", "tags", "reported_cost", "stream"),
)


def assert_documented(name):
    assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", documentation()), (
        f"{name} appears neither in README.md nor under docs/"
    )


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_stands_in_the_table_with_its_default(setting):
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    shown = setting.default or "–"
    assert f"| `{setting.name}` | {shown} | {setting.help} |" in page


def test_every_command_is_documented():
    ours = [name for name, app in get_commands().items() if app in ("studio", "llmlogs")]
    assert "studio" in ours
    for name in ours:
        assert_documented(name)


def routes(patterns, prefix=""):
    for entry in patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path
        else:
            yield from routes(entry.url_patterns, path)


def test_every_route_is_documented():
    """`<str:agent_id>` in a route is `{agent_id}` in the documentation."""
    found = [
        "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route).lstrip("^").rstrip("$")
        for route in routes(get_resolver().url_patterns)
    ]
    assert "/studio/login" in found
    for route in found:
        assert route in documentation(), f"{route} appears neither in README.md nor under docs/"


@pytest.mark.parametrize("field", ENTRY_FIELDS)
def test_every_field_of_an_entry_is_documented(field):
    page = ROOT / "docs" / "entry-format.md"
    assert f"`{field}`" in page.read_text(encoding="utf-8")


def test_every_page_of_the_documentation_is_in_its_index():
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for page in sorted((ROOT / "docs").rglob("*.md")):
        name = page.relative_to(ROOT / "docs").as_posix()
        if name != "README.md":
            assert f"({name})" in index, f"docs/README.md does not link to {name}"


def test_links_between_pages_lead_somewhere():
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_commands_of_the_readme_are_targets_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    pages = documentation() + contributing
    named = set(re.findall(r"(?:^|[`;] ?)make ([a-z]+)", pages, re.MULTILINE))
    assert {"run", "test", "check"} <= named
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target} does not exist"
