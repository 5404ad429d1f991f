"""What `pip install <checkout>` brings, on every promised Python: the SDK, and nothing else."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.checkout import ROOT, files
from tests.integration.interpreters import PROMISED, interpreter

CONSUMER = Path(__file__).with_name("consumer.py")
BUILD_TIMEOUT_SECONDS = 400
IMPORT_EVERYTHING = """
import importlib, pkgutil, sys
import agents_sdk

loaded = {name.partition(".")[0] for name in sys.modules}
assert loaded <= {*sys.stdlib_module_names, "agents_sdk", "__main__"}, loaded
assert "asyncio" not in sys.modules and "http" not in sys.modules
for name in agents_sdk.__all__:
    assert getattr(agents_sdk, name).__module__.startswith("agents_sdk."), name
for module in pkgutil.walk_packages(agents_sdk.__path__, "agents_sdk."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
loaded = {name.partition(".")[0] for name in sys.modules}
assert loaded <= {*sys.stdlib_module_names, "agents_sdk", "__main__"}, loaded
"""
DISTRIBUTIONS = "import importlib.metadata as m; print(sorted(d.name for d in m.distributions()))"


def run(*command: object, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False,
        timeout=BUILD_TIMEOUT_SECONDS,
    )  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout as pip builds it; a copy, since pip leaves its work lying in the folder."""
    folder = tmp_path_factory.mktemp("packaging")
    for path in files():
        copy = folder / "checkout" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    done = run(*pip, "wheel", "--no-deps", "--wheel-dir", folder, folder / "checkout")
    if "No matching distribution found for setuptools" in done.stdout + done.stderr:
        pytest.skip("NOT TESTED AS INSTALLED: pip reaches no index that has setuptools.")
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module", params=PROMISED)
def installed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, wheel: Path
) -> Path:
    """The folder of programs of a fresh environment into which the wheel alone was installed."""
    python = interpreter(request.param)
    environment = tmp_path_factory.mktemp("environment") / "venv"
    made = run(python, "-m", "venv", "--without-pip", environment)
    assert made.returncode == 0, made.stderr
    pip = (sys.executable, "-m", "pip", "--python", environment / "bin" / "python")
    # Without an index a dependency could not be had, and pip would say so.
    done = run(*pip, "install", "--no-index", "--compile", wheel)
    assert done.returncode == 0, done.stderr
    return environment / "bin"


def test_the_wheel_holds_the_sdk_alone(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {
        "agents_sdk",
        "studio_llm_logs",
    }
    modules = {path.relative_to(ROOT).as_posix() for path in files(ROOT / "agents_sdk")}
    assert {name for name in names if name.startswith("agents_sdk/")} == modules
    assert "agents_sdk/py.typed" in names


def test_nothing_else_is_installed(installed: Path) -> None:
    assert run(installed / "python", "-c", DISTRIBUTIONS).stdout == "['studio-llm-logs']\n"


def test_every_module_and_name_loads_without_a_third_party_one(installed: Path) -> None:
    done = run(installed / "python", "-W", "error", "-c", IMPORT_EVERYTHING)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_program_of_a_user_runs(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "python", "-W", "error", CONSUMER, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    log = tmp_path / "logs" / "llm" / "consumer.jsonl"
    assert len(log.read_bytes().splitlines()) == 2


def test_the_commands_are_there(installed: Path, tmp_path: Path) -> None:
    nowhere = ("--url", "http://127.0.0.1:1")
    for command in ([installed / "llm-logs"], [installed / "python", "-m", "agents_sdk", "logs"]):
        assert run(*command, "--help", cwd=tmp_path).stdout.startswith("usage: ")
        done = run(*command, "list", *nowhere, cwd=tmp_path)
        assert done.returncode == 1
        assert done.stderr.endswith(
            "list: http://127.0.0.1:1 does not answer: Connection refused\n"
        )
    script = tmp_path / "script.py"
    script.write_text("print(__name__)", encoding="utf-8")
    ran = run(installed / "python", "-m", "agents_sdk", "run", script, cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "__main__\n")


def test_a_strict_type_checker_is_content(installed: Path, tmp_path: Path) -> None:
    program = shutil.copy(CONSUMER, tmp_path)  # beside the checkout it would see the checkout
    checker = (sys.executable, "-m", "mypy", "--strict", "--config-file", "")
    where = ("--python-executable", installed / "python", "--cache-dir", tmp_path / "cache")
    done = run(*checker, *where, program, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "Success: no issues found in 1 source file\n")
