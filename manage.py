#!/usr/bin/env python
"""Entry point of the Studio's commands; `python manage.py help` lists them."""

import os
import sys


def main(arguments: list[str]) -> int:
    if arguments[1:] == ["studio"]:
        # The supervisor stays all day and needs no Django, which would cost it 30 MB.
        from studio.supervisor import main as run_studio

        return run_studio()
    from django.core.management import execute_from_command_line

    from studio.env import InvalidSetting

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    try:
        execute_from_command_line(arguments)
    except InvalidSetting as problem:
        sys.exit(str(problem))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
