"""What agents send and the Studio keeps (entries, mail, metadata), as JSON that can be read again.

A request may be nested a few levels deeper than what it carries, so each part is bounded here, when
it is written down. Pure.
"""

from typing import Any

from agents_sdk import codec

TOO_DEEP = codec.TOO_DEEP.format(codec.MAX_DEPTH) + "; expected up to that many"


class NotKept(ValueError):
    """What could not be read again once written; the text says what it is, and what would do."""


def kept_json(value: dict[str, Any]) -> bytes:
    """The JSON of a value that came in a request, nothing in it changed. Raises NotKept."""
    try:
        return codec.dumps(value, codec.MAX_DEPTH)
    except ValueError:
        # What was read from JSON has no other reason to be refused.
        raise NotKept(TOO_DEEP) from None
