"""Nothing that goes wrong in here reaches the agent: it is counted, and named once a minute.

What a signal handler of the agent raises while our code runs is the agent's and goes on to it.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from agents_sdk.delivery import Deliveries, reason_of
from agents_sdk.failing import is_of_a_signal

P = ParamSpec("P")
R = TypeVar("R")

_PROBLEMS = Deliveries("(instrumentation)")


def shielded(function: Callable[P, R]) -> Callable[P, R | None]:
    """The function, except that it returns None where it would raise of its own."""

    def call(*args: P.args, **kwargs: P.kwargs) -> R | None:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            count_problem(error)
            return None

    return call


def count_problem(error: Exception) -> None:
    """Count an exception of ours. Raises it again if it is the agent's; else never raises."""
    if is_of_a_signal(error):
        raise error
    try:
        _PROBLEMS.drop(f"instrumentation: {reason_of(error)}")
    except Exception:
        return


def problems() -> dict[str, Any]:
    """What went wrong in the instrumentation of this process, with counts."""
    return dict(_PROBLEMS.report().dropped)
