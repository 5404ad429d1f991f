"""The objects of the `google-genai` client as JSON: contents, configurations, answers.

Its classes are pydantic's; pydantic is never imported here, but asked where the client has it.
"""

import sys
import typing
from typing import Any

_MAX_DEPTH = 20
MAX_KNOWN_TYPES = 200
_SCHEMAS: dict[Any, Any] = {}
"""Making a schema takes longer than all the rest, and a program asks for few."""


def plain(value: Any, depth: int = 0) -> Any:
    """The client's objects as dicts in the client's names; functions as tools, types as schemas."""
    if value is None or isinstance(value, str | int | float | bytes) or depth > _MAX_DEPTH:
        return value
    if isinstance(value, dict):
        return {key: plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, depth + 1) for item in value]
    if hasattr(type(value), "model_dump"):
        return _model(value, depth)
    if isinstance(value, type) or typing.get_origin(value) is not None:
        return _schema_of(value)
    if callable(value) and hasattr(value, "__name__"):
        return {"name": value.__name__, "description": value.__doc__}
    return value


def _model(value: Any, depth: int) -> Any:
    """The fields that are set, one by one: `tools` may hold functions, which no dump can carry."""
    try:
        fields = {name: getattr(value, name) for name in type(value).model_fields}
    except AttributeError:
        return value.model_dump(exclude_none=True)
    return {name: plain(item, depth + 1) for name, item in fields.items() if item is not None}


def _schema_of(kind: Any) -> Any:
    """The JSON schema of a type that an answer is to have; its name, if there is no schema."""
    try:
        known = _SCHEMAS.get(kind)
    except TypeError:  # a type that has no hash
        return _made_schema(kind)
    if known is None:
        known = _made_schema(kind)
        if len(_SCHEMAS) < MAX_KNOWN_TYPES:
            _SCHEMAS[kind] = known
    return known


def _made_schema(kind: Any) -> Any:
    try:
        if hasattr(kind, "model_json_schema"):
            return kind.model_json_schema()
        return sys.modules["pydantic"].TypeAdapter(kind).json_schema()
    except Exception:  # whatever pydantic and the type's own code may raise
        return {"name": getattr(kind, "__name__", None) or str(kind)}
