"""A tool's JSON schema in the words of Gemini's own, for clients that take no other.

They know a part of the vocabulary and refuse a request with more. What is left out constrains a
model's arguments; the tool can be called all the same, and says itself what it cannot take.
"""

from collections.abc import Mapping
from typing import Any

from agents_sdk.normalise.shapes import Json, items, mapping, objects

_KEPT = ("description", "nullable")
_CHOICES = ("anyOf", "oneOf", "allOf")


def gemini_schema(schema: Mapping[str, Any]) -> Json:
    """Types, descriptions, values, items, properties; of alternatives the first.

    >>> gemini_schema({"type": ["string", "null"], "pattern": "^a", "title": "Name"})
    {'nullable': True, 'type': 'STRING'}
    """
    return _Translation(mapping(schema.get("$defs") or schema.get("definitions"))).of(schema)


class _Translation:
    """Of one schema, which may refer to its definitions."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._open: list[str] = []
        """The definitions under way: one that contains itself ends there, as any object."""

    def of(self, schema: Mapping[str, Any]) -> Json:
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name in self._open:
            return {"type": "OBJECT"}
        if name not in self._definitions:
            return self._chosen(schema)
        self._open.append(name)
        try:
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            return self.of({**mapping(self._definitions[name]), **beside})
        finally:
            self._open.pop()

    def _chosen(self, schema: Mapping[str, Any]) -> Json:
        """A schema that is not a reference; null is no alternative but a property here."""
        choices = [choice for key in _CHOICES for choice in objects(schema.get(key))]
        possible = [choice for choice in choices if choice.get("type") != "null"]
        found: Json = {key: schema[key] for key in _KEPT if key in schema}
        if len(possible) < len(choices) or "null" in items(schema.get("type")):
            found["nullable"] = True
        return {**self.of(possible[0]), **found} if possible else {**found, **self._typed(schema)}

    def _typed(self, schema: Mapping[str, Any]) -> Json:
        kind = _type(schema)
        found: Json = {"type": kind}
        if kind == "STRING" and schema.get("enum"):
            found["enum"] = [str(value) for value in schema["enum"] if value is not None]
        if kind == "ARRAY":
            found["items"] = self.of(mapping(schema.get("items")))
        properties = mapping(schema.get("properties"))
        if kind == "OBJECT" and properties:
            found["properties"] = {name: self.of(mapping(of)) for name, of in properties.items()}
            found["required"] = [
                name for name in items(schema.get("required")) if name in properties
            ]
        return found


def _type(schema: Mapping[str, Any]) -> str:
    said = schema.get("type")
    for kind in (said, *items(said)):
        if isinstance(kind, str) and kind != "null":
            return kind.upper()
    if "properties" in schema:
        return "OBJECT"
    return "ARRAY" if "items" in schema else "STRING"
