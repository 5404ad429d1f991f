"""Calling a function that recurses deeply from wherever the caller happens to stand."""

import threading
from collections.abc import Callable
from typing import TypeVar

Argument = TypeVar("Argument")
Result = TypeVar("Result")


def with_room_on_the_stack(function: Callable[[Argument], Result], argument: Argument) -> Result:
    """Call it here, or, if the caller stands too deep in the stack, in a thread of its own."""
    try:
        return function(argument)
    except RecursionError:
        return _in_a_thread(function, argument)


def _in_a_thread(function: Callable[[Argument], Result], argument: Argument) -> Result:
    results: list[Result] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            results.append(function(argument))
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=run, name="agents-sdk-codec")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
