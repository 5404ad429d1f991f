"""Data flows one way: the table of docs/architecture, as far as imports can say it."""

import ast
import sys
from collections.abc import Iterator

import pytest

from tests.house.checkout import ROOT, modules, name_of, tree

FACES = ("llmlogs.api", "llmlogs.pages", "llmlogs.live")

# What two faces share lies below them: how filters are asked for, how values are shown.
SHARED_BY_FACES = (
    "llmlogs.address",
    "llmlogs.display",
    "llmlogs.excerpts",
    "llmlogs.forms",
    "llmlogs.health",
    "llmlogs.listing",
    "llmlogs.problems",
    "llmlogs.rows",
    "llmlogs.rowtokens",
    "llmlogs.runningrows",
)
STAGES = ("llmlogs.network", "llmlogs.ingest", "llmlogs.queries", *SHARED_BY_FACES, *FACES)
LATE = ("llmlogs.worker", "llmlogs.management")


def stage_of(module: str) -> str:
    """The row of the table a module belongs to; "llmlogs" is the row of conf and models."""
    for stage in (*STAGES, *LATE):
        if module == stage or module.startswith(stage + "."):
            return stage
    return module.partition(".")[0]


def allowed(stage: str) -> set[str]:
    below = {"agents_sdk", "llmlogs"}
    if stage == "agents_sdk":
        return set()
    if stage == "llmlogs":
        return {"agents_sdk"}
    if stage in ("llmlogs.network", "llmlogs.ingest", "llmlogs.queries"):
        return below
    if stage in SHARED_BY_FACES:
        return below | {"llmlogs.queries", *SHARED_BY_FACES}
    if stage in FACES:
        return below | {"llmlogs.queries", "llmlogs.network", *SHARED_BY_FACES}
    if stage in LATE:
        return below | set(STAGES) | set(LATE)
    return below | set(STAGES) | set(LATE) | {"studio"}


def imported_by(module: ast.AST, name: str, *, is_package: bool) -> Iterator[str]:
    """Full names of everything imported anywhere in a module, relative imports resolved."""
    package = name.split(".") if is_package else name.split(".")[:-1]
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def our_imports(path) -> list[str]:
    found = imported_by(tree(path), name_of(path), is_package=path.name == "__init__.py")
    return [name for name in found if name.partition(".")[0] in ("agents_sdk", "llmlogs", "studio")]


@pytest.mark.parametrize("path", modules("agents_sdk", "llmlogs", "studio"), ids=name_of)
def test_a_module_imports_only_what_lies_below_it(path):
    stage = stage_of(name_of(path))
    wrong = [
        name
        for name in our_imports(path)
        if stage_of(name) != stage and stage_of(name) not in allowed(stage)
    ]
    assert wrong == [], f"{stage} may import {sorted(allowed(stage)) or 'nothing of ours'}"


@pytest.mark.parametrize("path", modules("agents_sdk"), ids=name_of)
def test_the_sdk_loads_nothing_but_the_standard_library(path):
    """At import time; a function may load the library it is for. orjson is used when present."""
    third_party = [
        name
        for node in statements_run_at_import(tree(path))
        for name in imported_by(node, name_of(path), is_package=path.name == "__init__.py")
        if name.partition(".")[0] not in (*sys.stdlib_module_names, "agents_sdk", "orjson")
    ]
    assert third_party == []


def statements_run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The import statements outside of functions and of `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        yield from statements_run_at_import(child)


def test_the_supervisor_loads_neither_django_nor_our_other_parts():
    """It is there all day: what it imports, it keeps in memory."""
    seen, waiting = set(), ["studio.supervisor", "studio.child"]
    while waiting:
        name = waiting.pop()
        path = ROOT / (name.replace(".", "/") + ".py")
        if name in seen or not path.exists():
            continue
        seen.add(name)
        for node in statements_run_at_import(tree(path)):
            for imported in imported_by(node, name, is_package=False):
                top = imported.partition(".")[0]
                assert top in (*sys.stdlib_module_names, "studio"), f"{name} imports {imported}"
                waiting += [imported, imported.rpartition(".")[0]]
    assert "studio.service" in seen


@pytest.mark.parametrize(
    ("module", "imported", "is_lawful"),
    [
        ("llmlogs.queries.entries", "llmlogs.ingest.layout", False),
        ("llmlogs.ingest.indexer", "llmlogs.queries.entries", False),
        ("llmlogs.pages.calls", "llmlogs.api.routes", False),
        ("llmlogs.api.routes", "llmlogs.ingest.schema", False),
        ("llmlogs.conf", "llmlogs.queries", False),
        ("llmlogs.network.views", "studio.trust", False),
        ("agents_sdk.files.append", "llmlogs.conf", False),
        ("llmlogs.network.dispatch", "llmlogs.queries.running", False),
        ("llmlogs.network.dispatch", "llmlogs.running", True),
        ("llmlogs.queries.running", "llmlogs.running", True),
        ("llmlogs.api.routes", "llmlogs.queries.entries", True),
        ("llmlogs.worker", "llmlogs.ingest.upkeep", True),
        ("studio.urls", "llmlogs.pages.urls", True),
    ],
)
def test_the_law_itself(module, imported, is_lawful):
    assert (stage_of(imported) in allowed(stage_of(module))) is is_lawful


def test_the_table_of_the_architecture_names_every_stage():
    table = (ROOT / "docs" / "architecture" / "README.md").read_text(encoding="utf-8")
    for stage in STAGES:
        assert stage.rpartition(".")[2] in table, f"docs/architecture does not name {stage}"
