"""The one Jinja environment: everything escaped, an unknown name an error."""

from typing import Any

from django.urls import reverse
from jinja2 import Environment, StrictUndefined

from studio.static import static_url


def environment(**options: Any) -> Environment:
    """What `settings.TEMPLATES` asks for; `llmlogs.pages` adds filters of its own if it has any."""
    options["undefined"] = StrictUndefined
    made = Environment(trim_blocks=True, lstrip_blocks=True, **options)
    made.globals.update(static=static_url, url=reverse)
    return made
