"""A model's answer in pieces: taken in as they come, one answer in the end.

Whoever records the call listens: it learns when the first piece is there, and has what came so far
if the stream breaks.
"""

from collections.abc import AsyncIterable
from typing import Any, Protocol

from agents_sdk.instrumentation.streams import Fold


class Listener(Protocol):
    """Who wants to know how far an answer has come."""

    def begins(self, fold: Fold) -> None:
        """A stream is open; `fold` has what came of it so far. May be told again."""

    def first_token(self) -> None:
        """The model said something now; told for every piece."""


class Nobody:
    """Does not listen."""

    def begins(self, fold: Fold) -> None:
        return None

    def first_token(self) -> None:
        return None


NOBODY = Nobody()


def hear(chunk: Any, fold: Fold, listener: Listener) -> None:
    """Take in one piece."""
    if fold.add(chunk):
        listener.first_token()


async def hear_all(chunks: AsyncIterable[Any], fold: Fold, listener: Listener) -> None:
    """Take in a stream to its end. Raises what breaks it."""
    listener.begins(fold)
    async for chunk in chunks:
        hear(chunk, fold, listener)


def plain(value: Any) -> Any:
    """A client's object as the JSON it was made from."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", exclude_unset=True, warnings=False)
    return value
