"""Where a page of the list ends: an opaque token that stays right while entries arrive.

A cursor names the generation of the index, because sequences are given anew in each.
"""

import base64
import binascii
import math
import re
from dataclasses import dataclass

MAX_CURSOR_CHARS = 200
_CURSOR = re.compile(r"g(\d{1,18})/([0-9.e+-]{1,40})/(\d{1,18})")


class InvalidCursor(ValueError):
    """The text is no cursor of ours."""


class CursorExpired(ValueError):
    """The cursor belongs to an index that was replaced."""

    def __init__(self, generation: int, current: int) -> None:
        super().__init__(
            f"The position belongs to index {generation}, which was replaced by {current}; "
            "expected a position of the current index. Start again without one."
        )


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last entry of a page, by the list's order. `timestamp` is its effective time."""

    generation: int
    timestamp: float
    sequence: int

    def encode(self) -> str:
        text = f"g{self.generation}/{self.timestamp!r}/{self.sequence}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        try:
            padded = text[:MAX_CURSOR_CHARS] + "=" * (-len(text) % 4)
            plain = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
            match = _CURSOR.fullmatch(plain)
            timestamp = float(match[2]) if match else math.nan
        except (binascii.Error, ValueError):
            match, timestamp = None, math.nan
        if match is None or not math.isfinite(timestamp):
            raise InvalidCursor(
                f"The cursor '{text[:MAX_CURSOR_CHARS]}' is unknown; expected the next_cursor of "
                "an earlier answer. Start again without one."
            )
        return cls(int(match[1]), timestamp, int(match[3]))
