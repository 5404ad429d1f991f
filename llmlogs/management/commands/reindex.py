"""`manage.py reindex`: build the index again from the files, while the old one goes on serving."""

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from llmlogs import conf
from llmlogs.indexdb import generations
from llmlogs.ingest import rebuild
from llmlogs.locks import Held
from llmlogs.models import IndexState
from llmlogs.worker import Worker

LOOK_SECONDS = 0.2
UNHEARD_SECONDS = 60


class Command(BaseCommand):
    help = "Builds a new index from the files; a running worker does it if there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        settings = conf.get()
        try:
            worker = Worker(settings)
        except Held:
            self._watch(settings)
        else:
            self._build(worker)
        print(f"The index is built: generation {self._generation(settings)}.")

    def _build(self, worker: Worker) -> None:
        try:
            rebuild.ask(conf.get().studio_folder)
            worker.step()
            while (building := worker.rebuilding) is not None:
                self._show(building.total_bytes - building.lag_bytes, building.total_bytes)
                worker.step()
        finally:
            worker.close()

    def _watch(self, settings: conf.LogSettings) -> None:
        before = self._generation(settings)
        rebuild.ask(settings.studio_folder)
        heard_at, last = time.monotonic(), -1
        while self._generation(settings) == before:
            state = self._state()
            if state is not None and state.rebuild_done_bytes != last:
                heard_at, last = time.monotonic(), state.rebuild_done_bytes
                self._show(state.rebuild_done_bytes, state.rebuild_total_bytes)
            if time.monotonic() - heard_at > UNHEARD_SECONDS:
                raise CommandError(
                    f"The worker has made no progress for {UNHEARD_SECONDS} seconds. "
                    "Its request stays; look at the worker's log."
                )
            time.sleep(LOOK_SECONDS)

    def _state(self) -> IndexState | None:
        """None while there is no index, or none that can be read: the worker makes another."""
        connections["index"].close()
        try:
            return IndexState.objects.using("index").first()
        except DatabaseError:
            return None

    def _generation(self, settings: conf.LogSettings) -> int | None:
        return generations.current_generation(settings.index_folder)

    def _show(self, done_bytes: int, total_bytes: int) -> None:
        if not sys.stderr.isatty() or total_bytes <= 0:
            return
        share = min(1.0, done_bytes / total_bytes)
        bar = "█" * int(share * 30)
        sys.stderr.write(
            f"\r{bar:<30} {share:4.0%}  {done_bytes / 1e6:,.0f} of {total_bytes / 1e6:,.0f} MB"
        )
        if done_bytes >= total_bytes:
            sys.stderr.write("\n")
        sys.stderr.flush()
