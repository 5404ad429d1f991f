"""`python -m agents_sdk run`: a program that knows nothing of us, recorded."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agents_sdk.codec import decode_line
from agents_sdk.testing import ModelServer
from tests.unit.sdk.protocol_server import running_server

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
import openai
import neighbour

assert __name__ == "__main__"
client = openai.OpenAI(base_url=sys.argv[1], api_key="key", max_retries=0)
answer = client.chat.completions.create(
    model="gpt-5", messages=[{"role": "user", "content": neighbour.QUESTION}]
)
print(answer.choices[0].message.content, sys.argv[2:])
sys.exit(3)
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    pytest.importorskip("openai", reason="openai is not installed")
    folder = tmp_path / "program"
    folder.mkdir()
    (folder / "agent.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "neighbour.py").write_text('QUESTION = "Hello?"', encoding="utf-8")
    return folder / "agent.py"


def run(*arguments: str, cwd: Path, **variables: str) -> Any:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    command = [sys.executable, "-m", "agents_sdk", *arguments]
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def recorded_question(file: Path) -> str:
    (line,) = file.read_bytes().splitlines()
    entry = decode_line(line).entry
    assert entry["completion"] == "It rains in Köln today."
    return str(entry["messages"][0]["content"])


def test_a_script_runs_as_it_would_alone_and_its_calls_are_recorded(
    model_server: ModelServer, program: Path, tmp_path: Path
) -> None:
    ran = run("run", str(program), model_server.openai_url, "--verbose", cwd=tmp_path,
              AGENTS_SDK_WORKSPACE=str(tmp_path / "w"), AGENTS_SDK_AGENT_ID="runner")  # fmt: skip
    assert (ran.stdout, ran.stderr) == ("It rains in Köln today. ['--verbose']\n", "")
    assert ran.returncode == 3
    assert recorded_question(tmp_path / "w" / "logs" / "llm" / "runner.jsonl") == "Hello?"


def test_a_module_runs_too_and_options_win_over_variables(
    model_server: ModelServer, program: Path, tmp_path: Path
) -> None:
    ran = run("run", "--agent-id", "me", "--workspace", "w", "-m", "agent", model_server.openai_url,
              cwd=program.parent, AGENTS_SDK_AGENT_ID="somebody")  # fmt: skip
    assert (ran.stdout, ran.stderr) == ("It rains in Köln today. []\n", "")
    assert recorded_question(program.parent / "w" / "logs" / "llm" / "me.jsonl") == "Hello?"


ABOUT_ITSELF = """
import atexit, os, pickle, sys, threading

class Kept: pass
file = __file__  # Python takes it from a script when its main code ends

def show(when):
    assert sys.modules["__main__"].__dict__ is globals()
    assert pickle.loads(pickle.dumps(Kept)) is Kept
    print(when, __name__, file, __package__, getattr(__spec__, "name", None), sys.argv)

def later():
    threading.main_thread().join()
    show("thread")

