"""Plain SQL on the index for what the ORM cannot say: paths in the prompt tree, and search."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction

from llmlogs.models import IndexState

INDEX = "index"
Row = tuple[Any, ...]


def snapshot() -> transaction.Atomic:
    """Within it all reads see the index at one moment: nothing is removed between two of them."""
    return transaction.atomic(using=INDEX, savepoint=False)


def fetch(sql: str, params: tuple[Any, ...] = ()) -> list[Row]:
    """All rows of a statement; its parameters are written %s."""
    with connections[INDEX].cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[Row] = cursor.fetchall()
        return rows


def fetch_blob(table: str, column: str, id: int) -> bytes:
    """One large value, read without the copies that a SELECT makes of it."""
    connection = connections[INDEX]
    connection.ensure_connection()
    with connection.connection.blobopen(table, column, id, readonly=True) as blob:
        content: bytes = blob.read()
        return content


def id_list(ids: Iterable[int]) -> str:
    """Ids as one parameter, whatever their number: `IN (SELECT value FROM json_each(%s))`."""
    return json.dumps(list(ids))


@dataclass(frozen=True, slots=True)
class IndexPosition:
    """Which index is read, and up to where it is filled."""

    folder: str
    generation: int
    sequence: int


def position() -> IndexPosition:
    states = IndexState.objects.values_list("generation", "last_sequence")
    return IndexPosition(str(connections[INDEX].settings_dict["NAME"]), *states.get(id=1))
