"""Files of others are unchanged, and it is written down which they are."""

import hashlib
import tomllib

import pytest

from tests.house.checkout import ROOT

VENDOR = ROOT / "static" / "vendor"
VENDOR_OF_TESTS = ROOT / "tests" / "browser" / "vendor"


def versions(folder):
    return tomllib.loads((folder / "VERSIONS.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", [VENDOR, VENDOR_OF_TESTS], ids=["static", "tests"])
def test_every_vendored_script_has_its_version_and_digest(folder):
    scripts = {path.name for path in folder.iterdir() if path.suffix in (".js", ".css")}
    assert scripts == set(versions(folder))
    for name, said in versions(folder).items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == said["sha256"], name
        assert said["version"] in said["source"]


def test_htmx_itself_says_the_version_that_is_written_down():
    said = versions(VENDOR)["htmx.min.js"]["version"]
    assert f'"{said}"' in (VENDOR / "htmx.min.js").read_text(encoding="utf-8")