show("main")
print(sys.path[0])
os.chdir("/")
assert os.path.exists(os.path.abspath(__file__))
atexit.register(show, "atexit")
threading.Thread(target=later).start()
"""


def as_python_runs_it(*arguments: str, cwd: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True,
        timeout=300, check=True,
    ).stdout  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [["it.py", "x"], ["-m", "it", "x"], ["-m", "package"], ["package"], ["package.zip"]],
    ids=["script", "module", "package", "folder", "archive"],
)
def test_a_program_finds_of_itself_what_it_finds_alone_until_the_very_end(
    arguments: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    source = ABOUT_ITSELF
    if arguments == ["package.zip"]:
        source = source.replace("assert os.path.exists", "")
    for file in (tmp_path / "it.py", folder / "__main__.py"):
        file.write_text(source, encoding="utf-8")
    (folder / "__init__.py").touch()
    shutil.make_archive(str(folder), "zip", folder)
    ran = run("run", "--workspace", "w", "--agent-id", "a", *arguments, cwd=tmp_path)
    assert (ran.stderr, ran.returncode) == ("", 0)
    alone = as_python_runs_it(*arguments, cwd=tmp_path)
    assert ran.stdout == alone
    assert [line.partition(" ")[0] for line in alone.splitlines()][2:] == ["thread", "atexit"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "agents_sdk: unknown command ''; expected one of: run"),
        (["run"], "python -m agents_sdk run: the following arguments are required: program"),
        (["run", "--foo"], "python -m agents_sdk run: "),
        (["run", "missing.py"], "agents_sdk run: there is no file 'missing.py'"),
        (["run", "--agent-id", "..", __file__], "agents_sdk run: agent id '..' cannot be used"),
    ],
)
def test_what_cannot_be_run_is_refused_in_a_sentence(
    arguments: list[str], sentence: str, tmp_path: Path
) -> None:
    ran = run(*arguments, cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.startswith(sentence)
    assert ran.stderr.count("\n") == 1


def test_the_commands_are_told_to_whoever_asks(tmp_path: Path) -> None:
    for asking in (["--help"], ["-h"]):
        ran = run(*asking, cwd=tmp_path)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert {"run", "logs"} <= set(ran.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-m", "nope"], "there is no module 'nope'"),
        (["-m", "nope.sub"], "module 'nope.sub' cannot be found: No module named 'nope'"),
        (["-m", "package"], "'package' is a package without a __main__ and cannot be run"),
        (["-m", "package.broken.sub"], "module 'package.broken.sub' cannot be found: not today"),
        (["-m", "sys"], "module 'sys' has no Python code to run"),
        (["-m", ""], "there is no module ''"),
        (["empty"], "there is no __main__.py in 'empty'"),
        (["empty.zip"], "there is no __main__.py in 'empty.zip'"),
    ],
)
def test_what_python_would_not_run_is_refused_with_its_status(
    arguments: list[str], sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    shutil.make_archive(str(tmp_path / "empty"), "zip", tmp_path / "empty")
    broken = tmp_path / "package" / "broken"
    broken.mkdir(parents=True)
    (broken.parent / "__init__.py").touch()
    (broken / "__init__.py").write_text("raise ImportError('not today')")
    python = subprocess.run(
        [sys.executable, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    ran = run("run", *arguments, cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (python.returncode, "")
    assert ran.stderr.startswith(f"agents_sdk run: {sentence}")
    assert ran.stderr.count("\n") == 1


def test_an_error_of_the_program_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("import nowhere_at_all")
    ran = run("run", "-m", "bad", cwd=tmp_path)
    assert ran.returncode == 1
    assert ran.stderr.endswith("ModuleNotFoundError: No module named 'nowhere_at_all'\n")


WITH_CHILDREN = """
import multiprocessing, os, sys
import openai
{line}

def ask(who):
    client = openai.OpenAI(base_url=os.environ["MODEL"], api_key="key", max_retries=0)
    client.chat.completions.create(model="gpt-5", messages=[{{"role": "user", "content": who}}])

if __name__ == "__main__":
    for method in ("fork", "spawn", "forkserver"):
        with multiprocessing.get_context(method).Pool(1) as pool:
            pool.apply(ask, (method,))
"""
METHODS = ["fork", "spawn", "forkserver"]
THE_LINE = 'import agents_sdk; agents_sdk.instrument("parent", workspace=os.environ["FOLDER"])'


@pytest.mark.parametrize(
    ("line", "command", "expected"),
    [("", ["run"], METHODS), (THE_LINE, [], METHODS), ("", [], [])],
    ids=["run", "line", "nothing"],
)
def test_children_of_multiprocessing_are_recorded_by_the_line_and_by_run(
    model_server: ModelServer,
    program: Path,
    tmp_path: Path,
    line: str,
    command: list[str],
    expected: list[str],
) -> None:
    program.write_text(WITH_CHILDREN.format(line=line), encoding="utf-8")
    variables = {"MODEL": model_server.openai_url, "FOLDER": str(tmp_path / "w")}
    sdk = {"AGENTS_SDK_WORKSPACE": str(tmp_path / "w"), "AGENTS_SDK_AGENT_ID": "parent"}
    start = ["-m", "agents_sdk", *command] if command else []
    ran = subprocess.run(
        [sys.executable, *start, str(program)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables, **sdk},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert questions_in(tmp_path / "w" / "logs" / "llm" / "parent.jsonl") == expected


IN_A_FOLDER_OF_ITS_OWN = """
import concurrent.futures, os, sys
os.chdir("/")
import multiprocessing
import openai

