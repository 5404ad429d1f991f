"""`python -m agents_sdk run script.py …`: a program as it is, with its calls recorded.

The program sees its own arguments, its own folder first in the import path and itself as
`__main__`; its exit status is the command's. Where the entries go, the options or the variables
`AGENTS_SDK_…` say.
"""

import argparse
import os
import sys
from pathlib import Path

from agents_sdk import config
from agents_sdk.cli.arguments import Parser
from agents_sdk.errors import AgentsSDKError
from agents_sdk.instrumentation.children import Settings, record_children
from agents_sdk.instrumentation.mainmodule import NotRunnable, run_module, run_script
from agents_sdk.instrumentation.switch import instrument

STATUS_OF_PYTHON = 1
"""With which Python itself refuses a module, folder or archive without code to run."""


def main(arguments: list[str]) -> int:
    """Run a script or, with -m, a module; returns the exit status if it does not exit itself."""
    options = _parser().parse_args(arguments)
    if not options.module and not Path(options.program).exists():
        return _refused(f"there is no file {options.program!r}; give a Python script, or -m module")
    try:
        instrument(
            options.agent_id,
            workspace=options.workspace,
            url=options.url,
            stream_usage=options.stream_usage,
        )
    except AgentsSDKError as error:
        return _refused(str(error))
    record_children(_for_children(options))
    sys.argv = [options.program, *options.arguments]
    try:
        if options.module:
            run_module(options.program)
        else:
            run_script(options.program)
    except NotRunnable as error:
        return _refused(str(error), STATUS_OF_PYTHON)
    return 0


def _for_children(options: argparse.Namespace) -> Settings:
    """As this process is told, but for a folder, which is meant from where it is now."""
    workspace = options.workspace
    if workspace is None and options.url is None and os.environ.get("AGENTS_SDK_WORKSPACE"):
        workspace = config.from_environment().workspace
    folder = None if workspace is None else str(config.anchored(workspace))
    return Settings(options.agent_id, folder, options.url, options.stream_usage)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="python -m agents_sdk run",
        description="Run a Python program and record its calls to language models.",
    )
    parser.add_argument("--agent-id", help="who makes the calls (AGENTS_SDK_AGENT_ID)")
    parser.add_argument("--workspace", help="the workspace to write (AGENTS_SDK_WORKSPACE)")
    parser.add_argument("--url", help="the Studio to report to (AGENTS_SDK_URL)")
    parser.add_argument(
        "--stream-usage",
        action="store_true",
        default=None,
        help="ask every server for the token counts of streams, your own ones too",
    )
    parser.add_argument("-m", dest="module", action="store_true", help="program is a module")
    parser.add_argument("program", help="a script, or the name of a module after -m")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="what the program gets")
    return parser


def _refused(why: str, status: int = 2) -> int:
    print(f"agents_sdk run: {why}", file=sys.stderr)
    return status
