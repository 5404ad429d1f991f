"""Every example of the documentation is run by a test: which one, stands here."""

import re

from tests.house.checkout import ROOT

RUN_BY = {
    ("README.md", "python"): "tests/house/test_readme_example.py",
    ("README.md", "sh"): "tests/integration/test_documented_requests.py",
    ("docs/api.md", "curl"): "tests/integration/test_documented_requests.py",
    ("docs/cli.md", "sh"): "tests/integration/test_cli_docs.py",
    ("docs/entry-format.md", "json"): "tests/unit/sdk/test_docs.py",
    ("docs/instrument.md", "python"): "tests/unit/instrument/test_docs.py",
    ("docs/migrating.md", "python"): "tests/integration/test_migrating.py",
    ("docs/network.md", "console"): "tests/integration/test_network_docs.py",
    ("docs/sdk.md", "python"): "tests/unit/sdk/test_docs.py",
}
"""Commands of make are tests/house/test_documentation.py's."""
ONLY_SHOWN = {
    ("docs/api.md", "json"): "an error, whose shape and words tests/unit/api looks at",
    ("docs/demo.md", "sh"): "make demo",
    (
        "docs/settings.md",
        "sh",
    ): "make run with settings: tests/integration/test_run_starting.py",
}


def examples():
    """Page and language of every fenced block; a plain one counts if it holds a request."""
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        page = path.relative_to(ROOT).as_posix()
        blocks = re.findall(r"^```(\w*)\n(.*?)^```", path.read_text("utf-8"), re.DOTALL | re.M)
        for language, text in blocks:
            if language or text.startswith("curl "):
                yield page, language or "curl"


def test_every_example_is_run_by_a_test_or_says_why_not():
    found = set(examples())
    assert found - RUN_BY.keys() - ONLY_SHOWN.keys() == set(), "write the test that runs it"
    assert (RUN_BY.keys() | ONLY_SHOWN.keys()) - found == set(), "no such example any more"
    assert all(language != "python" for _, language in ONLY_SHOWN)


def test_the_tests_named_here_read_the_pages_they_run():
    for (page, _), test in RUN_BY.items():
        name = page.rpartition("/")[2]
        assert name in (ROOT / test).read_text(encoding="utf-8"), f"{test} does not read {page}"
