"""`manage.py prunelogs`: delete the files whose entries are all too old, or only say which."""

import time
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from llmlogs import conf
from llmlogs.display import size, visible
from llmlogs.indexdb.base import IndexMissing
from llmlogs.ingest.opening import first_opened_at
from llmlogs.ingest.upkeep import is_active
from llmlogs.locks import Held
from llmlogs.models import LogFile
from llmlogs.retention import FileAge, goes_at
from llmlogs.worker import Worker


class Command(BaseCommand):
    help = "Deletes log files whose entries are all older than STUDIO_RETENTION_DAYS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")

    def handle(self, *args: Any, **options: Any) -> None:
        settings = conf.get()
        if not options["dry_run"]:
            self._prune(settings)
            return
        now = time.time()
        try:
            files = _ages(settings)
        except IndexMissing as missing:
            raise CommandError(str(missing)) from None
        for file in files:
            at = goes_at(
                file,
                retention_seconds=settings.retention_seconds,
                first_opened_at=first_opened_at(settings.first_opened_path, now),
            )
            print(_sentence(file, at, now))

    def _prune(self, settings: conf.LogSettings) -> None:
        try:
            worker = Worker(settings)
        except Held as holder:
            print(f"The {holder}, is running and deletes old files by itself within seconds.")
            return
        try:
            worker.run_once()
        finally:
            worker.close()


def _ages(settings: conf.LogSettings) -> list[FileAge]:
    """What the index knows of the files that are still there."""
    ages = []
    for row in LogFile.objects.using("index").filter(is_gone=False).order_by("name"):
        try:
            status = (settings.logs_folder / row.name).stat()
        except OSError:
            continue
        ages.append(
            FileAge(
                row.name,
                status.st_size,
                status.st_size - row.offset,
                row.newest_timestamp,
                status.st_mtime,
            )
        )
    return ages


def _sentence(file: FileAge, at: float, now: float) -> str:
    told = f"{visible(file.name)}  {size(file.size_bytes)}"
    if file.unread_bytes > 0:
        return f"{told}  stays: {size(file.unread_bytes)} not read yet"
    when = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    if at > now:
        return f"{told}  goes {when}"
    if is_active(file.name):
        return f"{told}  goes as soon as it is rotated"
    return f"{told}  would be deleted now"
