"""Do something to a module when it is imported, or at once if it has been; import nothing.

A finder in front of the others lets them find the module and has it patched right after it ran.
The module keeps its own loader, so nothing that reads source or resources through it sees us.
"""

import importlib.abc
import importlib.machinery
import sys
import threading
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from agents_sdk.instrumentation.guard import shielded

Patcher = Callable[[ModuleType], object]


def when_imported(patchers: dict[str, Patcher]) -> None:
    """Run each patcher on its module, now or later. Replaces the patchers of an earlier call."""
    stop_waiting()
    _FINDER.patchers = dict(patchers)
    _wait()
    for name, patch in patchers.items():
        _patch_if_imported(name, patch)


def always_when_imported(name: str, patch: Patcher) -> None:
    """Run a patcher on a module, now or later, whatever becomes of all others."""
    _FINDER.standing_patchers[name] = patch
    _wait()
    _patch_if_imported(name, patch)


def stop_waiting() -> None:
    """Leave modules imported from now on as they are, but for those that are always patched."""
    _FINDER.patchers = {}
    if not _FINDER.standing_patchers:
        _stop_searching()


def is_importable(name: str) -> bool:
    """Whether the import path, as it is now, leads to this package."""
    return _found_by_others(name, None, None) is not None


def _wait() -> None:
    _stop_searching()
    sys.meta_path.insert(0, _FINDER)


def _stop_searching() -> None:
    while _FINDER in sys.meta_path:
        sys.meta_path.remove(_FINDER)


def _patch_if_imported(name: str, patch: Patcher) -> None:
    module = sys.modules.get(name)
    if module is not None and not _is_being_imported(module):
        shielded(patch)(module)


def _is_being_imported(module: ModuleType) -> bool:
    return bool(getattr(module.__spec__, "_initializing", False)) and _FINDER.is_loading(
        module.__name__
    )


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self) -> None:
        self.patchers: dict[str, Patcher] = {}
        self.standing_patchers: dict[str, Patcher] = {}
        self._loading: set[str] = set()
        self._searching = threading.local()

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        patch = self.patchers.get(name) or self.standing_patchers.get(name)
        if patch is None or getattr(self._searching, "name", None) == name:
            return None
        self._searching.name = name
        try:
            spec = _found_by_others(name, path, target)
        finally:
            self._searching.name = None
        if spec is not None and spec.loader is not None and hasattr(spec.loader, "exec_module"):
            self._loading.add(name)
            spec.loader = _PatchingLoader(spec.loader, patch, self._loading.discard)
        return spec

    def is_loading(self, name: str) -> bool:
        return name in self._loading


def _found_by_others(
    name: str, path: Sequence[str] | None, target: ModuleType | None
) -> importlib.machinery.ModuleSpec | None:
    for finder in list(sys.meta_path):
        find_spec = getattr(finder, "find_spec", None)
        if finder is _FINDER or find_spec is None:
            continue
        spec: importlib.machinery.ModuleSpec | None = find_spec(name, path, target)
        if spec is not None:
            return spec
    return None


class _PatchingLoader(importlib.abc.Loader):
    def __init__(self, loader: Any, patch: Patcher, loaded: Callable[[str], None]) -> None:
        self._loader = loader
        self._patch = patch
        self._loaded = loaded

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        try:
            self._loader.exec_module(module)
        finally:
            self._loaded(module.__name__)
        shielded(self._patch)(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


_FINDER = _Finder()
