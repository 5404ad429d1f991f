"""`manage.py studio`: start everything. `manage.py` itself takes the short way without Django."""

from typing import Any

from django.core.management.base import BaseCommand

from studio.supervisor import main


class Command(BaseCommand):
    help = "Start the Studio: web server and worker, kept running until Ctrl-C."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        raise SystemExit(main())
