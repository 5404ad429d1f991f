"""`python -m agents_sdk logs tail|list|show|stats`, installed as `llm-logs`.

Exit status 0: answered, even if nothing was found. 1: the Studio does not answer or has no such
call, or the answer cannot be written. 2: the question makes no sense. Ctrl-C ends quietly with 130;
a reader of the pipe who has seen enough ends it quietly with 0.
"""

import argparse
import os
import sys

from agents_sdk import config
from agents_sdk.cli.arguments import USAGE_ERROR, filters_of, parse_arguments
from agents_sdk.cli.call import call_text
from agents_sdk.cli.output import Output, chosen_output, say
from agents_sdk.cli.rows import row
from agents_sdk.cli.studio import Studio
from agents_sdk.cli.tail import Tail
from agents_sdk.cli.totals import names_lines, totals_lines
from agents_sdk.errors import AgentsSDKError, ApiError, InvalidUrl

MODULE_PROG = "agents_sdk logs"
SCRIPT_PROG = "llm-logs"
FAILED, INTERRUPTED = 1, 130
_MEANINGLESS, _NEEDS_LOGIN, _NOT_FOUND = 400, 401, 404


def script() -> int:
    """The installed command."""
    return main(sys.argv[1:], SCRIPT_PROG)


def main(arguments: list[str], prog: str = MODULE_PROG) -> int:
    """Run a command; returns the exit status."""
    options = parse_arguments(arguments, prog)
    name = f"{prog} {options.command}"
    if sys.stdout is None:
        say(name, "standard output is closed; expected somewhere to write the answer")
        return FAILED
    output = chosen_output(is_json=options.is_json, colour=options.color, prog=name)
    try:
        try:
            _answer(options, output)
            output.flush()
        except KeyboardInterrupt:
            return INTERRUPTED
        except AgentsSDKError as error:
            return _refused(error, output)
    except OSError as error:
        return _unwritten(error, name)
    return 0


def _unwritten(error: OSError, name: str) -> int:
    """Whatever the interpreter still flushes at its end goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return 0
    say(name, f"the answer cannot be written: {error.strerror or error}")
    return FAILED


def _answer(options: argparse.Namespace, output: Output) -> None:
    asked_url, token = config.asked_studio()
    url = asked_url if options.url is None else options.url.rstrip("/")
    with Studio(url, token) as studio:
        COMMANDS[options.command](studio, options, output)


def _tail(studio: Studio, options: argparse.Namespace, output: Output) -> None:
    Tail(studio, filters_of(options), options.limit, output).run()


def _list(studio: Studio, options: argparse.Namespace, output: Output) -> None:
    shown = total = 0
    for page in studio.pages(filters_of(options), options.limit, view=options.view):
        shown, total = shown + len(page["logs"]), page.get("total_count", 0)
        for entry in page["logs"]:
            if output.is_json:
                output.write_json(entry)
            elif options.view == "full":
                output.write_lines([*call_text(entry, output.paint), ""])
            else:
                output.write_lines([row(entry, output.columns, output.paint)])
    if not output.is_json:
        more = "; --limit all lists them all" if shown < total else ""
        output.write_lines([output.paint("dim", f"{shown:,} of {total:,} calls{more}")])


def _show(studio: Studio, options: argparse.Namespace, output: Output) -> None:
    filters = filters_of(options)
    if options.log_id:
        entry = studio.call(options.log_id, filters)
    else:
        newest = studio.newest(filters, 1)
        if not newest:
            raise ApiError(_NOT_FOUND, "no call matches; expected one that the filters leave")
        entry = studio.stored(newest[0])
    if output.is_json:
        output.write_json(entry)
    else:
        output.write_lines(call_text(entry, output.paint))


def _stats(studio: Studio, options: argparse.Namespace, output: Output) -> None:
    filters = filters_of(options)
    if options.by is None:
        totals = studio.totals(filters)
        if output.is_json:
            output.write_json(totals)
        else:
            output.write_lines(totals_lines(totals, output.paint))
        return
    counts = studio.counts_by(f"{options.by}s", filters)
    if output.is_json:
        for named in counts:
            output.write_json(named)
    else:
        output.write_lines(names_lines(options.by, counts, output.paint))


COMMANDS = {"tail": _tail, "list": _list, "show": _show, "stats": _stats}


def _refused(error: AgentsSDKError, output: Output) -> int:
    if not isinstance(error, ApiError):
        output.say(str(error))
        return USAGE_ERROR if isinstance(error, InvalidUrl) else FAILED
    hint = ""
    if error.status == _NEEDS_LOGIN:
        hint = " Here: AGENTS_SDK_API_TOKEN is that token."
    output.say(error.message + hint)
    return USAGE_ERROR if error.status == _MEANINGLESS else FAILED
