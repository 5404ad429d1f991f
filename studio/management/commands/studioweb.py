"""`manage.py studioweb FD`: the web process, started by `manage.py studio`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Serve the Studio on an inherited listening socket (manage.py studio starts this)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("descriptor", type=int, help="file descriptor of the listening socket")

    def handle(self, *args: Any, **options: Any) -> None:
        # Daphne installs its event loop at import, which only this process wants.
        from studio.web import serve

        serve(options["descriptor"])
