"""Takes the keys to other systems out of what is recorded of a request: everybody who may read the
log reads it, and nobody needs them there.

Parameters may carry some: headers of a call, the token of an MCP server among the tools, a key in
`extra_body`. What was said to the model is never touched.
"""

from collections.abc import Mapping
from typing import Any

from agents_sdk.normalise.shapes import Json

REMOVED = "[removed]"
MAX_DEPTH = 8
_SECRETS = frozenset(
    ("authorization", "authorization_token", "proxy_authorization", "cookie", "set_cookie")
    + ("api_key", "apikey", "x_api_key", "x_goog_api_key", "access_token", "auth_token")
    + ("bearer_token", "id_token", "refresh_token", "client_secret", "secret", "password")
    + ("secret_access_key", "aws_secret_access_key", "session_token", "aws_session_token")
)
_HEADERS = frozenset(("headers", "extra_headers", "default_headers"))


def request_without_secrets(request: Json) -> Json:
    """Parameters as they may be recorded; the same object where there is nothing to remove."""
    cleaned: Json = _cleaned(request, 0)
    return cleaned


def tools_without_secrets(tools: Any) -> Any:
    """A tool has them beside its name, as `authorization` and `headers` of an MCP server; what a
    schema calls its parameters is none."""
    if not isinstance(tools, list):
        return tools
    cleaned = [_of_one(tool) if isinstance(tool, dict) else tool for tool in tools]
    is_same = all(new is old for new, old in zip(cleaned, tools, strict=True))
    return tools if is_same else cleaned


def _of_one(tool: Json) -> Json:
    named = [key for key in tool if _name_of(key) in _SECRETS or _name_of(key) in _HEADERS]
    return {**tool, **{key: _of(key, tool[key], MAX_DEPTH) for key in named}} if named else tool


def _cleaned(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        return value
    if isinstance(value, dict):
        new = {key: _of(key, one, depth) for key, one in value.items()}
        return new if any(new[key] is not value[key] for key in value) else value
    if isinstance(value, list):
        listed = [_cleaned(one, depth + 1) for one in value]
        return listed if any(a is not b for a, b in zip(listed, value, strict=True)) else value
    return value


def _of(key: Any, value: Any, depth: int) -> Any:
    name = _name_of(key)
    if name in _SECRETS and isinstance(value, str | bytes) and value:
        return REMOVED
    if name in _HEADERS and isinstance(value, Mapping) and value:
        return dict.fromkeys(value, REMOVED)
    return _cleaned(value, depth + 1)


def _name_of(key: Any) -> str:
    return key.lower().replace("-", "_") if isinstance(key, str) else ""