def ask(question):
    client = openai.OpenAI(base_url=sys.argv[1], api_key="key", max_retries=0)
    messages = [{{"role": "user", "content": question}}]
    client.chat.completions.create(model="gpt-5", messages=messages)

def have_asked(question):
    child = multiprocessing.get_context("spawn").Process(target=ask, args=("grandchild",))
    child.start()
    child.join()
    ask(question)

if __name__ == "__main__":
    {lines}
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, context) as pool:
        pool.submit(have_asked, "child").result()
"""
ANOTHER_LOGGER = 'import agents_sdk; agents_sdk.instrument("other", workspace="/nowhere")'
NO_LOGGER = "import agents_sdk; agents_sdk.uninstrument()"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [("", ["grandchild", "child"]), (ANOTHER_LOGGER, ["grandchild", "child"]), (NO_LOGGER, [])],
)
def test_children_of_children_are_recorded_in_the_folder_that_was_meant(
    model_server: ModelServer, program: Path, tmp_path: Path, lines: str, expected: list[str]
) -> None:
    program.write_text(IN_A_FOLDER_OF_ITS_OWN.format(lines=lines), encoding="utf-8")
    ran = run("run", "--agent-id", "me", str(program), model_server.openai_url, cwd=tmp_path,
              AGENTS_SDK_WORKSPACE="w")  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert questions_in(tmp_path / "w" / "logs" / "llm" / "me.jsonl") == expected


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_child_delivers_its_entries_before_it_ends(
    model_server: ModelServer, program: Path, tmp_path: Path, method: str
) -> None:
    only_once = IN_A_FOLDER_OF_ITS_OWN.format(lines="").replace("have_asked,", "ask,")
    program.write_text(only_once.replace('"spawn"', f'"{method}"'), encoding="utf-8")
    with running_server() as studio:
        ran = run("run", "--agent-id", "me", "--url", studio.url, str(program),
                  model_server.openai_url, cwd=tmp_path,
                  AGENTS_SDK_SPOOL_DIR=str(tmp_path / "spool"))  # fmt: skip
        assert (ran.returncode, ran.stderr) == (0, "")
        (entry,) = studio.entries.values()
    assert (entry["agent_id"], entry["messages"][0]["content"]) == ("me", "child")


def test_a_child_that_cannot_import_us_runs_as_it_would_alone(
    model_server: ModelServer, program: Path, tmp_path: Path
) -> None:
    hidden = (
        "sys.path = [p for p in sys.path if p != os.environ['ROOT']]; os.environ.pop('PYTHONPATH')"
    )
    program.write_text(IN_A_FOLDER_OF_ITS_OWN.format(lines=hidden), encoding="utf-8")
    ran = run("run", str(program), model_server.openai_url, cwd=tmp_path,
              AGENTS_SDK_WORKSPACE="w", ROOT=str(ROOT))  # fmt: skip
    assert (ran.returncode, ran.stderr, len(model_server.requests)) == (0, "", 2)
    assert not (tmp_path / "w").exists()


def questions_in(file: Path) -> list[str]:
    lines = file.read_bytes().splitlines() if file.exists() else []
    return [decode_line(line).entry["messages"][0]["content"] for line in lines]


def test_streams_of_a_server_of_your_own_are_counted_if_the_option_says_so(
    model_server: ModelServer, program: Path, tmp_path: Path
) -> None:
    streaming = PROGRAM.replace('"gpt-5",', '"gpt-5", stream=True,').replace(
        "print(answer.choices[0].message.content, sys.argv[2:])", "assert len(list(answer)) == 5"
    )
    program.write_text(streaming, encoding="utf-8")
    for options in ([], ["--stream-usage"]):
        chosen = ("--workspace", str(tmp_path / "w"), "--agent-id", "runner", *options)
        ran = run("run", *chosen, str(program), model_server.openai_url, cwd=tmp_path)
        assert (ran.returncode, ran.stderr) == (3, "")
    lines = (tmp_path / "w" / "logs" / "llm" / "runner.jsonl").read_bytes().splitlines()
    assert [decode_line(line).entry["total_tokens"] for line in lines] == [None, 30]
