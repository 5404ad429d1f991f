"""What is recorded of a request opens no door elsewhere."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_sdk.normalise.secrets import REMOVED, without_secrets

KEYS = st.sampled_from(["api_key", "headers", "a", "tools", "schema", "properties", "type"])
VALUES = st.recursive(
    st.none() | st.integers(0, 9) | st.sampled_from(["", "s", "object", b"s"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)
SCHEMA = {
    "type": "object",
    "properties": {
        "headers": {"type": "object", "description": "of the message"},
        "password": {"type": "string"},
        "api_key": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "required": ["headers"],
    "dependentRequired": {"password": ["headers"]},
    "discriminator": {"propertyName": "auth", "mapping": {"token": "#/$defs/Token"}},
    "examples": [{"headers": {"to": "x"}, "password": "an example", "api_key": "k"}],
}


def test_keys_and_headers_of_a_request_are_removed_and_nothing_else() -> None:
    request = {
        "temperature": 0.2,
        "extra_headers": {"X-Tenant": "a", "Authorization": "Bearer SECRET"},
        "extra_body": {"apiKey": "SECRET", "provider": {"order": ["x"]}},
        "mcp_servers": [
            {"url": "https://x", "authorization_token": "SECRET"},
            {"url": "https://y", "token": "SECRET", "headers": [["Cookie", "SECRET"]]},
        ],
        "max_tokens": 5,
        "response_format": {"properties": {"password": {"type": "string"}}},
    }
    before = copy.deepcopy(request)
    cleaned = without_secrets(request)
    assert "SECRET" not in str(cleaned)
    assert cleaned["extra_headers"] == {"X-Tenant": REMOVED, "Authorization": REMOVED}
    assert cleaned["mcp_servers"] == [
        {"url": "https://x", "authorization_token": REMOVED},
        {"url": "https://y", "token": REMOVED, "headers": REMOVED},
    ]
    assert cleaned["extra_body"] == {"apiKey": REMOVED, "provider": {"order": ["x"]}}
    for key in ("temperature", "max_tokens", "response_format"):
        assert cleaned[key] == request[key]
    assert request == before, "the caller's own"


@pytest.mark.parametrize(
    "request_with_schema",
    [
        {"response_format": {"type": "json_schema", "json_schema": {"schema": SCHEMA}}},
        {"response_format": {"type": "json_object", "schema": SCHEMA}},
        {"text": {"format": {"type": "json_schema", "name": "mail", "schema": SCHEMA}}},
        {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
        {"response_schema": SCHEMA},
        {"responseJsonSchema": {"$ref": "#/$defs/Mail", "$defs": {"headers": SCHEMA}}},
        {"toolConfig": {"tools": [{"toolSpec": {"inputSchema": {"json": SCHEMA}}}]}},
        {"extra_body": {"tools": [{"function": {"parameters": SCHEMA}}]}},
        {"guided_json": {"properties": SCHEMA["properties"]}},
        {"format": {"type": "array", "items": SCHEMA}},
        {"responseSchema": {"type": "OBJECT", "properties": {"token": {"type": "STRING"}}}},
        {"response_schema": {"any_of": [SCHEMA], "defs": {"password": {"nullable": True}}}},
        {"schema": {"type": "object", "properties": {"auth": True, "token": {}, "cookie": SCHEMA}}},
        {"tools": [{"name": "look", "input_examples": [{"password": "an example"}]}]},
    ],
)
def test_a_schema_is_left_as_it_is_whatever_it_calls_its_parameters(
    request_with_schema: dict[str, Any],
) -> None:
    assert without_secrets(request_with_schema) is request_with_schema


def test_a_tool_keeps_its_schema_and_loses_its_token() -> None:
    look = {"name": "look", "parameters": SCHEMA}
    mcp = {"type": "mcp", "authorization": "SECRET", "headers": {"X-Api-Key": "SECRET"}}
    inner = {"type": "mcp", "server": {"authorization": "SECRET", "url": "u"}, "parameters": SCHEMA}
    assert without_secrets([look]) == [look]
    assert without_secrets([look, mcp, inner]) == [
        look,
        {"type": "mcp", "authorization": REMOVED, "headers": {"X-Api-Key": REMOVED}},
        {"type": "mcp", "server": {"authorization": REMOVED, "url": "u"}, "parameters": SCHEMA},
    ]


@pytest.mark.parametrize("key", ["parameters", "schema", "properties", "$defs", "response"])
def test_what_only_has_the_place_of_a_schema_is_none(key: str) -> None:
    """A server of somebody's own may take a key there."""
    told = {key: {"type": "mcp", "api_key": "SECRET", "deep": {"headers": {"a": "SECRET"}}}}
    assert "SECRET" not in str(without_secrets(told))


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_request_is_cleaned_and_what_has_no_secret_is_the_same_object(
    request: dict[str, Any],
) -> None:
    cleaned = without_secrets(request)
    assert without_secrets(cleaned) == cleaned
    assert cleaned.keys() == request.keys()
    if REMOVED not in str(cleaned):
        assert cleaned is request


def test_odd_values_are_left_to_the_reader() -> None:
    endless: list[Any] = []
    endless.append(endless)
    for odd in (None, "tools", 7, (1, 2), {1: {2: 3}}, endless):
        assert without_secrets(odd) is odd
