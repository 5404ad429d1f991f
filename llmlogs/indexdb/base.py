"""Django's database backend for the index: SQLite, read-only, always the generation in force.

`NAME` in the settings is the folder of the index, not a file: which file to open is asked at each
connect. Only the worker writes the index, and it does not go through this alias.
"""

from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base, creation
from django.db.utils import DatabaseErrorWrapper, OperationalError
from django.utils.functional import cached_property

from llmlogs.indexdb import damage, generations


class IndexMissing(OperationalError):
    """There is no index to read yet."""


class IndexCreation(creation.DatabaseCreation):
    """Test runs neither create nor destroy an index: tests let the indexer make theirs."""

    def create_test_db(self, *args: Any, **kwargs: Any) -> str:
        return str(self.connection.settings_dict["NAME"])

    def destroy_test_db(self, *args: Any, **kwargs: Any) -> None:
        return None


class NoticesDamage(DatabaseErrorWrapper):
    """Tells the worker of a damaged page before the error goes its way."""

    def __init__(self, index: "DatabaseWrapper") -> None:
        super().__init__(index)
        self._index = index

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        number = self._index.opened_generation
        if number is not None and damage.is_damage(exc_value):
            damage.mark(Path(self._index.settings_dict["NAME"]), number)
        super().__exit__(exc_type, exc_value, traceback)


class DatabaseWrapper(base.DatabaseWrapper):
    creation_class = IndexCreation
    opened_generation: int | None = None

    @cached_property
    def wrap_database_errors(self) -> NoticesDamage:
        return NoticesDamage(self)

    def get_connection_params(self) -> dict[str, Any]:
        folder = Path(self.settings_dict["NAME"])
        generation = generations.current_generation(folder)
        if generation is None:
            raise IndexMissing(
                f"There is no index in '{folder}' yet. The worker makes it; is it running? "
                "Start everything with 'make run', or 'manage.py logworker --once' by hand."
            )
        params = super().get_connection_params()
        self.opened_generation = generation
        path = generations.path_of(folder, generation)
        return {**params, "database": f"{path.absolute().as_uri()}?mode=ro", "uri": True}
