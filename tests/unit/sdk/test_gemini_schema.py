"""A JSON schema in the words of Gemini's clients that take no other."""

from typing import Any

import pytest

from agents_sdk.providers.geminischema import gemini_schema

TREE = {
    "type": "object",
    "properties": {"left": {"$ref": "#/$defs/Tree"}, "name": {"type": "string"}},
}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer", "minimum": 1, "title": "N"}, {"type": "INTEGER"}),
        ({"enum": ["a", "b", None]}, {"type": "STRING", "enum": ["a", "b"]}),
        ({"type": "array"}, {"type": "ARRAY", "items": {"type": "STRING"}}),
        (
            {"anyOf": [{"type": "null"}, {"type": "number"}], "description": "d", "default": None},
            {"type": "NUMBER", "description": "d", "nullable": True},
        ),
        (
            {"type": "object", "properties": {"a": {}}, "required": ["a", "gone"]},
            {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}, "required": ["a"]},
        ),
        ({"type": "object", "additionalProperties": False}, {"type": "OBJECT"}),
    ],
)
def test_what_these_clients_know_is_kept(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    assert gemini_schema(schema) == expected


@pytest.mark.parametrize(
    "definition", [TREE, {"anyOf": [{"$ref": "#/$defs/Tree"}]}, {"$ref": "#/$defs/Tree"}]
)
def test_a_definition_that_contains_itself_ends(definition: dict[str, Any]) -> None:
    found = gemini_schema({"$ref": "#/$defs/Tree", "$defs": {"Tree": definition}})
    assert found["type"] == "OBJECT"


def test_a_definition_is_put_where_it_is_referred_to() -> None:
    city = {"type": "string", "description": "A city."}
    schema = {"type": "array", "items": {"$ref": "#/$defs/City"}, "$defs": {"City": city}}
    assert gemini_schema(schema) == {
        "type": "ARRAY",
        "items": {"type": "STRING", "description": "A city."},
    }
