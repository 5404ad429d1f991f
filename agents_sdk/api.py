"""Read entries back from a Studio."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from agents_sdk import config
from agents_sdk.errors import ApiError, ServerUnreachable
from agents_sdk.fields import field
from agents_sdk.wire import Answer, Wire

PAGE_ENTRIES = 500
TIMEOUT_SECONDS = 60.0
MAX_RESTARTS = 3
"""A cursor expires when the Studio rebuilds its index; then the walk begins again."""
_EXPIRED = 410


class CursorExpired(Exception):
    """The index was replaced while its pages were read."""


def get_llm_logs(
    agent_id: str | None = None,
    *,
    base_url: str | None = None,
    limit: int | None = None,
    api_token: str | None = None,
    **filters: Any,
) -> list[dict[str, Any]]:
    """The entries of an agent, or of all agents, newest first; walks all pages.

    Args:
        agent_id: Whose calls; None for everybody's.
        base_url: The Studio; `AGENTS_SDK_URL`, else http://localhost:8700, if left out.
        limit: At most so many; None for all that match.
        api_token: The `STUDIO_API_TOKEN` of a Studio that asks for a login;
            `AGENTS_SDK_API_TOKEN` if left out.
        **filters: As in the API: `model`, `provider`, `since`, `until`, `has_error`, `search`,
            `min_latency_ms`, `session_id`, `view` ("full" unless you say "summary"). A list
            repeats the parameter, None leaves it out.

    Raises:
        ValueError: `limit` is no whole number of 0 or more.
        ApiError: the Studio refused the question; it says which value and what it expected.
        ServerUnreachable: there was no answer.
    """
    if limit is not None and (type(limit) is not int or limit < 0):
        raise ValueError(f"limit is {limit!r}; expected a whole number of 0 or more, or None")
    asked_url, asked_token = config.asked_studio()
    url, token = base_url or asked_url, api_token or asked_token
    query = {"view": "full", **filters}
    with Wire(url.rstrip("/"), timeout_seconds=TIMEOUT_SECONDS) as wire:
        for _ in range(MAX_RESTARTS):
            try:
                found = pages(wire, list_path(agent_id), query, limit, token)
                return [entry for page in found for entry in page["logs"]]
            except CursorExpired:
                continue
    raise ApiError(_EXPIRED, "the index was rebuilt again and again while its pages were read")


def pages(
    wire: Wire, path: str, query: Mapping[str, Any], limit: int | None, token: str | None
) -> Iterator[dict[str, Any]]:
    """The answers of the API to a list, one after the other, up to `limit` entries in all.

    Raises ApiError, ServerUnreachable, CursorExpired.
    """
    cursor: Any = None
    count = 0
    while limit is None or count < limit:
        wanted = PAGE_ENTRIES if limit is None else min(PAGE_ENTRIES, limit - count)
        parameters = {**query, "limit": wanted, "cursor": cursor}
        answer = wire.get(f"{path}?{query_string(parameters)}", token)
        if answer.status == _EXPIRED and cursor is not None:
            raise CursorExpired
        page = body_of(answer)
        if not isinstance(field(page, "logs"), list):
            raise ApiError(200, answer.message)
        yield page
        count += len(page["logs"])
        cursor = page.get("next_cursor")
        if not cursor or page.get("has_more") is not True:
            break


def list_path(agent_id: str | None) -> str:
    """The address of the calls of an agent, or of all of them."""
    if agent_id is None:
        return "/api/llm-logs"
    return f"/api/agents/service/{quote(agent_id, safe='')}/llm-logs"


def query_string(parameters: Mapping[str, Any]) -> str:
    """Parameters in the words of the API: a list repeats its name, None leaves it out."""
    return urlencode(list(_pairs(parameters)))


def body_of(answer: Answer) -> Any:
    """What was answered. Raises ServerUnreachable, ApiError."""
    if answer.status is None:
        raise ServerUnreachable(answer.problem)
    if answer.status != 200:
        raise ApiError(answer.status, answer.message)
    return answer.body


def _pairs(parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in parameters.items():
        is_many = isinstance(value, Sequence) and not isinstance(value, str | bytes)
        for item in value if is_many else [value]:
            if item is not None:
                yield name, str(item).lower() if isinstance(item, bool) else str(item)
