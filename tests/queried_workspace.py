"""A workspace that tests fill with lines, index with the real worker and ask real questions."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connections
from django.test import override_settings

from agents_sdk.files.names import stem_of
from llmlogs.conf import LogSettings
from llmlogs.ingest import rebuild
from llmlogs.queries.entries import list_entries
from llmlogs.queries.filters import LogFilter
from llmlogs.worker import Worker
from tests.factories import NOW, TickingClock, make_entry

RETENTION_DAYS = 7.0


class Workspace:
    """The files of agents and the worker that follows them, on a clock that stands near NOW."""

    def __init__(self, folder: Path) -> None:
        self.settings = LogSettings(workspace=folder, retention_days=RETENTION_DAYS)
        self.worker = Worker(self.settings, TickingClock())
        self._count = 0

    def add(self, *entries: dict[str, Any]) -> None:
        """Append entries to the files of their agents and index them."""
        for entry in entries:
            path = self.settings.logs_folder / f"{stem_of(entry['agent_id'])}.jsonl"
            with path.open("ab") as stream:
                stream.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        self.worker.run_once()
        connections["index"].close()

    def add_entry(self, **overrides: Any) -> str:
        """Add one entry with a number of its own; returns its log id."""
        self._count += 1
        entry = make_entry(self._count, **overrides)
        self.add(entry)
        return str(entry["log_id"])

    def rebuild(self) -> None:
        """Put the next generation of the index in force."""
        rebuild.ask(self.settings.studio_folder)
        self.worker.step()
        while self.worker.rebuilding is not None:
            self.worker.step()
        connections["index"].close()


@contextmanager
def opened_workspace() -> Iterator[Workspace]:
    """A new workspace whose index Django's alias `index` reads."""
    settings = connections["index"].settings_dict
    before = settings["NAME"]
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        settings["NAME"] = workspace.settings.index_folder
        llmlogs = {"workspace": Path(folder), "retention_days": RETENTION_DAYS}
        try:
            with override_settings(LLMLOGS=llmlogs):
                yield workspace
        finally:
            connections["index"].close()
            settings["NAME"] = before
            workspace.worker.close()


def found(**conditions: Any) -> list[str]:
    """Log ids of all entries that a filter selects, newest first."""
    page = list_entries(LogFilter(**conditions), limit=500, now=NOW)
    return [entry.log_id for entry in page.entries]
