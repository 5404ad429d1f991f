"""What is recorded of a request opens no door elsewhere."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agents_sdk.normalise.secrets import REMOVED, request_without_secrets, tools_without_secrets

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["api_key", "headers", "a", "tools"]) | st.text(), inner)
    ),
)


def test_keys_and_headers_of_a_request_are_removed_and_nothing_else() -> None:
    request = {
        "temperature": 0.2,
        "extra_headers": {"X-Tenant": "a", "Authorization": "Bearer SECRET"},
        "extra_body": {"api_key": "SECRET", "provider": {"order": ["x"]}},
        "mcp_servers": [{"url": "https://x", "authorization_token": "SECRET"}],
        "max_tokens": 5,
        "response_format": {"properties": {"password": {"type": "string"}}},
    }
    before = copy.deepcopy(request)
    cleaned = request_without_secrets(request)
    assert "SECRET" not in str(cleaned)
    assert cleaned["extra_headers"] == {"X-Tenant": REMOVED, "Authorization": REMOVED}
    assert cleaned["mcp_servers"] == [{"url": "https://x", "authorization_token": REMOVED}]
    assert cleaned["extra_body"] == {"api_key": REMOVED, "provider": {"order": ["x"]}}
    for key in ("temperature", "max_tokens", "response_format"):
        assert cleaned[key] == request[key]
    assert request == before, "the caller's own"


def test_a_tool_keeps_its_schema_and_loses_its_token() -> None:
    look = {"name": "look", "parameters": {"properties": {"api_key": {"type": "string"}}}}
    mcp = {"type": "mcp", "authorization": "SECRET", "headers": {"X-Api-Key": "SECRET"}}
    assert tools_without_secrets([look]) == [look]
    assert tools_without_secrets([look, mcp]) == [
        look,
        {"type": "mcp", "authorization": REMOVED, "headers": {"X-Api-Key": REMOVED}},
    ]


@given(st.dictionaries(st.text(), VALUES))
def test_any_request_is_cleaned_and_what_has_no_secret_is_the_same_object(
    request: dict[str, Any],
) -> None:
    cleaned = request_without_secrets(request)
    assert request_without_secrets(cleaned) == cleaned
    assert cleaned.keys() == request.keys()
    if REMOVED not in str(cleaned):
        assert cleaned is request


def test_tools_that_are_no_list_are_left_to_the_reader() -> None:
    for odd in (None, "tools", {"name": "look"}, 7):
        assert tools_without_secrets(odd) is odd
