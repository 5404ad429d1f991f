"""The one module that writes rows of the index.

Everything is written inside the transaction that the caller holds. Ids are given here, one up at a
time, and never twice in the life of an index: readers keep arrays by id.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from llmlogs.indexdb import fulltext
from llmlogs.ingest import schema
from llmlogs.ingest.novelty import Novelty
from llmlogs.ingest.positions import FilePosition, storable_name
from llmlogs.ingest.rows import Row, Rows
from llmlogs.models.index import MAX_NAME_CHARS


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the worker stands; the row of `IndexState` that is not counted along."""

    now: float
    lag_bytes: int
    total_bytes: int
    is_complete: bool
    logs_folder_error: str = ""
    next_file_name: str = ""
    next_file_goes_at: float | None = None
    spared_files: int = 0
    rebuild_done_bytes: int = 0
    rebuild_total_bytes: int = 0


_ENTRY_COLUMNS = (
    "id, log_key, agent_ref, model_ref, provider_ref, timestamp, indexed_at, latency_ms, "
    "input_tokens, output_tokens, total_tokens, has_error, has_tool_calls, session_key, "
    "system_ref, node_ref, tools_ref, answer_ref, answer_key, message_count, file_ref, offset, "
    "line_bytes"
)
_INSERT_ENTRY = f"INSERT INTO entry ({_ENTRY_COLUMNS}) VALUES ({', '.join('?' * 23)})"
_INSERT_BODY = (
    "INSERT INTO entry_body (id, log_id, json, is_prompt_taken, is_tools_taken, markers, preview) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_MESSAGE = "INSERT INTO message (id, key, json, text, answer_key) VALUES (?, ?, ?, ?, ?)"
_INSERT_LONG_TEXT = "INSERT INTO long_text (id, trigrams) VALUES (?, ?)"
_COMPLETE_ANSWER = "UPDATE message SET key = ?, json = ?, answer_key = ? WHERE id = ?"
_INSERT_NODE = "INSERT INTO prompt_node (id, parent_ref, message_ref) VALUES (?, ?, ?)"
_INSERT_REPEAT = (
    "INSERT INTO repeated_line (entry_ref, file_ref, offset, line_bytes, timestamp) "
    "VALUES (?, ?, ?, ?, ?)"
)
_INSERT_REJECTED = (
    "INSERT INTO rejected_line (file_ref, offset, line_bytes, reason, excerpt, seen_at) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)
_SAVE_POSITION = (
    "INSERT INTO log_file (id, name, device, inode, offset, fingerprint, fingerprint_bytes, lines, "
    "rejected, last_timestamp, oldest_timestamp, newest_timestamp, is_gone) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (id) DO UPDATE SET "
    "name=excluded.name, offset=excluded.offset, fingerprint=excluded.fingerprint, "
    "fingerprint_bytes=excluded.fingerprint_bytes, lines=excluded.lines, "
    "rejected=excluded.rejected, last_timestamp=excluded.last_timestamp, "
    "oldest_timestamp=excluded.oldest_timestamp, newest_timestamp=excluded.newest_timestamp"
)
_NAME_TABLES = ("agent", "model_name", "provider")


class IndexWriter:
    """A writing connection to one generation of the index, and the ids it gives."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = schema.connect(path)
        self.reload_ids()
        self._novelty = Novelty(is_complete=self._last_sequence == self._last_message == 0)

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; ids given inside a transaction that fails are given again."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            self.reload_ids()
            raise

    # -- ids --

    def reload_ids(self) -> None:
        row = self.connection.execute(
            "SELECT last_sequence, last_message_ref, last_node_ref FROM index_state WHERE id = 1"
        ).fetchone()
        self._last_sequence, self._last_message, self._last_node = map(int, row)

    def next_sequence(self) -> int:
        self._last_sequence += 1
        return self._last_sequence

    def next_message(self) -> int:
        self._last_message += 1
        return self._last_message

    def next_node(self) -> int:
        self._last_node += 1
        return self._last_node

    def next_file(self) -> int:
        row = self.connection.execute("SELECT coalesce(max(id), 0) + 1 FROM log_file").fetchone()
        return int(row[0])

    # -- looking up what is there --

    def find_message(self, key: bytes) -> int | None:
        if self._novelty.is_new(key):
            return None
        return self._one("SELECT id FROM message WHERE key = ?", (key,))

    def find_node(self, parent: int, message: int) -> int | None:
        return self._one(
            "SELECT id FROM prompt_node WHERE parent_ref = ? AND message_ref = ?",
            (parent, message),
        )

    def find_entry(self, log_key: bytes, agent_ref: int) -> int | None:
        if self._novelty.is_new(log_key):
            return None
        return self._one(
            "SELECT id FROM entry WHERE log_key = ? AND agent_ref = ?", (log_key, agent_ref)
        )

    def name_ref(self, table: str, key: bytes, name: str) -> int:
        """Id of a name, stored with the first call that uses it."""
        if table not in _NAME_TABLES:
            raise ValueError(f"'{table}' holds no names; expected one of {_NAME_TABLES}.")
        found = self._one(f"SELECT id FROM {table} WHERE key = ?", (key,))
        if found is not None:
            return found
        shown = name[:MAX_NAME_CHARS].encode("utf-8", "replace").decode()
        cursor = self.connection.execute(
            f"INSERT INTO {table} (key, name) VALUES (?, ?)", (key, shown)
        )
        return int(cursor.lastrowid or 0)

    def load_positions(self) -> list[FilePosition]:
        rows = self.connection.execute(
            "SELECT id, name, device, inode, offset, fingerprint, fingerprint_bytes, lines, "
            "rejected, last_timestamp, oldest_timestamp, newest_timestamp FROM log_file "
            "WHERE NOT is_gone"
        )
        return [FilePosition(row[0], row[1], row[2], int(row[3]), *row[4:]) for row in rows]

    # -- writing --

    def write(self, rows: Rows, now: float) -> None:
        self._novelty.add(row[1] for row in (*rows.messages.values(), *rows.entries))
        self._novelty.add(row[0] for row in rows.completed)
        execute_many = self.connection.executemany
        execute_many(_INSERT_MESSAGE, rows.messages.values())
        execute_many(fulltext.INSERT, rows.texts())
        execute_many(_INSERT_LONG_TEXT, rows.long_texts.items())
        execute_many(_COMPLETE_ANSWER, rows.completed)
        execute_many(_INSERT_NODE, rows.nodes)
        execute_many(_INSERT_ENTRY, rows.entries)
        execute_many(_INSERT_BODY, rows.bodies)
        execute_many(_INSERT_REPEAT, rows.repeats)
        execute_many(_INSERT_REJECTED, rows.rejected)
        self.connection.execute(
            "UPDATE index_state SET last_sequence = ?, last_message_ref = ?, last_node_ref = ?, "
            "last_indexed_at = CASE WHEN ? THEN ? ELSE last_indexed_at END, "
            "rejected_lines = rejected_lines + ?, repaired_lines = repaired_lines + ? "
            "WHERE id = 1",
            (
                self._last_sequence,
                self._last_message,
                self._last_node,
                bool(rows.entries),
                now,
                len(rows.rejected),
                rows.repaired_lines,
            ),
        )

    def save_positions(self, positions: Iterable[FilePosition]) -> None:
        self.connection.executemany(_SAVE_POSITION, (_position_row(item) for item in positions))

    def mark_gone(self, positions: Sequence[FilePosition]) -> None:
        self.connection.executemany(
            "UPDATE log_file SET is_gone = 1 WHERE id = ?", ((item.id,) for item in positions)
        )

    def report(self, progress: Progress) -> None:
        """Write down where the worker stands, for pages and API."""
        self.connection.execute(
            "UPDATE index_state SET heartbeat_at = ?, lag_bytes = ?, total_bytes = ?, "
            "is_complete = is_complete OR ?, logs_folder_error = ?, next_file_name = ?, "
            "next_file_goes_at = ?, spared_files = ?, rebuild_done_bytes = ?, "
            "rebuild_total_bytes = ? WHERE id = 1",
            (
                progress.now,
                progress.lag_bytes,
                progress.total_bytes,
                progress.is_complete,
                progress.logs_folder_error,
                storable_name(progress.next_file_name),
                progress.next_file_goes_at,
                progress.spared_files,
                progress.rebuild_done_bytes,
                progress.rebuild_total_bytes,
            ),
        )

    def _one(self, statement: str, parameters: Row) -> int | None:
        row = self.connection.execute(statement, parameters).fetchone()
        return None if row is None else row[0]


def _position_row(position: FilePosition) -> Row:
    return (
        position.id,
        storable_name(position.name),
        position.device,
        str(position.inode),
        position.offset,
        position.fingerprint,
        position.fingerprint_bytes,
        position.lines,
        position.rejected,
        position.last_timestamp,
        position.oldest_timestamp,
        position.newest_timestamp,
    )
