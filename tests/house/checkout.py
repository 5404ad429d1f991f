"""What the house tests look at: the files of the checkout, without what tools put there."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("agents_sdk", "llmlogs", "studio")
_NOT_OURS = frozenset(
    (
        *(".git", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".benchmarks"),
        *("__pycache__", "build", "dist", "workspace", "workspace-demo"),
    )
)


def files(folder: Path = ROOT) -> Iterator[Path]:
    """Every file of the checkout; environments, caches and workspaces left out."""
    for path in sorted(folder.iterdir()):
        if path.name in _NOT_OURS or path.name.startswith(".venv") or path.suffix == ".egg-info":
            continue
        if path.is_dir():
            yield from files(path)
        elif not path.is_symlink() and path.name != ".git":
            yield path


def modules(*packages: str) -> list[Path]:
    """The Python modules of these packages."""
    return [
        path
        for package in packages
        if (ROOT / package).is_dir()
        for path in files(ROOT / package)
        if path.suffix == ".py"
    ]


def name_of(module: Path) -> str:
    """`llmlogs.queries` for llmlogs/queries/__init__.py."""
    parts = module.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"), filename=str(module))


@cache
def documentation() -> str:
    """README and everything under docs/, as one text."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)
