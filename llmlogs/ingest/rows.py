"""What a transaction is going to write."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Row = tuple[Any, ...]


@dataclass(slots=True)
class Rows:
    """Rows gathered for one transaction, in the column order of the statements below."""

    messages: dict[int, Row] = field(default_factory=dict)
    """By id, so that an answer still waiting here can become a message."""
    long_texts: dict[int, str] = field(default_factory=dict)
    """Trigrams of the messages among them that are very long."""
    completed: list[Row] = field(default_factory=list)
    nodes: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    bodies: list[Row] = field(default_factory=list)
    repeats: list[Row] = field(default_factory=list)
    rejected: list[Row] = field(default_factory=list)
    repaired_lines: int = 0

    def texts(self) -> Iterator[tuple[int, str]]:
        """What the full-text index is given of each message."""
        for ref, row in self.messages.items():
            yield ref, self.long_texts.get(ref) or row[3]
