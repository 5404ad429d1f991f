"""The index may be deleted at any time: nothing that is kept may point into it."""

from django.apps import apps
from django.conf import settings
from django.db import router

from llmlogs.models import INDEX_TABLES


def relations(model):
    return [field for field in model._meta.get_fields() if field.is_relation]


def test_no_relation_crosses_the_databases():
    for model in apps.get_models():
        home = router.db_for_write(model)
        for field in relations(model):
            assert router.db_for_write(field.related_model) == home, f"{model}.{field.name}"


def test_the_tables_of_the_index_hold_no_relations_and_are_never_migrated():
    for model in INDEX_TABLES:
        assert relations(model) == []
        assert not model._meta.managed
        assert router.db_for_write(model) == "index"
    assert not router.allow_migrate("index", "llmlogs")


def test_every_other_table_is_kept_in_the_studio_database():
    kept = [model for model in apps.get_models() if model not in INDEX_TABLES]
    assert {router.db_for_write(model) for model in kept} <= {"default"}


def test_the_index_is_opened_anew_for_each_request():
    assert settings.DATABASES["index"]["CONN_MAX_AGE"] == 0
    assert settings.DATABASES["index"]["ENGINE"] == "llmlogs.indexdb"
