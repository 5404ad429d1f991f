"""Runs one management command on a lifeline: `python -m studio.child FD COMMAND …`.

FD is the reading end of a pipe whose writing end only the supervisor holds. When the supervisor
is gone, even by `kill -9`, the pipe ends, and so does this process: asked first, then at once.
"""

import os
import signal
import sys
import threading
import time

GRACE_SECONDS = 5.0


def main(arguments: list[str]) -> None:
    watch(int(arguments[0]))
    # Imported late: the lifeline has to hold while Django loads.
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    execute_from_command_line(["manage.py", *arguments[1:]])


def watch(lifeline: int) -> None:
    """End this process when the other end of the pipe is closed."""
    threading.Thread(target=_wait_for_end, args=(lifeline,), name="lifeline", daemon=True).start()


def _wait_for_end(lifeline: int) -> None:
    while os.read(lifeline, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
