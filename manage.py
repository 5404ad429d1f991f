#!/usr/bin/env python
"""Entry point of the Studio's commands; `python manage.py help` lists them."""

import os
import select
import sys


def main(arguments: list[str]) -> int:
    if arguments[1:] == ["studio"]:
        # The supervisor stays all day and needs no Django, which would cost it 30 MB.
        from studio.supervisor import main as run_studio

        return run_studio()
    from studio.env import InvalidSetting

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    try:
        execute(arguments)
    except InvalidSetting as problem:
        sys.exit(str(problem))
    except BrokenPipeError:
        if not has_reader_left():
            raise
        # The interpreter flushes what is left at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def execute(arguments: list[str]) -> None:
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(arguments)
    except SystemExit as end:
        if end.code:
            raise
    if sys.stdout is not None:
        sys.stdout.flush()


def has_reader_left() -> bool:
    """Whether nobody reads our output any more; a pipe of another kind may have broken."""
    output = select.poll()
    output.register(sys.stdout.fileno(), 0)
    return any(event & select.POLLERR for _, event in output.poll(0))


if __name__ == "__main__":
    sys.exit(main(sys.argv))
