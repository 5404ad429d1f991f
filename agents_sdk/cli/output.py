"""Where answers go: rows and colours for a person, one JSON value a line for a program.

Standard output gets what was asked for, standard error one sentence about what went wrong. Text
comes in here ready to be shown: `safetext` has made it safe, `Paint` adds the only escape
sequences there are.
"""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TextIO

from agents_sdk.cli.safetext import one_line, safe_json
from agents_sdk.codec import dumps

UNLIMITED_COLUMNS = 10_000
NARROWEST_COLUMNS = 40
_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours, or none."""

    is_on: bool

    def __call__(self, colour: str, text: str) -> str:
        if not self.is_on or not text.strip():
            return text
        return f"\x1b[{_CODES[colour]}m{text}\x1b[0m"


@dataclass(frozen=True, slots=True)
class Output:
    """How this run answers; `columns` is the width of a row."""

    is_json: bool
    paint: Paint
    columns: int
    prog: str

    def write_json(self, value: Any) -> None:
        """One value, one line of ASCII-safe control: UTF-8 whatever the locale says."""
        sys.stdout.flush()
        sys.stdout.buffer.write(safe_json(dumps(value).decode()).encode() + b"\n")

    def write_lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            sys.stdout.write(line + "\n")

    def flush(self) -> None:
        sys.stdout.flush()

    def say(self, sentence: str) -> None:
        """To standard error, whatever standard output is."""
        self.flush()
        say(self.prog, sentence)


def say(prog: str, sentence: str) -> None:
    """One sentence to standard error, if there is one that takes it."""
    if sys.stderr is None:  # print would take standard output instead
        return
    with contextlib.suppress(OSError):
        print(f"{prog}: {one_line(sentence)}", file=sys.stderr, flush=True)


def chosen_output(
    *, is_json: bool | None, colour: str, prog: str, environment: Mapping[str, str] = os.environ
) -> Output:
    """`is_json` None: JSON unless a person looks. `colour` is auto, always or never."""
    is_terminal = _is_terminal(sys.stdout)
    _write_whatever_comes(sys.stdout)
    _write_whatever_comes(sys.stderr)
    return Output(
        is_json=not is_terminal if is_json is None else is_json,
        paint=Paint(wants_colour(colour, environment, is_terminal=is_terminal)),
        columns=_columns(environment, is_terminal=is_terminal),
        prog=prog,
    )


def wants_colour(choice: str, environment: Mapping[str, str], *, is_terminal: bool) -> bool:
    """By the option; else in a terminal that has colours, unless NO_COLOR is set."""
    if choice != "auto":
        return choice == "always"
    return is_terminal and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def _columns(environment: Mapping[str, str], *, is_terminal: bool) -> int:
    """A file has no edge; COLUMNS gives it one."""
    if not is_terminal and not environment.get("COLUMNS"):
        return UNLIMITED_COLUMNS
    return max(shutil.get_terminal_size().columns, NARROWEST_COLUMNS)


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed by whoever started us
        return False


def _write_whatever_comes(stream: Any) -> None:
    """A locale that lacks a character shows its escape; it is no reason to fail."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
