"""`manage.py logworker`: follow the log files and keep the index."""

import logging
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from llmlogs import conf
from llmlogs.locks import Held
from llmlogs.management.catching_up import NotCaughtUp, wait_for_worker
from llmlogs.worker import Worker


class Command(BaseCommand):
    help = "Follows logs/llm, keeps the index, rotates files and removes what is too old."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once",
            action="store_true",
            help="end when all that is in the files now is indexed, by this process or by a "
            "worker that is running",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
        is_once = options["once"]
        try:
            worker = Worker(conf.get())
        except Held as holder:
            if not is_once:
                raise CommandError(
                    f"The index of this workspace is being written by the {holder}; one "
                    "writer is enough. Stop that process first, or leave the work to it."
                ) from None
            _wait_for(str(holder))
            return
        try:
            if is_once:
                _run_once(worker)
            else:
                _run_until_told(worker)
        finally:
            worker.close()


def _wait_for(holder: str) -> None:
    print(f"The {holder}, is running and indexes what is in the files.", flush=True)
    try:
        wait_for_worker(conf.get())
    except NotCaughtUp as problem:
        raise CommandError(str(problem)) from None
    print("All of it is indexed.")


def _run_once(worker: Worker) -> None:
    worker.run_once()
    if worker.current.logs_folder_error:
        raise CommandError(f"The log files cannot be read: {worker.current.logs_folder_error}.")


def _run_until_told(worker: Worker) -> None:
    stop_signals: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, frame: stop_signals.append(received))
    worker.run(lambda: bool(stop_signals))
