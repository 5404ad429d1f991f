"""Run a script, a folder, an archive or a module as `__main__`, as Python itself does.

Unlike `runpy`'s, this `__main__` stays when its code has ended: threads and what is registered
with `atexit` still run then, and find (and pickle) what they find when Python runs the program.
"""

import builtins
import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader, SourcelessFileLoader
from importlib.util import find_spec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any
from zipfile import is_zipfile

from agents_sdk.errors import AgentsSDKError


class NotRunnable(AgentsSDKError):
    """There is no code to run; the text says why."""


def run_script(program: str) -> None:
    """Run a file, or the `__main__` of a folder or archive. Raises NotRunnable if it has none."""
    path = Path(program).absolute()
    folder_spec = PathFinder.find_spec("__main__", [str(path)])
    if folder_spec is not None:
        sys.path[0] = str(path)
        _run_spec(folder_spec)
        return
    if path.is_dir() or is_zipfile(path):
        raise NotRunnable(f"there is no __main__.py in {program!r}")
    sys.path[0] = str(path.resolve().parent)
    loader: Any
    if path.suffix == ".pyc":
        loader = SourcelessFileLoader("__main__", str(path))
        code = loader.get_code("__main__")
    else:
        loader = SourceFileLoader("__main__", str(path))
        code = loader.source_to_code(loader.get_data(str(path)), str(path))
    _execute(code, __file__=str(path), __loader__=loader, __package__=None, __spec__=None)


def run_module(name: str) -> None:
    """Run a module, or the `__main__` of a package. Raises NotRunnable if there is none."""
    try:
        spec = _runnable_spec(name)
    except (ImportError, AttributeError, TypeError, ValueError) as error:  # of a parent package
        raise NotRunnable(f"module {name!r} cannot be found: {error}") from None
    sys.argv[0] = spec.origin or name
    _run_spec(spec)


def _runnable_spec(name: str) -> ModuleSpec:
    spec = find_spec(name)
    if spec is None:
        raise NotRunnable(f"there is no module {name!r}")
    if spec.submodule_search_locations is None:
        return spec
    main = find_spec(f"{name}.__main__")
    if main is None:
        raise NotRunnable(f"{name!r} is a package without a __main__ and cannot be run")
    return main


def _run_spec(spec: ModuleSpec) -> None:
    loader: Any = spec.loader
    code = loader.get_code(spec.name) if hasattr(loader, "get_code") else None
    if code is None:
        raise NotRunnable(f"module {spec.name!r} has no Python code to run")
    _execute(
        code,
        __file__=spec.origin,
        __cached__=spec.cached,
        __loader__=loader,
        __package__=spec.parent,
        __spec__=spec,
    )


def _execute(code: CodeType, **attributes: Any) -> None:
    main = ModuleType("__main__")
    vars(main).update(attributes, __builtins__=builtins)
    sys.modules["__main__"] = main
    exec(code, vars(main))
