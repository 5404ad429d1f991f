"""`manage.py logworker`: follow the log files and keep the index."""

import logging
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from llmlogs import conf
from llmlogs.locks import Held
from llmlogs.worker import Worker


class Command(BaseCommand):
    help = "Follows logs/llm, keeps the index, rotates files and removes what is too old."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="bring the index up to date, then end"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
        try:
            worker = Worker(conf.get())
        except Held as holder:
            raise CommandError(
                f"The index of this workspace is being written by {holder}; one writer is enough. "
                "Stop that process first, or leave the work to it."
            ) from None
        try:
            if options["once"]:
                worker.run_once()
            else:
                _run_until_told(worker)
        finally:
            worker.close()


def _run_until_told(worker: Worker) -> None:
    stop_signals: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, frame: stop_signals.append(received))
    worker.run(lambda: bool(stop_signals))
