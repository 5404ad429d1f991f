"""Begin a generation of the index: one SQLite file with the tables of `llmlogs.models.index`."""

import sqlite3
from functools import cache
from pathlib import Path

from django.db.utils import ConnectionHandler

from llmlogs.indexdb import fulltext, generations
from llmlogs.models import INDEX_TABLES
from llmlogs.models.index import SCHEMA_VERSION

PRAGMAS = (
    "PRAGMA page_size=8192",
    "PRAGMA journal_mode=WAL",
    # A power cut may take the last batches with it; their positions go too, so they are read again.
    "PRAGMA synchronous=NORMAL",
    # Text that retention deletes is overwritten, not left in free pages.
    "PRAGMA secure_delete=ON",
    "PRAGMA cache_size=-32768",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA wal_autocheckpoint=8000",
    "PRAGMA busy_timeout=10000",
)


def create(folder: Path, generation: int, retention_seconds: float) -> Path:
    """Make the file of a generation with empty tables; it is not in force yet."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = generations.path_of(folder, generation)
    path.touch(mode=0o600)
    connection = connect(path)
    try:
        connection.execute("BEGIN")
        for statement in (*_table_statements(), *fulltext.CREATE):
            connection.execute(statement)
        connection.execute(
            "INSERT INTO index_state (id, schema_version, generation, retention_seconds, "
            "last_sequence, last_message_ref, last_node_ref, lag_bytes, total_bytes, is_complete, "
            "logs_folder_error, rejected_lines, repaired_lines, next_file_name, spared_files, "
            "rebuild_done_bytes, rebuild_total_bytes) "
            "VALUES (1, ?, ?, ?, 0, 0, 0, 0, 0, 0, '', 0, 0, '', 0, 0, 0)",
            (SCHEMA_VERSION, generation, retention_seconds),
        )
        connection.execute("COMMIT")
    finally:
        connection.close()
    return path


def connect(path: Path) -> sqlite3.Connection:
    """Open an index for writing; transactions are begun and ended by hand."""
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=256)
    for pragma in PRAGMAS:
        connection.execute(pragma)
    return connection


def is_usable(path: Path) -> bool:
    """Whether a file is an index of this version that opens and answers."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return False
    try:
        row = connection.execute("SELECT schema_version FROM index_state WHERE id = 1").fetchone()
        return row is not None and row[0] == SCHEMA_VERSION
    except sqlite3.Error:
        return False
    finally:
        connection.close()


@cache
def _table_statements() -> tuple[str, ...]:
    """The models' own DDL, asked from Django without a connection being opened."""
    handler = ConnectionHandler(
        {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    )
    connection = handler["default"]
    editor = connection.SchemaEditorClass(connection, collect_sql=True, atomic=False)
    editor.deferred_sql = []
    for table in INDEX_TABLES:
        editor.create_model(table)
        # Django leaves out the indexes of unmanaged tables.
        for index in table._meta.indexes:
            editor.execute(index.create_sql(table, editor))
    return tuple(str(statement).rstrip(";") for statement in editor.collected_sql)
