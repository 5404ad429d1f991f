"""One supervised process: started, and started again with back-off when it ends.

The clock is passed in. A run of `HEALTHY_RUN_SECONDS` counts as healthy, so a process killed once
in a while is back after a tenth of a second, and one that cannot start is not tried in a loop.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

FIRST_DELAY_SECONDS = 0.1
LONGEST_DELAY_SECONDS = 5.0
HEALTHY_RUN_SECONDS = 5.0

CHECKOUT = Path(__file__).resolve().parent.parent


def restart_delay_seconds(short_runs: int) -> float:
    """How long to wait after so many runs in a row that were too short to be healthy.

    >>> [restart_delay_seconds(runs) for runs in (0, 1, 2, 10)]
    [0.1, 0.2, 0.4, 5.0]
    """
    return min(FIRST_DELAY_SECONDS * 2.0 ** min(short_runs, 16), LONGEST_DELAY_SECONDS)


def management_command(lifeline: int, *arguments: str) -> tuple[str, ...]:
    """The command line of a `manage.py` command that ends when its supervisor does."""
    return (sys.executable, "-m", "studio.child", str(lifeline), *arguments)


@dataclass(slots=True)
class Service:
    """A process to keep running. `descriptors` are the open files it inherits."""

    name: str
    command: Sequence[str]
    descriptors: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    start_at: float = 0.0
    started_at: float = 0.0
    short_runs: int = field(default=0)

    def start(self, now: float) -> None:
        self.started_at = now
        self.process = subprocess.Popen(
            self.command,
            cwd=CHECKOUT,
            pass_fds=tuple(self.descriptors),
            # Ctrl-C reaches the whole foreground group; the supervisor decides who ends when.
            start_new_session=True,
            # Each thread of a process would else reserve and fragment a heap of its own.
            env={**os.environ, "MALLOC_ARENA_MAX": "2"},
        )

    def tend(self, now: float) -> str | None:
        """Start what is due, notice what ended; a sentence if there is something to tell."""
        if self.process is None:
            if now >= self.start_at:
                self.start(now)
            return None
        code = self.process.poll()
        if code is None:
            return None
        self.process = None
        if now - self.started_at >= HEALTHY_RUN_SECONDS:
            self.short_runs = 0
        delay = restart_delay_seconds(self.short_runs)
        self.short_runs += 1
        self.start_at = now + delay
        return f"The {self.name} {_ending(code)}; it is started again in {delay:.1f} s."

    def seconds_until_due(self, now: float) -> float | None:
        """How long until it wants to be started; None while it runs."""
        return max(0.0, self.start_at - now) if self.process is None else None

    def send(self, signal_number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal_number)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def _ending(code: int) -> str:
    return f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
