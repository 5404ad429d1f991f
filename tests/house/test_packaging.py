"""What is installed: locks hold what pyproject asks for, the check runs the README's command."""

import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.checkout import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def locked(name):
    lines = (ROOT / name).read_text(encoding="utf-8").split("\n")
    pairs = (line.split(";")[0].strip().split("==") for line in lines if "==" in line)
    return {canonicalize_name(package): version for package, version in pairs}


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        ("requirements.lock", ["studio"]),
        ("requirements-demo.lock", ["studio", "openai", "anthropic"]),
        ("requirements-dev.lock", ["studio", "dev"]),
    ],
)
def test_a_lock_holds_a_fitting_version_of_everything_asked_for(lock, extras):
    versions = locked(lock)
    for extra in extras:
        for wanted in map(Requirement, PROJECT["optional-dependencies"][extra]):
            assert versions[canonicalize_name(wanted.name)] in wanted.specifier, str(wanted)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-demo.lock"])
def test_what_runs_is_what_was_tested(lock):
    assert locked(lock).items() <= locked("requirements-dev.lock").items()


def test_the_other_lock_holds_the_client_that_compatibility_is_tested_with():
    versions = locked("requirements-openagents.lock")
    assert versions["openagents"] == "0.8.0"
    assert versions["mcp"] < "2"


def test_the_sdk_has_no_dependencies():
    assert PROJECT["dependencies"] == []


def test_the_check_runs_the_tests_last():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").strip().splitlines()
    assert lines[-1] == "exec make test"
