"""Sizes, names and traces: what a reviewer would otherwise have to say each time."""

import ast
import re

import pytest

from tests.house.checkout import PRODUCT, ROOT, files, modules, name_of, tree

MAX_MODULE_LINES = 250
MAX_FUNCTION_LINES = 30
LONGER_WITH_REASON = {
    "llmlogs.models.index": "one schema is read on one page",
}
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}


@pytest.mark.parametrize("path", modules(*PRODUCT), ids=name_of)
def test_a_module_stays_short_enough_to_be_read(path):
    if "migrations" in path.parts or name_of(path) in LONGER_WITH_REASON:
        return
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_MODULE_LINES, f"{lines} lines; split it, or say why in this test"


@pytest.mark.parametrize("path", modules(*PRODUCT), ids=name_of)
def test_a_function_does_one_thing(path):
    long = {
        node.name: length
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := body_lines(node)) > MAX_FUNCTION_LINES
    }
    assert long == {}, "lines of code without signature and docstring"


def body_lines(function):
    body = function.body
    has_docstring = ast.get_docstring(function, clean=False) is not None
    first = body[1] if has_docstring and len(body) > 1 else body[0]
    return function.end_lineno - first.lineno + 1


@pytest.mark.parametrize("path", modules(*PRODUCT), ids=name_of)
def test_names_say_what_a_thing_is_for(path):
    assert not set(name_of(path).split(".")) & BANNED_NAMES
    classes = [node.name for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    banned = tuple(name.capitalize() for name in BANNED_NAMES)
    assert [name for name in classes if name.endswith(banned)] == []


@pytest.mark.parametrize("path", modules(*PRODUCT), ids=name_of)
def test_a_module_says_what_it_is(path):
    is_empty = not path.read_text(encoding="utf-8").strip()
    is_plain = path.name in ("__init__.py", "apps.py", "routers.py") or "migrations" in path.parts
    assert is_empty or is_plain or ast.get_docstring(tree(path)), f"{name_of(path)}: no docstring"


# Put together here, so that this file does not name one itself.
MACHINE_PATH = re.compile("(?<![\\w.])/(?:" + "|".join(("wor" + "k", "far" + "m", "Users")) + ")/")
HOME_PATH = re.compile("/(?:ro" + "ot|ho" + "me/(?!somebody))")


def test_no_file_names_a_path_of_the_machine_it_was_written_on():
    found = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if MACHINE_PATH.search(text) or HOME_PATH.search(text):
            found.append(path.relative_to(ROOT).as_posix())
    assert found == []


def test_modules_of_different_packages_do_not_share_a_test_name():
    """pytest imports tests by their package; two of one name in one folder cannot be."""
    for folder in {path.parent for path in modules("tests")}:
        assert (folder / "__init__.py").exists(), f"{folder} has no __init__.py"
