"""Takes the keys to other systems out of what is recorded of a request: everybody who may read the
log reads it, and nobody needs them there.

Parameters may carry some, and tools: headers of a call, the token of an MCP server, a key in
`extra_body`. What was said to the model is never touched, nor is a JSON schema: what it calls
`password` is the name of a parameter.
"""

from collections.abc import Mapping, Sequence
from typing import Any

REMOVED = "[removed]"
MAX_DEPTH = 12
MAX_KNOWN_NAMES = 1_000
MAX_NAME_CHARS = 64
_SECRETS = frozenset(
    ("authorization", "authorizationtoken", "proxyauthorization", "cookie", "setcookie")
    + ("apikey", "xapikey", "xgoogapikey", "token", "accesstoken", "authtoken", "azureadtoken")
    + ("bearertoken", "idtoken", "refreshtoken", "clientsecret", "secret", "password")
    + ("secretaccesskey", "awssecretaccesskey", "sessiontoken", "awssessiontoken", "privatekey")
    + ("credentials", "vertexcredentials")
)
_HEADERS = frozenset(("headers", "extraheaders", "defaultheaders"))
_SCHEMAS = frozenset(
    ("schema", "jsonschema", "parameters", "parametersjsonschema", "inputschema", "outputschema")
    + ("responseschema", "responsejsonschema", "response", "json")
)
_NAMED_SCHEMAS = frozenset(("properties", "patternproperties", "$defs", "defs", "definitions"))
_WORDS_OF_SCHEMAS = ("properties", "$ref", "$defs", "anyOf", "any_of", "oneOf", "allOf", "enum")
_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
_SCALARS = frozenset((int, float, bool, type(None)))

_SECRET, _HEADER, _SCHEMA, _SCHEMAS_BY_NAME, _PLAIN = "secret", "header", "schema", "names", ""
_KINDS: dict[str, str] = {}
"""What a key may hold: looked up in a fifth of the time that it takes to spell it evenly."""


def without_secrets(value: Any) -> Any:
    """Parameters or tools as they may be recorded; the same object if nothing is removed."""
    return _cleaned(value, 0)


def _cleaned(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        return value
    if isinstance(value, dict):
        return _cleaned_fields(value, depth)
    if isinstance(value, list | tuple):
        return _cleaned_list(value, depth)
    return value


def _cleaned_list(values: Sequence[Any], depth: int) -> Sequence[Any]:
    changes = {}
    for place, value in enumerate(values):
        if type(value) is dict:  # nearly always, and this is on the path of every call
            new: Any = _cleaned_fields(value, depth + 1)
        else:
            new = _cleaned(value, depth + 1)
        if new is not value:
            changes[place] = new
    return [changes.get(place, one) for place, one in enumerate(values)] if changes else values


def _cleaned_fields(fields: dict[Any, Any], depth: int) -> dict[Any, Any]:
    changes = {}
    for key, value in fields.items():
        if type(value) in _SCALARS:
            continue
        kind = _KINDS.get(key)
        if kind is None:
            kind = _kind_of(key)
        if kind:
            new = _of(kind, value, depth)
        elif type(value) is str:
            continue
        elif type(value) is dict and depth < MAX_DEPTH:
            new = _cleaned_fields(value, depth + 1)
        else:
            new = _cleaned(value, depth + 1)
        if new is not value:
            changes[key] = new
    return {**fields, **changes} if changes else fields


def _of(kind: str, value: Any, depth: int) -> Any:
    if kind is _SCHEMA and _is_schema(value):
        return value
    if kind is _SECRET and isinstance(value, str | bytes) and value:
        return REMOVED
    if kind is _HEADER and value:
        return dict.fromkeys(value, REMOVED) if isinstance(value, Mapping) else REMOVED
    if kind is _SCHEMAS_BY_NAME and _are_schemas(value):
        return value
    return _cleaned(value, depth + 1)


def _is_schema(value: Any) -> bool:
    """A dict that only stands under such a name, as an MCP server might, is none."""
    if not isinstance(value, dict):
        return False
    kind = value.get("type")
    if isinstance(kind, str):
        return kind in _TYPES or kind.lower() in _TYPES
    return isinstance(kind, list) or any(word in value for word in _WORDS_OF_SCHEMAS)


def _are_schemas(value: Any) -> bool:
    """Whether a schema stands under every name; that of anything is True, empty or described."""
    return isinstance(value, dict) and all(map(_may_be_schema, value.values()))


def _may_be_schema(value: Any) -> bool:
    if isinstance(value, dict):
        return not value or "description" in value or _is_schema(value)
    return isinstance(value, bool)


def _kind_of(key: Any) -> str:
    if not isinstance(key, str):
        return _PLAIN
    name = key.lower().replace("-", "").replace("_", "")
    kinds = (_SECRETS, _SECRET), (_HEADERS, _HEADER), (_SCHEMAS, _SCHEMA)
    named = (*kinds, (_NAMED_SCHEMAS, _SCHEMAS_BY_NAME))
    kind = next((kind for names, kind in named if name in names), _PLAIN)
    if len(_KINDS) < MAX_KNOWN_NAMES and len(key) <= MAX_NAME_CHARS:
        _KINDS[key] = kind
    return kind
