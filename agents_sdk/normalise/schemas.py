"""What the words of a JSON schema mean for who looks through one, in the spellings of all clients.

A dict that only stands where a schema might is none.
"""

from typing import Any

from agents_sdk.normalise.secretnames import PLAIN, SAID, SCHEMA, SCHEMAS_BY_NAME

_INNER = (
    *("items", "additionalProperties", "additional_properties", "additionalItems", "contains"),
    *("propertyNames", "unevaluatedItems", "unevaluatedProperties", "not", "if", "then", "else"),
    *("anyOf", "any_of", "oneOf", "one_of", "allOf", "all_of", "prefixItems", "prefix_items"),
)
_NAMED = (
    *("properties", "patternProperties", "pattern_properties", "$defs", "defs", "definitions"),
    *("dependentSchemas", "dependent_schemas"),
)
_VALUES = (
    *("default", "example", "examples", "const", "enum", "required"),
    *("propertyOrdering", "property_ordering", "dependentRequired", "dependencies"),
    *("discriminator", "errorMessage"),
)
_FACETS = (
    *("type", "title", "description", "format", "pattern", "nullable", "deprecated", "$comment"),
    *("$ref", "ref", "$schema", "$id", "$anchor", "readOnly", "writeOnly", "uniqueItems"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "min_length", "max_length", "minItems", "maxItems"),
    *("min_items", "max_items", "minProperties", "maxProperties", "min_properties"),
    *("max_properties", "minContains", "maxContains", "contentEncoding", "contentMediaType"),
)
WORDS: dict[Any, str] = {
    **dict.fromkeys(_FACETS, PLAIN),
    **dict.fromkeys(_VALUES, SAID),
    **dict.fromkeys(_INNER, SCHEMA),
    **dict.fromkeys(_NAMED, SCHEMAS_BY_NAME),
}
"""What stands under a word: a text or number, values that the model reads, a schema or several."""
_SHAPES = ("properties", "$ref", "$defs", "anyOf", "any_of", "oneOf", "allOf", "enum", "const")
_TYPES = frozenset(("object", "array", "string", "number", "integer", "boolean", "null"))


def is_schema(value: dict[Any, Any]) -> bool:
    kind = value.get("type")
    if type(kind) is str and kind in _TYPES:
        return True
    if isinstance(kind, str):
        return str.lower(kind) in _TYPES
    return isinstance(kind, list) or any(word in value for word in _SHAPES)


def may_be_schema(value: dict[Any, Any]) -> bool:
    """Whether this is a schema where one is due; that of anything is empty or only described."""
    return is_schema(value) or value.keys() <= WORDS.keys()
