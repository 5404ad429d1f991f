"""`python -m agents_sdk <command> …`; each command is a module, loaded when it is asked for.

Commands: run, logs.
"""

import sys
from importlib import import_module

COMMANDS = {
    "run": "agents_sdk.instrumentation.runcommand",
    "logs": "agents_sdk.cli.logs",
}


_HELP = """\
usage: python -m agents_sdk COMMAND …

  run    run a Python program and record its calls to language models
  logs   show the calls that a Studio knows: tail, list, show, stats

Each takes --help.
"""


def main(arguments: list[str]) -> int:
    """Run a command; returns the exit status."""
    name = arguments[0] if arguments else ""
    if name in ("-h", "--help"):
        print(_HELP, end="")
        return 0
    if name not in COMMANDS:
        known = ", ".join(COMMANDS)
        print(f"agents_sdk: unknown command {name!r}; expected one of: {known}", file=sys.stderr)
        return 2
    status: int = import_module(COMMANDS[name]).main(arguments[1:])
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
