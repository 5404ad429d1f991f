"""Whose end an exception is: that of the code it came from, or of whoever called it."""

import asyncio
import signal
from traceback import walk_tb
from types import CodeType
from typing import Any


def is_only_its_own(error: BaseException) -> bool:
    """Whether an exception ends the tool or handler that raised it, and not whoever called that.

    Every Exception does, and so does `sys.exit()`: code that parses arguments says so that it does
    not like them. A CancelledError does unless the running task was cancelled itself.
    """
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is not None and not task.cancelling()
    return isinstance(error, Exception | SystemExit)


def is_of_a_signal(error: BaseException) -> bool:
    """Whether a signal handler of the program raised this: it struck here and belongs elsewhere.

    That is how a program limits its own time (SIGALRM), and who swallows the exception breaks the
    limit. What another thread raises in this one (`PyThreadState_SetAsyncExc`) leaves no trace of
    where it is from, and cannot be told.
    """
    handlers = _code_of_handlers()
    return any(frame.f_code in handlers for frame, _ in walk_tb(error.__traceback__))


def _code_of_handlers() -> frozenset[CodeType]:
    """The code of the signal handlers in force, as far as they are written in Python."""
    handlers = (_code_of(signal.getsignal(number)) for number in signal.valid_signals())
    return frozenset(code for code in handlers if code is not None)


def _code_of(handler: Any) -> CodeType | None:
    if not callable(handler):  # SIG_DFL and SIG_IGN are numbers
        return None
    for candidate in (handler, getattr(handler, "func", None), type(handler).__call__):
        code = getattr(candidate, "__code__", None)
        if isinstance(code, CodeType):
            return code
    return None
