"""Which table lives in which database; no relation crosses."""

from typing import Any

from django.db.models import Model

from llmlogs.models import INDEX_TABLES


class TwoDatabases:
    """`index` for the derived tables (never migrated), `studio` (alias `default`) for the rest."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return "index" if model in INDEX_TABLES else "default"

    db_for_write = db_for_read

    def allow_relation(self, first: Model, second: Model, **hints: Any) -> bool:
        return self.db_for_read(type(first)) == self.db_for_read(type(second))

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db != "index"
