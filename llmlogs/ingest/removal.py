"""Takes entries out of the index: those of files that have gone, and those too old.

In bounded steps, each one transaction. A content leaves with the last entry that refers to it, a
step of the prompt tree from the leaf. If a removed entry has a further line somewhere (a retry
writes two), that line is indexed in its place.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable

from llmlogs.indexdb import fulltext
from llmlogs.ingest.indexer import Indexer
from llmlogs.ingest.positions import FilePosition, RawLine
from llmlogs.ingest.store_once import ROOT_NODE

STEP_ENTRIES = 200
MERGE_PAGES = 500

LineSource = Callable[[int], tuple[FilePosition, str] | None]
"""Position and path of a file by its id, None if it is not followed any more."""


class Removal:
    """Removes from the generation that `indexer` writes."""

    def __init__(self, indexer: Indexer, line_source: LineSource) -> None:
        self._indexer = indexer
        self._line_source = line_source

    def step_gone(self) -> bool:
        """Take out some entries of a file that has gone; False when none has."""
        writer = self._indexer.writer
        file = writer.connection.execute("SELECT id FROM log_file WHERE is_gone").fetchone()
        if file is None:
            return False
        with self._indexer.transaction() as connection:
            entries = _ids(
                connection,
                "SELECT id FROM entry WHERE file_ref = ? LIMIT ?",
                (file[0], STEP_ENTRIES),
            )
            connection.execute("DELETE FROM repeated_line WHERE file_ref = ?", file)
            self._remove(connection, entries)
            if len(entries) < STEP_ENTRIES:
                connection.execute("DELETE FROM rejected_line WHERE file_ref = ?", file)
                connection.execute("DELETE FROM log_file WHERE id = ?", file)
        return True

    def step_old(self, cutoff: float) -> bool:
        """Take out some entries older than `cutoff` (Unix seconds); False when none is left."""
        writer = self._indexer.writer
        entries = _ids(
            writer.connection,
            "SELECT id FROM entry WHERE timestamp < ? ORDER BY timestamp LIMIT ?",
            (cutoff, STEP_ENTRIES),
        )
        if not entries:
            return False
        with self._indexer.transaction() as connection:
            self._remove(connection, entries)
        return True

    def step_merge(self) -> bool:
        """Let deleted text leave the full-text index; False when there is nothing to merge."""
        connection = self._indexer.writer.connection
        before = connection.total_changes
        connection.execute(fulltext.MERGE, (-MERGE_PAGES,))
        return connection.total_changes - before > 1

    def _remove(self, connection: sqlite3.Connection, entries: list[int]) -> None:
        if not entries:
            return
        marks = ", ".join("?" * len(entries))
        references = connection.execute(
            f"SELECT node_ref, system_ref, tools_ref, answer_ref FROM entry WHERE id IN ({marks})",
            entries,
        ).fetchall()
        repeats = connection.execute(
            "SELECT file_ref, offset, line_bytes, timestamp FROM repeated_line "
            f"WHERE entry_ref IN ({marks}) ORDER BY id",
            entries,
        ).fetchall()
        connection.execute(f"DELETE FROM repeated_line WHERE entry_ref IN ({marks})", entries)
        connection.execute(f"DELETE FROM entry_body WHERE id IN ({marks})", entries)
        connection.execute(f"DELETE FROM entry WHERE id IN ({marks})", entries)
        self._collect(connection, references)
        for repeat in repeats:
            self._step_in(*repeat)

    def _collect(
        self, connection: sqlite3.Connection, references: Iterable[tuple[int | None, ...]]
    ) -> None:
        """Delete what nothing refers to any more."""
        messages: set[int] = set()
        for node, *contents in references:
            messages.update(ref for ref in contents if ref is not None)
            messages.update(self._collect_nodes(connection, node or ROOT_NODE))
        for message in messages:
            self._collect_message(connection, message)

    def _collect_nodes(self, connection: sqlite3.Connection, node: int) -> Iterable[int]:
        while node != ROOT_NODE:
            used = connection.execute(
                "SELECT EXISTS (SELECT 1 FROM entry WHERE node_ref = ?1) "
                "OR EXISTS (SELECT 1 FROM prompt_node WHERE parent_ref = ?1)",
                (node,),
            ).fetchone()[0]
            row = connection.execute(
                "SELECT parent_ref, message_ref FROM prompt_node WHERE id = ?", (node,)
            ).fetchone()
            if used or row is None:
                return
            connection.execute("DELETE FROM prompt_node WHERE id = ?", (node,))
            self._indexer.store.forget_node(*row)
            yield row[1]
            node = row[0]

    def _collect_message(self, connection: sqlite3.Connection, message: int) -> None:
        used = connection.execute(
            "SELECT EXISTS (SELECT 1 FROM prompt_node WHERE message_ref = ?1) "
            "OR EXISTS (SELECT 1 FROM entry WHERE answer_ref = ?1) "
            "OR EXISTS (SELECT 1 FROM entry WHERE system_ref = ?1) "
            "OR EXISTS (SELECT 1 FROM entry WHERE tools_ref = ?1)",
            (message,),
        ).fetchone()[0]
        row = connection.execute(
            "SELECT key, coalesce(trigrams, text) FROM message LEFT JOIN long_text USING (id) "
            "WHERE id = ?",
            (message,),
        ).fetchone()
        if used or row is None:
            return
        connection.execute(fulltext.DELETE, (message, row[1]))
        connection.execute("DELETE FROM message WHERE id = ?", (message,))
        connection.execute("DELETE FROM long_text WHERE id = ?", (message,))
        self._indexer.store.forget_message(row[0])

    def _step_in(self, file_ref: int, offset: int, line_bytes: int, timestamp: float) -> None:
        source = self._line_source(file_ref)
        if source is None:
            return
        position, path = source
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return
        try:
            line = os.pread(fd, line_bytes, offset)
        finally:
            os.close(fd)
        if len(line) == line_bytes:
            self._indexer.index_again(RawLine(offset, line, line_bytes), position, timestamp)


def _ids(
    connection: sqlite3.Connection, statement: str, parameters: tuple[object, ...]
) -> list[int]:
    return [row[0] for row in connection.execute(statement, parameters)]
