"""What may stand on the command line: the API's filters under the API's names.

`--min-latency-ms` and `--min_latency_ms` are the same option. Values go to the Studio as they are,
which says what it expected of a wrong one; only times are read here.
"""

import argparse
from datetime import datetime
from typing import Any, NoReturn

from agents_sdk.cli.moments import InvalidMoment, parse_moment
from agents_sdk.jsonforms import replace_surrogates

USAGE_ERROR = 2
DEFAULT_LIMIT = 50
DEFAULT_TAIL_LIMIT = 10
FILTERS = (
    "agent_id",
    "model",
    "provider",
    "since",
    "until",
    "has_error",
    "search",
    "min_latency_ms",
    "session_id",
)
"""As in the table of docs/api.md."""

_EPILOG = (
    "The Studio is AGENTS_SDK_URL (http://localhost:8700); where it asks for a login, "
    "AGENTS_SDK_API_TOKEN is its STUDIO_API_TOKEN. A terminal gets text, a pipe JSON lines."
)


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE_ERROR, f"{self.prog}: {message}; see {self.prog} --help\n")


def parse_arguments(arguments: list[str], prog: str) -> argparse.Namespace:
    """The options; ends the program with status 2 (and a sentence) if they make no sense."""
    parser = Parser(prog=prog, description="The calls a Studio knows.", epilog=_EPILOG,
                    allow_abbrev=False)  # fmt: skip
    _add_presentation(parser, {"is_json": None, "color": "auto", "url": None})
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, add_options, summary in _COMMANDS:
        command = commands.add_parser(
            name, help=summary, description=summary, epilog=_EPILOG, allow_abbrev=False
        )
        add_options(command)
        _add_filters(command)
        _add_presentation(command, {})
    for argument in arguments:
        if argument != replace_surrogates(argument):
            parser.error(f"the argument {argument[:60]!r} is not UTF-8")
    misplaced = _filter_before_a_command(arguments)
    if misplaced:
        parser.error(f"{misplaced} stands before the command; filters go after it")
    return parser.parse_args(_spelled(arguments))


def filters_of(options: argparse.Namespace) -> dict[str, Any]:
    """The parameters of the API that were given."""
    given = {name: getattr(options, name) for name in FILTERS}
    return {name: value for name, value in given.items() if value is not None}


def _add_list_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=_limit, default=DEFAULT_LIMIT, metavar="N",
                        help=f"how many calls ({DEFAULT_LIMIT}), or 'all'")  # fmt: skip
    parser.add_argument("--view", choices=("summary", "full"), default="summary",
                        help="full: with messages, tools and completion")  # fmt: skip


def _add_tail_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-n", "--limit", type=_whole, default=DEFAULT_TAIL_LIMIT, metavar="N",
                        help=f"how many calls to begin with ({DEFAULT_TAIL_LIMIT})")  # fmt: skip


def _add_show_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("log_id", nargs="?", type=_log_id, metavar="LOG_ID",
                        help="the id of a call or its beginning; without it, the newest call "
                        "that the filters leave")  # fmt: skip


def _add_stats_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", choices=("agent", "model"), help="a row for each of them")


_COMMANDS = (
    ("tail", _add_tail_options, "Follow the calls as they arrive, until Ctrl-C."),
    ("list", _add_list_options, "List calls, newest first."),
    ("show", _add_show_options, "Show one call: prompt, answer, tool calls, usage, error."),
    ("stats", _add_stats_options, "Count calls, errors and tokens, and measure latency."),
)


def _add_filters(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("which calls", "all of them must hold")
    add = group.add_argument
    add("--agent-id", action="append", metavar="ID", help="of this agent; may be repeated")
    add("--model", metavar="NAME", help="with exactly this model_name")
    add("--provider", metavar="NAME", help="from this provider, whichever of its names is given")
    add("--since", type=_moment, metavar="TIME", help="15m, 2h, 3d (ago), 14:30, 2026-11-25, "
        "2026-11-25T14:30, or Unix seconds")  # fmt: skip
    add("--until", type=_moment, metavar="TIME", help="the same; both are inclusive")
    add("--has-error", nargs="?", const="true", choices=("true", "false"),
        help="that failed; with 'false' those that did not")  # fmt: skip
    add("--search", metavar="TEXT", help="whose readable text contains this, whatever its case")
    add("--min-latency-ms", metavar="MS", help="that took at least this long")
    add("--session-id", metavar="ID", help="of this session")


def _add_presentation(parser: argparse.ArgumentParser, defaults: dict[str, Any]) -> None:
    """Taken before the command and after it; only the parser of both has defaults, which would
    else take the place of what was said before the command."""
    group = parser.add_argument_group("how to answer")
    form = group.add_mutually_exclusive_group()
    form.add_argument("--json", dest="is_json", action="store_const", const=True,
                      default=argparse.SUPPRESS,
                      help="one JSON value a line, in a terminal too")  # fmt: skip
    form.add_argument("--text", dest="is_json", action="store_const", const=False,
                      default=argparse.SUPPRESS, help="text, in a pipe too")  # fmt: skip
    group.add_argument("--color", choices=("auto", "always", "never"), default=argparse.SUPPRESS,
                       help="auto: in a terminal, unless NO_COLOR is set")  # fmt: skip
    group.add_argument("--url", default=argparse.SUPPRESS,
                       help="the Studio to ask (AGENTS_SDK_URL)")  # fmt: skip
    parser.set_defaults(**defaults)


def _filter_before_a_command(arguments: list[str]) -> str | None:
    commands = {name for name, *_ in _COMMANDS}
    for argument in arguments:
        if argument in commands:
            return None
        name = _with_hyphens(argument).partition("=")[0]
        if name.removeprefix("--").replace("-", "_") in FILTERS and name.startswith("--"):
            return name
    return None


def _spelled(arguments: list[str]) -> list[str]:
    """Options in the spelling of the parsers; what follows `--` are no options.

    `--has-error` alone says true: argparse would take the id after it for its value.
    """
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options = [_with_hyphens(argument) for argument in arguments[:end]]
    after = [*options[1:], ""]
    return [
        "--has-error=true" if one == "--has-error" and value not in ("true", "false") else one
        for one, value in zip(options, after, strict=False)
    ] + arguments[end:]


def _with_hyphens(argument: str) -> str:
    name, separator, value = argument.partition("=")
    is_option = name.startswith("--") and len(name) > 2
    return name.replace("_", "-") + separator + value if is_option else argument


def _moment(text: str) -> str:
    try:
        return f"{parse_moment(text, datetime.now().astimezone()):.6f}"
    except InvalidMoment as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _log_id(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is no id; expected one, or its beginning")
    return text


def _limit(text: str) -> int | None:
    return None if text == "all" else _whole(text)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise argparse.ArgumentTypeError(f"{text[:60]!r}; expected a whole number of 0 or more")
    return int(text)
